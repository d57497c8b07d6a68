// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace maxiofs::http {

/// Header names compare without regard to case (RFC 9110 section 5.1); ASCII only.
[[nodiscard]] bool sameName(std::string_view a, std::string_view b);

// Why a head was refused before anybody saw it.
struct HeadFault {
    unsigned status = 400;
    std::string_view message;  // a static sentence
};

// The bytes of a head as it arrived and its header fields in their order. Views point into this object and
// are valid as long as it lives unchanged; a copy has its own bytes.
class HeaderFields {
public:
    struct Field {
        std::string_view name;
        std::string_view value;  // without the white space around it
    };

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
    /// The field's line with its original bytes, up to and with CR LF.
    [[nodiscard]] std::string_view line(std::size_t index) const;

    /// Every byte, up to and with the empty line.
    [[nodiscard]] std::string_view raw() const { return m_bytes; }

protected:
    struct Piece {
        std::uint32_t at = 0;
        std::uint32_t size = 0;
    };
    [[nodiscard]] std::string_view text(Piece piece) const
    {
        return std::string_view(m_bytes).substr(piece.at, piece.size);
    }
    [[nodiscard]] static Piece piece(std::size_t at, std::size_t size)
    {
        return {static_cast<std::uint32_t>(at), static_cast<std::uint32_t>(size)};
    }

    /// Begins with other bytes; where their first line ends.
    [[nodiscard]] std::expected<std::size_t, HeadFault> take(std::string_view bytes);
    /// Reads the fields after the first line, strictly: CR LF only, no folded lines, no white space before a
    /// colon, no control bytes.
    [[nodiscard]] std::expected<void, HeadFault> parseFields(std::size_t firstLineEnd, std::size_t maxFields);

    std::string m_bytes;

private:
    struct FieldPieces {
        Piece name;
        Piece value;
    };
    [[nodiscard]] std::expected<void, HeadFault> parseField(std::size_t begin, std::size_t end);

    std::vector<FieldPieces> m_fields;
};

}  // namespace maxiofs::http
