// SPDX-License-Identifier: GPL-3.0-or-later
#include "crypto/digest.h"

#include "base/hex.h"
#include "crypto/openssl.h"

#include <openssl/evp.h>
#include <utility>
#include <xxhash.h>

namespace maxiofs::crypto {

namespace detail {

namespace {

const EVP_MD *fetched(const char *name)
{
    return require(EVP_MD_fetch(nullptr, name, nullptr), "fetch a digest");
}

const EVP_MD *algorithmOf(DigestKind kind)
{
    static const EVP_MD *const kMd5 = fetched("MD5");
    static const EVP_MD *const kSha1 = fetched("SHA1");
    static const EVP_MD *const kSha256 = fetched("SHA256");
    switch (kind) {
    case DigestKind::Md5: return kMd5;
    case DigestKind::Sha1: return kSha1;
    case DigestKind::Sha256: return kSha256;
    }
    return nullptr;
}

}  // namespace

void FreeDigestContext::operator()(evp_md_ctx_st *context) const
{
    EVP_MD_CTX_free(context);
}

DigestContext::DigestContext(DigestKind kind) : m_context(require(EVP_MD_CTX_new(), "make a digest context"))
{
    require(EVP_DigestInit_ex2(m_context.get(), algorithmOf(kind), nullptr), "begin a digest");
}

void DigestContext::update(ByteView bytes)
{
    require(EVP_DigestUpdate(m_context.get(), bytes.data(), bytes.size()), "digest bytes");
}

void DigestContext::finish(std::byte *into)
{
    require(EVP_DigestFinal_ex(m_context.get(), reinterpret_cast<unsigned char *>(into), nullptr),
            "end a digest");
}

void DigestContext::reset()
{
    require(EVP_DigestInit_ex2(m_context.get(), nullptr, nullptr), "begin a digest");
}

}  // namespace detail

Xxh128::Xxh128() : m_state(XXH3_createState())
{
    detail::require(m_state, "make a hash state");
    reset();
}

Xxh128::~Xxh128()
{
    XXH3_freeState(m_state);
}

Xxh128::Xxh128(Xxh128 &&other) noexcept : m_state(std::exchange(other.m_state, nullptr)) {}

Xxh128 &Xxh128::operator=(Xxh128 &&other) noexcept
{
    std::swap(m_state, other.m_state);
    return *this;
}

void Xxh128::update(ByteView bytes)
{
    XXH3_128bits_update(m_state, bytes.data(), bytes.size());
}

static Xxh128::Value canonical(XXH128_hash_t hash)
{
    Xxh128::Value value;
    static_assert(sizeof(XXH128_canonical_t) == Xxh128::kSize);
    XXH128_canonicalFromHash(reinterpret_cast<XXH128_canonical_t *>(value.data()), hash);
    return value;
}

Xxh128::Value Xxh128::finish()
{
    const Value value = canonical(XXH3_128bits_digest(m_state));
    reset();
    return value;
}

void Xxh128::reset()
{
    XXH3_128bits_reset(m_state);
}

// One context a thread saves its creation, which costs as much as hashing a few hundred bytes.
template <typename Digest>
static typename Digest::Value digestOf(ByteView bytes)
{
    thread_local Digest digest;
    digest.update(bytes);
    return digest.finish();
}

Md5::Value md5(ByteView bytes)
{
    return digestOf<Md5>(bytes);
}

Sha1::Value sha1(ByteView bytes)
{
    return digestOf<Sha1>(bytes);
}

Sha256::Value sha256(ByteView bytes)
{
    return digestOf<Sha256>(bytes);
}

Xxh128::Value xxh128(ByteView bytes)
{
    return canonical(XXH3_128bits(bytes.data(), bytes.size()));
}

std::string sha256Hex(ByteView bytes)
{
    return toHex(sha256(bytes));
}

}  // namespace maxiofs::crypto
