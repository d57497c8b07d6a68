// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/bytes.h"
#include "base/result.h"

#include <cstdint>
#include <span>

namespace maxiofs::http {

// Decodes a chunked body (RFC 9112 section 7.1) strictly: CRLF only, at most 16 hex digits of size,
// extensions and trailers bounded and dropped: no trailer field ever becomes a header. One body per object;
// no thread rule.
class ChunkedDecoder {
public:
    static constexpr std::size_t kMaxSizeDigits = 16;
    static constexpr std::size_t kMaxExtensionBytes = 1024;  // of one chunk
    static constexpr std::size_t kMaxTrailerBytes = 8 * 1024;
    // Extensions of all chunks may not outgrow the data: each byte of data pays for one, above a free
    // allowance.
    static constexpr std::uint64_t kFreeOverhead = 16 * 1024;

    struct Step {
        std::size_t consumed = 0;  // of the input
        std::size_t produced = 0;  // of the output
    };

    /// Decodes until the input is used up, the output is full or the body ends. InvalidArgument for malformed
    /// bytes.
    [[nodiscard]] Result<Step> decode(ByteView input, std::span<std::byte> output);

    /// Bytes of the current chunk that are still to come, which a caller may receive past decode(); it tells
    /// by took().
    [[nodiscard]] std::uint64_t dataLeft() const { return m_state == State::Data ? m_left : 0; }
    void took(std::uint64_t bytes);
    [[nodiscard]] bool finished() const { return m_state == State::Finished; }

private:
    enum class State {
        Size,
        Extension,
        SizeLf,
        Data,
        DataCr,
        DataLf,
        TrailerStart,
        TrailerName,
        TrailerValue,
        TrailerLf,
        LastLf,
        Finished,
    };

    [[nodiscard]] Status step(unsigned char byte);
    [[nodiscard]] Status stepTrailer(unsigned char byte);
    [[nodiscard]] Status countLineByte(std::size_t limit, std::string_view what);

    State m_state = State::Size;
    std::uint64_t m_left = 0;      // of the current chunk
    std::uint64_t m_data = 0;      // of all chunks
    std::uint64_t m_overhead = 0;  // bytes of extensions and trailers
    std::size_t m_digits = 0;
    std::size_t m_lineBytes = 0;  // of this chunk's extension, or of all trailers
};

}  // namespace maxiofs::http
