// SPDX-License-Identifier: GPL-3.0-or-later
#include "crypto/scrypt.h"

#include "base/hex.h"
#include "base/id.h"
#include "crypto/constant_time.h"
#include "crypto/openssl.h"
#include "crypto/secret_bytes.h"

#include <array>
#include <charconv>
#include <openssl/evp.h>
#include <optional>

namespace maxiofs::crypto {

namespace {

constexpr std::string_view kPrefix = "$scrypt$";
constexpr std::size_t kSaltSize = 16;
constexpr std::size_t kHashSize = 32;
constexpr std::uint64_t kMostMemory = 128ULL << 20;
constexpr unsigned kMostLogN = 20;
constexpr unsigned kMostR = 32;
constexpr unsigned kMostP = 16;

struct ParsedHash {
    ScryptCost cost;
    Bytes salt;
    Bytes hash;
};

bool isAllowed(const ScryptCost &cost)
{
    if (cost.logN < 1 || cost.logN > kMostLogN || cost.r < 1 || cost.r > kMostR || cost.p < 1 ||
        cost.p > kMostP)
        return false;
    return (128ULL * cost.r << cost.logN) <= kMostMemory;
}

// Takes "<name>=<digits>" and one following `end` from the front.
std::optional<unsigned> takeNumber(std::string_view &text, std::string_view name, char end)
{
    if (!text.starts_with(name))
        return std::nullopt;
    text.remove_prefix(name.size());
    unsigned value = 0;
    const auto [after, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || after == text.data() + text.size() || *after != end)
        return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(after - text.data()) + 1);
    return value;
}

std::optional<ParsedHash> parse(std::string_view text)
{
    if (!text.starts_with(kPrefix))
        return std::nullopt;
    text.remove_prefix(kPrefix.size());
    const auto logN = takeNumber(text, "ln=", ',');
    const auto r = logN ? takeNumber(text, "r=", ',') : std::nullopt;
    const auto p = r ? takeNumber(text, "p=", '$') : std::nullopt;
    const std::size_t border = text.find('$');
    if (!p || border == std::string_view::npos)
        return std::nullopt;
    auto salt = fromBase64Url(text.substr(0, border));
    auto hash = fromBase64Url(text.substr(border + 1));
    const ScryptCost cost{*logN, *r, *p};
    if (!salt || salt->size() != kSaltSize || !hash || hash->size() != kHashSize || !isAllowed(cost))
        return std::nullopt;
    return ParsedHash{cost, std::move(*salt), std::move(*hash)};
}

SecretBytes derive(std::string_view password, ByteView salt, const ScryptCost &cost)
{
    SecretBytes hash(kHashSize);
    // OpenSSL counts a little more than the 128 * r * N bytes.
    const std::uint64_t memory = kMostMemory * 2;
    detail::require(EVP_PBE_scrypt(password.data(), password.size(),
                                   reinterpret_cast<const unsigned char *>(salt.data()), salt.size(),
                                   1ULL << cost.logN, cost.r, cost.p, memory,
                                   reinterpret_cast<unsigned char *>(hash.span().data()), hash.size()),
                    "derive a key from a password");
    return hash;
}

}  // namespace

std::string hashPassword(std::string_view password, const ScryptCost &cost)
{
    if (!isAllowed(cost))
        detail::openSslFailed("hash a password at a cost beyond 128 MiB");
    std::array<std::byte, kSaltSize> salt;
    fillRandom(salt);
    const SecretBytes hash = derive(password, salt, cost);
    return std::string(kPrefix) + "ln=" + std::to_string(cost.logN) + ",r=" + std::to_string(cost.r) +
           ",p=" + std::to_string(cost.p) + "$" + toBase64Url(salt) + "$" + toBase64Url(hash.view());
}

bool verifyPassword(std::string_view password, std::string_view hash)
{
    const auto parsed = parse(hash);
    return parsed && equalConstantTime(derive(password, parsed->salt, parsed->cost).view(), parsed->hash);
}

bool needsRehash(std::string_view hash, const ScryptCost &cost)
{
    const auto parsed = parse(hash);
    if (!parsed)
        return true;
    const auto work = [](const ScryptCost &c) { return (static_cast<std::uint64_t>(c.r) * c.p) << c.logN; };
    return work(parsed->cost) < work(cost);
}

}  // namespace maxiofs::crypto
