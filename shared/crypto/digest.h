// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/bytes.h"

#include <array>
#include <memory>

struct evp_md_ctx_st;
struct XXH3_state_s;

namespace maxiofs::crypto {

namespace detail {

struct FreeDigestContext {
    void operator()(evp_md_ctx_st *context) const;
};

enum class DigestKind { Md5, Sha1, Sha256 };

// One OpenSSL digest context; the algorithm is fetched once in the process and contexts are kept per thread,
// so that hashing a small object costs little more than its bytes.
class DigestContext {
public:
    explicit DigestContext(DigestKind kind);

    void update(ByteView bytes);
    void finish(std::byte *into);
    void reset();

private:
    std::unique_ptr<evp_md_ctx_st, FreeDigestContext> m_context;
};

// A digest of OpenSSL with a fixed size. One thread at a time; movable. finish() gives the digest of what was
// fed and starts anew. Nothing fails: a broken OpenSSL ends the program.
template <DigestKind Kind, std::size_t Size>
class Digest {
public:
    static constexpr std::size_t kSize = Size;
    using Value = std::array<std::byte, Size>;

    void update(ByteView bytes) { m_context.update(bytes); }
    void update(std::string_view text) { m_context.update(asBytes(text)); }
    [[nodiscard]] Value finish()
    {
        Value value;
        m_context.finish(value.data());
        m_context.reset();
        return value;
    }
    void reset() { m_context.reset(); }

private:
    DigestContext m_context{Kind};
};

}  // namespace detail

using Md5 = detail::Digest<detail::DigestKind::Md5, 16>;
using Sha1 = detail::Digest<detail::DigestKind::Sha1, 20>;
using Sha256 = detail::Digest<detail::DigestKind::Sha256, 32>;

// XXH3 with 128 bits: the content hash. The value is the canonical, big-endian form. One thread at a time.
class Xxh128 {
public:
    static constexpr std::size_t kSize = 16;
    using Value = std::array<std::byte, kSize>;

    Xxh128();
    ~Xxh128();
    Xxh128(Xxh128 &&other) noexcept;
    Xxh128 &operator=(Xxh128 &&other) noexcept;

    void update(ByteView bytes);
    /// The digest of what was fed; starts anew.
    [[nodiscard]] Value finish();
    void reset();

private:
    XXH3_state_s *m_state;  // null after a move
};

[[nodiscard]] Md5::Value md5(ByteView bytes);
[[nodiscard]] Sha1::Value sha1(ByteView bytes);
[[nodiscard]] Sha256::Value sha256(ByteView bytes);
[[nodiscard]] Xxh128::Value xxh128(ByteView bytes);

/// Lower-case hex of the SHA-256, as signatures use it.
[[nodiscard]] std::string sha256Hex(ByteView bytes);

}  // namespace maxiofs::crypto
