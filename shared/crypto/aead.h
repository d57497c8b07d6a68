// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/bytes.h"
#include "base/mutex.h"

#include <array>
#include <memory>
#include <vector>

struct evp_cipher_ctx_st;

namespace maxiofs::crypto {

// AES-256-GCM with one key. Any number of threads may seal and open at once; the key schedule is made once
// and contexts are kept for re-use until the object ends.
//
// A nonce must never be used twice for sealing under one key. Nothing fails but a wrong tag: a broken OpenSSL
// ends the program.
class Aes256Gcm {
public:
    static constexpr std::size_t kKeySize = 32;
    static constexpr std::size_t kNonceSize = 12;
    static constexpr std::size_t kTagSize = 16;
    using Nonce = std::span<const std::byte, kNonceSize>;

    explicit Aes256Gcm(std::span<const std::byte, kKeySize> key);
    ~Aes256Gcm();
    Aes256Gcm(const Aes256Gcm &) = delete;
    Aes256Gcm &operator=(const Aes256Gcm &) = delete;

    /// Writes ciphertext and tag into `out`, which has plaintext.size() + kTagSize bytes and either begins
    /// where `plaintext` begins or does not overlap it.
    void seal(Nonce nonce, ByteView associated, ByteView plaintext, std::span<std::byte> out) const;
    /// Writes the plaintext into `out`, which has sealed.size() - kTagSize bytes and either begins where
    /// `sealed` begins or does not overlap it. False (and `out` zeroed) when the tag does not fit or `sealed`
    /// is shorter than a tag.
    [[nodiscard]] bool open(Nonce nonce, ByteView associated, ByteView sealed,
                            std::span<std::byte> out) const;

private:
    struct FreeContext {
        void operator()(evp_cipher_ctx_st *context) const;
    };
    using Context = std::unique_ptr<evp_cipher_ctx_st, FreeContext>;

    [[nodiscard]] Context borrow() const;
    void giveBack(Context context) const;

    Context m_keyed;  // never used itself: the pattern for copies
    mutable base::Mutex m_mutex;
    mutable std::vector<Context> m_idle GUARDED_BY(m_mutex);
};

}  // namespace maxiofs::crypto
