// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "http/framing_guard.h"
#include "http/header_fields.h"

#include <expected>

namespace maxiofs::http {

// The head of another server's response as it arrived: status line and header fields with their original
// bytes. Same rule of life as RequestHead.
class AnswerHead : public HeaderFields {
public:
    [[nodiscard]] unsigned status() const { return m_status; }
    [[nodiscard]] bool isInterim() const { return m_status < 200; }
    /// The 1 of HTTP/1.1.
    [[nodiscard]] unsigned minorVersion() const { return m_minorVersion; }

    /// One complete head, as strictly as HeadParser. `into` is overwritten and its memory kept for reuse.
    [[nodiscard]] static std::expected<void, HeadFault> parse(std::string_view bytes, std::size_t maxFields,
                                                              AnswerHead &into);

    /// How the body ends (RFC 9112 section 6.3); a head that two clients could read differently is refused.
    [[nodiscard]] std::expected<Framing, HeadFault> framing(bool toHead) const;

private:
    unsigned m_status = 0;
    unsigned m_minorVersion = 1;
};

}  // namespace maxiofs::http
