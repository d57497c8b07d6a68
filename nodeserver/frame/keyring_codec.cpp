// SPDX-License-Identifier: GPL-3.0-or-later
#include "frame/keyring_codec.h"

#include "base/byte_io.h"
#include "crypto/aead.h"
#include "crypto/hkdf.h"
#include "crypto/passphrase_key.h"

#include <algorithm>
#include <cstdlib>

namespace maxiofs::frame {

namespace {

constexpr std::string_view kKeyringMagic = "MXKEYRNG";
constexpr std::string_view kBundleMagic = "MXKEYBND";
constexpr std::uint16_t kVersion = 1;
constexpr std::string_view kKeyringPurpose = "maxiofs keyring";

// Every salt makes a new key, and a key seals one content.
constexpr std::array<std::byte, crypto::Aes256Gcm::kNonceSize> kNonce{};

Key256 toKey(ByteView bytes)
{
    Key256 key{};
    std::ranges::copy(bytes.first(std::min(bytes.size(), key.size())), key.begin());
    return key;
}

void appendSealed(Bytes &stored, const KeyringContent &content, ByteView key)
{
    Bytes plain;
    plain.reserve(kMostKeyringSize);  // no copies of keys left behind by growing
    ByteWriter writer(plain);
    writer.fixed(content.generation);
    writer.raw(content.recordKey);
    writer.varint(content.dataKeys.size());
    for (const auto &[id, dataKey] : content.dataKeys) {
        writer.fixed(id);
        writer.raw(dataKey);
    }
    const Bytes clear = stored;
    stored.resize(clear.size() + plain.size() + crypto::Aes256Gcm::kTagSize);
    crypto::Aes256Gcm(key.first<crypto::Aes256Gcm::kKeySize>())
        .seal(kNonce, clear, plain, std::span(stored).subspan(clear.size()));
    crypto::wipe(plain);
}

// Empty where `sealed` does not open.
std::optional<KeyringContent> openSealed(ByteView clear, ByteView sealed, ByteView key)
{
    if (sealed.size() < crypto::Aes256Gcm::kTagSize)
        return std::nullopt;
    crypto::SecretBytes plain(sealed.size() - crypto::Aes256Gcm::kTagSize);
    if (!crypto::Aes256Gcm(key.first<crypto::Aes256Gcm::kKeySize>())
             .open(kNonce, clear, sealed, plain.span()))
        return std::nullopt;
    KeyringContent content;
    ByteReader reader(plain.view());
    content.generation = reader.fixed<std::uint64_t>();
    content.recordKey = toKey(reader.raw(content.recordKey.size()));
    const std::uint64_t count = reader.varint();
    for (std::uint64_t i = 0; i < count && reader.ok(); ++i) {
        const auto id = reader.fixed<DataKeyId>();
        content.dataKeys[id] = toKey(reader.raw(sizeof(Key256)));
    }
    if (!reader.finished() || content.dataKeys.size() != count || count == 0)
        return std::nullopt;
    return content;
}

crypto::SecretBytes keyringKey(const Key256 &master, ByteView salt)
{
    return crypto::hkdfSha256(master, salt, kKeyringPurpose, sizeof(Key256));
}

// Magic and version of either format.
Status checkBeginning(ByteReader &reader, std::string_view magic, std::string_view name)
{
    if (asText(reader.raw(magic.size())) != magic)
        return failure(Error::Corrupt, "It is no " + std::string(name) + " of MaxIOFS.");
    const auto version = reader.fixed<std::uint16_t>();
    if (reader.ok() && version > kVersion)
        return failure(Error::Unsupported, "The " + std::string(name) + " has version " +
                                               std::to_string(version) + "; this program reads up to " +
                                               std::to_string(kVersion) +
                                               ": use a newer version of MaxIOFS.");
    if (!reader.ok() || version == 0)
        return failure(Error::Corrupt, "The " + std::string(name) + " is damaged.");
    return {};
}

ByteView before(ByteView whole, const ByteReader &reader)
{
    return whole.first(whole.size() - reader.rest().size());
}

}  // namespace

KeyringContent::~KeyringContent()
{
    crypto::wipe(recordKey);
    for (auto &[id, key] : dataKeys)
        crypto::wipe(key);
}

Bytes sealKeyring(const KeyringContent &content, const Key256 &master, const Key256 &salt)
{
    Bytes stored;
    ByteWriter writer(stored);
    writer.raw(asBytes(kKeyringMagic));
    writer.fixed(kVersion);
    writer.raw(salt);
    appendSealed(stored, content, keyringKey(master, salt).view());
    return stored;
}

Result<KeyringContent> openKeyring(ByteView stored, const Key256 &master)
{
    ByteReader reader(stored);
    TRY_STATUS(checkBeginning(reader, kKeyringMagic, "keyring"));
    const ByteView salt = reader.raw(sizeof(Key256));
    auto content = openSealed(before(stored, reader), reader.rest(), keyringKey(master, salt).view());
    if (!content)
        return failure(Error::Corrupt, "The keyring is damaged or was made under another master key.");
    return *std::move(content);
}

Bytes sealBundle(const KeyringContent &content, std::string_view passphrase, const crypto::ScryptCost &cost,
                 const Key256 &salt)
{
    const auto key = crypto::passphraseKey(passphrase, salt, cost);
    if (!key)
        std::abort();  // the cost is this program's own
    Bytes bundle;
    ByteWriter writer(bundle);
    writer.raw(asBytes(kBundleMagic));
    writer.fixed(kVersion);
    writer.fixed(static_cast<std::uint8_t>(cost.logN));
    writer.fixed(static_cast<std::uint8_t>(cost.r));
    writer.fixed(static_cast<std::uint8_t>(cost.p));
    writer.raw(salt);
    appendSealed(bundle, content, key->view());
    return bundle;
}

Result<KeyringContent> openBundle(ByteView bundle, std::string_view passphrase)
{
    ByteReader reader(bundle);
    TRY_STATUS(checkBeginning(reader, kBundleMagic, "key bundle"));
    crypto::ScryptCost cost;
    cost.logN = reader.fixed<std::uint8_t>();
    cost.r = reader.fixed<std::uint8_t>();
    cost.p = reader.fixed<std::uint8_t>();
    const ByteView salt = reader.raw(sizeof(Key256));
    const auto key = reader.ok() ? crypto::passphraseKey(passphrase, salt, cost) : std::nullopt;
    if (!key)
        return failure(Error::Corrupt, "The key bundle is damaged.");
    auto content = openSealed(before(bundle, reader), reader.rest(), key->view());
    if (!content)
        return failure(Error::Unauthenticated, "The passphrase does not open the key bundle.");
    return *std::move(content);
}

}  // namespace maxiofs::frame
