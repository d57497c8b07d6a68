// SPDX-License-Identifier: GPL-3.0-or-later
#include "crypto/aead.h"

#include "crypto/openssl.h"
#include "crypto/secret_bytes.h"

#include <algorithm>
#include <cassert>
#include <limits>
#include <openssl/evp.h>

namespace maxiofs::crypto {

using detail::require;

namespace {

// More than the threads of a node; beyond it, contexts are made anew.
constexpr std::size_t kMostIdle = 64;
// EVP takes lengths as int; a multiple of the cipher's block.
constexpr std::size_t kPiece = 1U << 30;

const EVP_CIPHER *algorithm()
{
    static const EVP_CIPHER *const kCipher =
        require(EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr), "fetch AES-256-GCM");
    return kCipher;
}

const unsigned char *raw(const std::byte *bytes)
{
    return reinterpret_cast<const unsigned char *>(bytes);
}

unsigned char *raw(std::byte *bytes)
{
    return reinterpret_cast<unsigned char *>(bytes);
}

void updateAssociated(EVP_CIPHER_CTX *context, ByteView associated)
{
    assert(associated.size() <= kPiece);
    int written = 0;
    if (!associated.empty())
        require(EVP_CipherUpdate(context, nullptr, &written, raw(associated.data()),
                                 static_cast<int>(associated.size())),
                "authenticate associated bytes");
}

void updatePayload(EVP_CIPHER_CTX *context, ByteView from, std::byte *to)
{
    while (!from.empty()) {
        const std::size_t count = std::min(from.size(), kPiece);
        int written = 0;
        require(EVP_CipherUpdate(context, raw(to), &written, raw(from.data()), static_cast<int>(count)),
                "encrypt");
        from = from.subspan(count);
        to += count;
    }
}

}  // namespace

void Aes256Gcm::FreeContext::operator()(evp_cipher_ctx_st *context) const
{
    EVP_CIPHER_CTX_free(context);
}

Aes256Gcm::Aes256Gcm(std::span<const std::byte, kKeySize> key)
    : m_keyed(require(EVP_CIPHER_CTX_new(), "make a cipher context"))
{
    require(EVP_CipherInit_ex2(m_keyed.get(), algorithm(), raw(key.data()), nullptr, 1, nullptr),
            "set a cipher key");
}

Aes256Gcm::~Aes256Gcm() = default;

Aes256Gcm::Context Aes256Gcm::borrow() const
{
    {
        const base::MutexLock lock(m_mutex);
        if (!m_idle.empty()) {
            Context context = std::move(m_idle.back());
            m_idle.pop_back();
            return context;
        }
    }
    Context context(require(EVP_CIPHER_CTX_new(), "make a cipher context"));
    require(EVP_CIPHER_CTX_copy(context.get(), m_keyed.get()), "copy a cipher context");
    return context;
}

void Aes256Gcm::giveBack(Context context) const
{
    const base::MutexLock lock(m_mutex);
    if (m_idle.size() < kMostIdle)
        m_idle.push_back(std::move(context));
}

void Aes256Gcm::seal(Nonce nonce, ByteView associated, ByteView plaintext, std::span<std::byte> out) const
{
    assert(out.size() == plaintext.size() + kTagSize);
    Context context = borrow();
    require(EVP_EncryptInit_ex2(context.get(), nullptr, nullptr, raw(nonce.data()), nullptr), "set a nonce");
    updateAssociated(context.get(), associated);
    updatePayload(context.get(), plaintext, out.data());
    std::byte *const tag = out.data() + plaintext.size();
    int written = 0;
    require(EVP_EncryptFinal_ex(context.get(), raw(tag), &written), "end an encryption");
    require(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_GET_TAG, kTagSize, tag), "get a tag");
    giveBack(std::move(context));
}

bool Aes256Gcm::open(Nonce nonce, ByteView associated, ByteView sealed, std::span<std::byte> out) const
{
    if (sealed.size() < kTagSize)
        return false;
    const ByteView ciphertext = sealed.first(sealed.size() - kTagSize);
    assert(out.size() == ciphertext.size());
    // Copied: `out` may lie over `sealed`, and OpenSSL takes the tag by a pointer to non-const.
    std::array<std::byte, kTagSize> tag;
    std::ranges::copy(sealed.last(kTagSize), tag.begin());

    Context context = borrow();
    require(EVP_DecryptInit_ex2(context.get(), nullptr, nullptr, raw(nonce.data()), nullptr), "set a nonce");
    updateAssociated(context.get(), associated);
    updatePayload(context.get(), ciphertext, out.data());
    require(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_SET_TAG, kTagSize, tag.data()), "set a tag");
    int written = 0;
    std::array<unsigned char, kTagSize> nothing;
    const bool authentic = EVP_DecryptFinal_ex(context.get(), nothing.data(), &written) == 1;
    if (!authentic)
        wipe(out);
    giveBack(std::move(context));
    return authentic;
}

}  // namespace maxiofs::crypto
