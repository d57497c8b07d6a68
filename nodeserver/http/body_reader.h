// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "http/chunked_decoder.h"
#include "http/framing_guard.h"
#include "http/input_buffer.h"
#include "net/stream.h"

#include <optional>

namespace maxiofs::http {

// Reads one body after the other, of requests or of answers, first from what arrived with the head, then from
// the stream; large pieces go straight into the caller's buffer. Same thread rule as the stream.
class BodyReader {
public:
    // Smaller reads go through the input buffer, so that small pieces do not cost a system call each.
    static constexpr std::size_t kDirectRead = 4 * 1024;

    BodyReader(net::Stream &stream, InputBuffer &input) : m_stream(stream), m_input(input) {}

    void start(const Framing &framing);
    [[nodiscard]] bool isFinished() const;
    [[nodiscard]] Framing::Body kind() const { return m_kind; }
    /// Bytes of Body::Length that are still to come.
    [[nodiscard]] std::uint64_t lengthLeft() const { return m_left; }
    /// The whole rest of a Body::Length was taken from the input.
    void tookRest() { m_left = 0; }

    /// What can be had without a system call: decoded bytes, 0 at the end; nothing when more must arrive.
    [[nodiscard]] std::optional<Result<std::size_t>> readArrived(std::span<std::byte> into);
    /// `expectData`: the peer is sending (it was not just told to continue).
    net::Awaitable<Result<std::size_t>> read(std::span<std::byte> into, bool expectData);
    /// Drops the rest of the body if all of it has arrived; false if it has not.
    [[nodiscard]] bool skipArrived();

private:
    [[nodiscard]] std::optional<Result<std::size_t>> decodeArrived(std::span<std::byte> into);
    [[nodiscard]] std::uint64_t dataLeft() const;

    net::Stream &m_stream;
    InputBuffer &m_input;
    Framing::Body m_kind = Framing::Body::None;
    std::uint64_t m_left = 0;  // of Body::Length
    ChunkedDecoder m_decoder;  // of Body::Chunked
    bool m_closed = false;     // of Body::UntilClose
};

}  // namespace maxiofs::http
