// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "http/header_fields.h"

namespace maxiofs::http {

// The head of a request as it arrived: request line and header fields with their original bytes.
class RequestHead : public HeaderFields {
public:
    static constexpr std::size_t kMaxBytes = 16 * 1024;
    static constexpr std::size_t kMaxFields = 128;

    [[nodiscard]] std::string_view method() const { return text(m_method); }
    /// As in the request line.
    [[nodiscard]] std::string_view target() const { return text(m_target); }
    /// The target's path, still percent-encoded; "*" for OPTIONS *.
    [[nodiscard]] std::string_view path() const { return text(m_path); }
    /// What follows the first '?', still percent-encoded; empty without one.
    [[nodiscard]] std::string_view query() const { return text(m_query); }
    /// The host in a target of absolute form; empty in the usual form.
    [[nodiscard]] std::string_view authority() const { return text(m_authority); }
    /// The 1 of HTTP/1.1.
    [[nodiscard]] unsigned minorVersion() const { return m_minorVersion; }
    [[nodiscard]] bool isHead() const { return method() == "HEAD"; }
    [[nodiscard]] std::string_view host() const { return find("Host").value_or(std::string_view()); }

private:
    friend class HeadParser;

    Piece m_method;
    Piece m_target;
    Piece m_authority;
    Piece m_path;
    Piece m_query;
    unsigned m_minorVersion = 1;
};

}  // namespace maxiofs::http
