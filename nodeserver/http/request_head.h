// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/bytes.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace maxiofs::http {

/// Header names compare without regard to case (RFC 9110 section 5.1); ASCII only.
[[nodiscard]] bool sameName(std::string_view a, std::string_view b);

// The head of a request as it arrived: request line and header fields with their original bytes, in their
// order. Views point into this object and are valid as long as it lives unchanged; a copy has its own bytes.
class RequestHead {
public:
    static constexpr std::size_t kMaxBytes = 16 * 1024;
    static constexpr std::size_t kMaxFields = 128;

    struct Field {
        std::string_view name;
        std::string_view value;  // without the white space around it
    };

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

    [[nodiscard]] std::size_t fieldCount() const { return m_fields.size(); }
    [[nodiscard]] Field field(std::size_t index) const
    {
        return {text(m_fields[index].name), text(m_fields[index].value)};
    }
    /// The value of the first field with this name.
    [[nodiscard]] std::optional<std::string_view> find(std::string_view name) const;
    [[nodiscard]] std::size_t count(std::string_view name) const;
    /// The values of all fields with this name, in order.
    [[nodiscard]] std::vector<std::string_view> all(std::string_view name) const;
    /// Whether a comma-separated list in any field with this name has this element, without regard to case.
    [[nodiscard]] bool listHas(std::string_view name, std::string_view element) const;

    /// Every byte, up to and with the empty line.
    [[nodiscard]] std::string_view raw() const { return m_bytes; }

private:
    friend class HeadParser;

    struct Piece {
        std::uint32_t at = 0;
        std::uint32_t size = 0;
    };
    struct FieldPieces {
        Piece name;
        Piece value;
    };
    [[nodiscard]] std::string_view text(Piece piece) const
    {
        return std::string_view(m_bytes).substr(piece.at, piece.size);
    }

    std::string m_bytes;
    std::vector<FieldPieces> m_fields;
    Piece m_method;
    Piece m_target;
    Piece m_authority;
    Piece m_path;
    Piece m_query;
    unsigned m_minorVersion = 1;
};

}  // namespace maxiofs::http
