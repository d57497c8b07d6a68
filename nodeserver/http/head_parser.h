// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "http/request_head.h"

#include <expected>

namespace maxiofs::http {

// Parses a request's head strictly: CRLF only, no folded lines, no white space before a colon, no control
// bytes. An own parser instead of Beast's: forwarding and signatures need the original bytes in their order,
// and a parser that accepts nothing doubtful is shorter than a guard around one that does.
class HeadParser {
public:
    struct Limits {
        std::size_t bytes = RequestHead::kMaxBytes;
        std::size_t fields = RequestHead::kMaxFields;
    };

    HeadParser() = default;
    explicit HeadParser(Limits limits) : m_limits(limits) {}

    /// Looks for the end of the head in all bytes that have arrived so far: its length, or 0 while it is
    /// incomplete. Refuses a bare LF and a head over the limit as soon as it sees them. Continues where the
    /// last call stopped; restart() before the next head.
    [[nodiscard]] std::expected<std::size_t, HeadFault> findEnd(std::string_view arrived);
    void restart() { m_scanned = m_lineStart = 0; }

    /// Parses one complete head, whose end findEnd() gave. `into` is overwritten and its memory kept for
    /// reuse.
    [[nodiscard]] std::expected<void, HeadFault> parse(std::string_view bytes, RequestHead &into) const;

private:
    [[nodiscard]] static std::expected<void, HeadFault> parseRequestLine(std::size_t end, RequestHead &into);

    Limits m_limits;
    std::size_t m_scanned = 0;  // up to here there is no end
    std::size_t m_lineStart = 0;
};

}  // namespace maxiofs::http
