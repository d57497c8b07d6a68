// SPDX-License-Identifier: GPL-3.0-or-later
#include "http/header_fields.h"

#include "http/character_class.h"
#include "text/ascii.h"

namespace maxiofs::http {

namespace {

constexpr std::string_view kLineBreak = "\r\n";

std::unexpected<HeadFault> refusedField(unsigned status, std::string_view message)
{
    return std::unexpected(HeadFault{status, message});
}

}  // namespace

bool sameName(std::string_view a, std::string_view b)
{
    return a.size() == b.size() && text::iequals(a, b);
}

std::optional<std::string_view> HeaderFields::find(std::string_view name) const
{
    for (const FieldPieces &field : m_fields)
        if (field.name.size == name.size() && sameName(text(field.name), name))
            return text(field.value);
    return std::nullopt;
}

std::size_t HeaderFields::count(std::string_view name) const
{
    std::size_t found = 0;
    for (const FieldPieces &field : m_fields)
        found += sameName(text(field.name), name) ? 1 : 0;
    return found;
}

std::vector<std::string_view> HeaderFields::all(std::string_view name) const
{
    std::vector<std::string_view> values;
    for (const FieldPieces &field : m_fields)
        if (sameName(text(field.name), name))
            values.push_back(text(field.value));
    return values;
}

bool HeaderFields::listHas(std::string_view name, std::string_view element) const
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

std::string_view HeaderFields::line(std::size_t index) const
{
    const std::size_t begin = m_fields[index].name.at;
    const std::size_t end = m_bytes.find(kLineBreak, begin);
    return std::string_view(m_bytes).substr(begin, end + kLineBreak.size() - begin);
}

std::expected<std::size_t, HeadFault> HeaderFields::take(std::string_view bytes)
{
    m_bytes.assign(bytes);
    m_fields.clear();
    if (!bytes.ends_with("\r\n\r\n"))
        return refusedField(400, "The head is incomplete.");
    return bytes.find(kLineBreak);
}

std::expected<void, HeadFault> HeaderFields::parseFields(std::size_t firstLineEnd, std::size_t maxFields)
{
    std::size_t end = firstLineEnd;
    for (std::size_t begin = end + kLineBreak.size();; begin = end + kLineBreak.size()) {
        end = m_bytes.find(kLineBreak, begin);
        if (end == begin)
            break;
        if (m_fields.size() >= maxFields)
            return refusedField(431, "There are too many header fields.");
        if (auto parsed = parseField(begin, end); !parsed)
            return parsed;
    }
    if (end + kLineBreak.size() != m_bytes.size())
        return refusedField(400, "The head has an empty line inside.");
    return {};
}

std::expected<void, HeadFault> HeaderFields::parseField(std::size_t begin, std::size_t end)
{
    const std::string_view line = std::string_view(m_bytes).substr(begin, end - begin);
    if (line.front() == ' ' || line.front() == '\t')
        return refusedField(400, "A header field is folded over two lines.");
    std::size_t nameSize = 0;
    while (nameSize < line.size() && kToken[static_cast<unsigned char>(line[nameSize])])
        ++nameSize;
    if (nameSize == 0 || nameSize == line.size() || line[nameSize] != ':')
        return refusedField(400, "A header field's name is malformed or not followed by a colon.");
    const std::string_view value = text::trim(line.substr(nameSize + 1));
    if (!consistsOf(value, kValueByte))
        return refusedField(400, "A header field's value has a control byte.");
    const std::size_t valueAt = value.empty() ? end : static_cast<std::size_t>(value.data() - m_bytes.data());
    m_fields.push_back({piece(begin, nameSize), piece(valueAt, value.size())});
    return {};
}

}  // namespace maxiofs::http
