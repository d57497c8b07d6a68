// SPDX-License-Identifier: GPL-3.0-or-later
#include "http/request_head.h"

#include "text/ascii.h"

namespace maxiofs::http {

bool sameName(std::string_view a, std::string_view b)
{
    return a.size() == b.size() && text::iequals(a, b);
}

std::optional<std::string_view> RequestHead::find(std::string_view name) const
{
    for (const FieldPieces &field : m_fields)
        if (field.name.size == name.size() && sameName(text(field.name), name))
            return text(field.value);
    return std::nullopt;
}

std::size_t RequestHead::count(std::string_view name) const
{
    std::size_t found = 0;
    for (const FieldPieces &field : m_fields)
        found += sameName(text(field.name), name) ? 1 : 0;
    return found;
}

std::vector<std::string_view> RequestHead::all(std::string_view name) const
{
    std::vector<std::string_view> values;
    for (const FieldPieces &field : m_fields)
        if (sameName(text(field.name), name))
            values.push_back(text(field.value));
    return values;
}

bool RequestHead::listHas(std::string_view name, std::string_view element) const
{
    bool found = false;
    for (const FieldPieces &field : m_fields) {
        if (sameName(text(field.name), name))
            text::forEachPiece(text(field.value), ',', [&](std::string_view piece) {
                found = found || sameName(text::trim(piece), element);
            });
    }
    return found;
}

}  // namespace maxiofs::http
