// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/id.h"
#include "base/result.h"
#include "crypto/aead.h"
#include "frame/keyring.h"

#include <atomic>

namespace maxiofs::frame {

inline constexpr std::size_t kFrameSize = 64 * 1024;  // plaintext bytes of every frame but the last
inline constexpr std::size_t kTagSize = 16;
inline constexpr std::size_t kCounterSize = 8;  // the nonce's counter, in clear
inline constexpr std::size_t kFrameOverhead = kCounterSize + kTagSize;
inline constexpr std::size_t kSaltSize = 32;

/// How many frames hold `plaintext` bytes: at least one for anything but nothing.
[[nodiscard]] constexpr std::uint64_t frameCount(std::uint64_t plaintext)
{
    return (plaintext + kFrameSize - 1) / kFrameSize;
}
inline constexpr std::size_t kStoredFrameSize = kFrameSize + kFrameOverhead;
/// Stored size of `plaintext` bytes in frames.
[[nodiscard]] constexpr std::uint64_t framedSize(std::uint64_t plaintext)
{
    return plaintext + frameCount(plaintext) * kFrameOverhead;
}

// Encrypts and opens the frames and headers of one segment or large-object file, under the key derived from a
// data key and the file's salt. A stored frame is counter (8 bytes) | ciphertext | tag (16 bytes); the nonce
// is 4 zero bytes and the counter, which rises for as long as the object lives and never comes from a
// position. So one file is written by one FrameCipher only: a file is never appended to by a later run. The
// associated data binds the salt, what the frame belongs to (a record's sequence or a file's id), its index
// and whether it is the last one: truncation, reordering and swaps are found. Any thread.
class FrameCipher {
public:
    /// `salt` has kSaltSize bytes.
    FrameCipher(const Key256 &key, ByteView salt);

    // What a frame belongs to: the record's sequence in a segment, the 128-bit id in a large-object file.
    struct Owner {
        std::array<std::byte, 16> value{};
        static Owner ofSequence(std::uint64_t sequence);
        static Owner ofId(const Id128 &id);
    };

    /// Appends one stored frame. `plaintext` is at most kFrameSize long.
    void sealFrame(const Owner &owner, std::uint64_t index, bool isLast, ByteView plaintext, Bytes &to);
    /// The same into a place of plaintext.size() + kFrameOverhead bytes.
    void sealFrame(const Owner &owner, std::uint64_t index, bool isLast, ByteView plaintext,
                   std::span<std::byte> to);
    /// Appends all frames of a payload.
    void sealAll(const Owner &owner, ByteView plaintext, Bytes &to);
    /// Opens one stored frame into `into` (exactly stored.size() - kFrameOverhead bytes). Error::Corrupt
    /// where it is not what was written here.
    [[nodiscard]] Status openFrame(const Owner &owner, std::uint64_t index, bool isLast, ByteView stored,
                                   std::span<std::byte> into) const;

    /// Opens all frames of a payload, appends their plaintext. Error::Corrupt as above; nothing appended
    /// then.
    [[nodiscard]] Status openAll(const Owner &owner, ByteView stored, Bytes &to) const;

    /// counter | ciphertext of `secret` | tag, with `clear` authenticated beside it: headers. `label` tells
    /// uses apart ("record", "fields", "segment").
    void sealHeader(std::string_view label, const Owner &owner, ByteView clear, ByteView secret, Bytes &to);
    [[nodiscard]] Result<Bytes> openHeader(std::string_view label, const Owner &owner, ByteView clear,
                                           ByteView sealed) const;

private:
    using FrameAssociated = std::array<std::byte, 1 + kSaltSize + 16 + 8 + 1>;
    [[nodiscard]] FrameAssociated frameAssociated(const Owner &owner, std::uint64_t index, bool isLast) const;
    [[nodiscard]] Bytes headerAssociated(std::string_view label, const Owner &owner, ByteView clear) const;
    void seal(ByteView associated, ByteView plaintext, std::span<std::byte> to);
    [[nodiscard]] bool open(ByteView associated, ByteView stored, std::span<std::byte> into) const;

    const crypto::Aes256Gcm m_cipher;
    std::array<std::byte, kSaltSize> m_salt{};
    std::atomic<std::uint64_t> m_counter{1};
};

}  // namespace maxiofs::frame
