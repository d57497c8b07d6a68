// SPDX-License-Identifier: GPL-3.0-or-later
#include "frame/frame_cipher.h"

#include "base/byte_io.h"

#include <algorithm>
#include <cassert>
#include <cstring>

namespace maxiofs::frame {

namespace {

static_assert(kTagSize == crypto::Aes256Gcm::kTagSize);

// What the associated data is of: its first byte.
constexpr std::byte kFrameKind{'F'};
constexpr std::byte kHeaderKind{'H'};

// Four zero bytes and the counter.
std::array<std::byte, crypto::Aes256Gcm::kNonceSize> nonceOf(ByteView counter)
{
    std::array<std::byte, crypto::Aes256Gcm::kNonceSize> nonce{};
    std::ranges::copy(counter.first(kCounterSize), nonce.end() - kCounterSize);
    return nonce;
}

}  // namespace

FrameCipher::Owner FrameCipher::Owner::ofSequence(std::uint64_t sequence)
{
    Owner owner;
    std::memcpy(owner.value.data(), &sequence, sizeof sequence);
    return owner;
}

FrameCipher::Owner FrameCipher::Owner::ofId(const Id128 &id)
{
    return Owner{id.bytes};
}

FrameCipher::FrameCipher(const Key256 &key, ByteView salt) : m_cipher(key)
{
    assert(salt.size() == kSaltSize);
    std::ranges::copy(salt.first(kSaltSize), m_salt.begin());
}

void FrameCipher::sealFrame(const Owner &owner, std::uint64_t index, bool isLast, ByteView plaintext,
                            std::span<std::byte> to)
{
    assert(plaintext.size() <= kFrameSize && to.size() == plaintext.size() + kFrameOverhead);
    seal(frameAssociated(owner, index, isLast), plaintext, to);
}

void FrameCipher::sealFrame(const Owner &owner, std::uint64_t index, bool isLast, ByteView plaintext,
                            Bytes &to)
{
    const std::size_t begin = to.size();
    to.resize(begin + plaintext.size() + kFrameOverhead);
    sealFrame(owner, index, isLast, plaintext, std::span(to).subspan(begin));
}

void FrameCipher::sealAll(const Owner &owner, ByteView plaintext, Bytes &to)
{
    const std::size_t begin = to.size();
    to.resize(begin + framedSize(plaintext.size()));
    std::span<std::byte> place = std::span(to).subspan(begin);
    for (std::uint64_t index = 0; !plaintext.empty(); ++index) {
        const std::size_t count = std::min(plaintext.size(), kFrameSize);
        sealFrame(owner, index, count == plaintext.size(), plaintext.first(count),
                  place.first(count + kFrameOverhead));
        plaintext = plaintext.subspan(count);
        place = place.subspan(count + kFrameOverhead);
    }
}

Status FrameCipher::openFrame(const Owner &owner, std::uint64_t index, bool isLast, ByteView stored,
                              std::span<std::byte> into) const
{
    if (stored.size() < kFrameOverhead || into.size() != stored.size() - kFrameOverhead ||
        !open(frameAssociated(owner, index, isLast), stored, into))
        return failure(Error::Corrupt, "Frame " + std::to_string(index) + " fails its authentication.");
    return {};
}

Status FrameCipher::openAll(const Owner &owner, ByteView stored, Bytes &to) const
{
    const std::uint64_t count = (stored.size() + kStoredFrameSize - 1) / kStoredFrameSize;
    if (count != 0 && stored.size() - (count - 1) * kStoredFrameSize <= kFrameOverhead)
        return failure(Error::Corrupt, "The last of " + std::to_string(count) + " frames is cut off.");
    const std::size_t begin = to.size();
    to.resize(begin + stored.size() - count * kFrameOverhead);
    std::span<std::byte> place = std::span(to).subspan(begin);
    for (std::uint64_t index = 0; index < count; ++index) {
        const ByteView frame = stored.first(std::min(stored.size(), kStoredFrameSize));
        const std::size_t plaintext = frame.size() - kFrameOverhead;
        if (Status opened = openFrame(owner, index, index + 1 == count, frame, place.first(plaintext));
            !opened) {
            to.resize(begin);
            return opened;
        }
        stored = stored.subspan(frame.size());
        place = place.subspan(plaintext);
    }
    return {};
}

void FrameCipher::sealHeader(std::string_view label, const Owner &owner, ByteView clear, ByteView secret,
                             Bytes &to)
{
    const std::size_t begin = to.size();
    to.resize(begin + secret.size() + kFrameOverhead);
    seal(headerAssociated(label, owner, clear), secret, std::span(to).subspan(begin));
}

Result<Bytes> FrameCipher::openHeader(std::string_view label, const Owner &owner, ByteView clear,
                                      ByteView sealed) const
{
    if (sealed.size() >= kFrameOverhead) {
        Bytes secret(sealed.size() - kFrameOverhead);
        if (open(headerAssociated(label, owner, clear), sealed, secret))
            return secret;
    }
    return failure(Error::Corrupt, "The " + std::string(label) + " header fails its authentication.");
}

FrameCipher::FrameAssociated FrameCipher::frameAssociated(const Owner &owner, std::uint64_t index,
                                                          bool isLast) const
{
    FrameAssociated associated;
    auto at = associated.begin();
    *at++ = kFrameKind;
    at = std::ranges::copy(m_salt, at).out;
    at = std::ranges::copy(owner.value, at).out;
    std::memcpy(&*at, &index, sizeof index);
    associated.back() = std::byte{isLast};
    return associated;
}

Bytes FrameCipher::headerAssociated(std::string_view label, const Owner &owner, ByteView clear) const
{
    Bytes associated;
    associated.reserve(1 + kSaltSize + owner.value.size() + 1 + label.size() + clear.size());
    ByteWriter writer(associated);
    associated.push_back(kHeaderKind);
    writer.raw(m_salt);
    writer.raw(owner.value);
    writer.sized(label);
    writer.raw(clear);
    return associated;
}

void FrameCipher::seal(ByteView associated, ByteView plaintext, std::span<std::byte> to)
{
    const std::uint64_t counter = m_counter.fetch_add(1, std::memory_order_relaxed);
    std::memcpy(to.data(), &counter, kCounterSize);
    m_cipher.seal(nonceOf(to), associated, plaintext, to.subspan(kCounterSize));
}

bool FrameCipher::open(ByteView associated, ByteView stored, std::span<std::byte> into) const
{
    return m_cipher.open(nonceOf(stored), associated, stored.subspan(kCounterSize), into);
}

}  // namespace maxiofs::frame
