// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "http/head_parser.h"

#include <cstdint>

namespace maxiofs::http {

// How a body is delimited and what its head asks of the connection.
struct Framing {
    enum class Body { None, Length, Chunked, UntilClose };  // the last of answers only

    Body body = Body::None;
    std::uint64_t length = 0;  // of Body::Length
    bool keepAlive = true;
    bool expectsContinue = false;
};

/// Decides the framing from the head alone, before anything else looks at the request; refuses every head
/// that two servers could read differently (RFC 9112 sections 3.2, 6.1, 6.3): exactly one Host on HTTP/1.1,
/// at most one on 1.0; Transfer-Encoding only on 1.1, once, only `chunked`, never with Content-Length; at
/// most one Content-Length, of digits only; a target of absolute form names the host that Host names. An
/// expectation other than 100-continue is 417.
[[nodiscard]] std::expected<Framing, HeadFault> guardFraming(const RequestHead &head);

}  // namespace maxiofs::http
