// SPDX-License-Identifier: GPL-3.0-or-later
#include "frame/fields.h"

#include <algorithm>

namespace maxiofs::frame {

namespace {

bool isSealed(std::uint16_t tag)
{
    return (tag & kSealedTag) != 0;
}

std::unexpected<Error> malformed(const std::string &reason)
{
    return failure(Error::Corrupt, "The header fields are damaged: " + reason + ".");
}

}  // namespace

void Fields::set(Tag tag, Bytes value)
{
    const auto found = std::ranges::find(m_fields, static_cast<std::uint16_t>(tag), &Field::first);
    if (found != m_fields.end())
        found->second = std::move(value);
    else
        m_fields.emplace_back(static_cast<std::uint16_t>(tag), std::move(value));
}

void Fields::setVarint(Tag tag, std::uint64_t value)
{
    Bytes encoded;
    ByteWriter(encoded).varint(value);
    set(tag, std::move(encoded));
}

void Fields::remove(Tag tag)
{
    std::erase_if(m_fields,
                  [tag](const Field &field) { return field.first == static_cast<std::uint16_t>(tag); });
}

std::optional<ByteView> Fields::get(Tag tag) const
{
    const auto found = std::ranges::find(m_fields, static_cast<std::uint16_t>(tag), &Field::first);
    if (found == m_fields.end())
        return std::nullopt;
    return found->second;
}

std::optional<std::string> Fields::text(Tag tag) const
{
    return get(tag).transform(toText);
}

std::optional<std::uint64_t> Fields::varint(Tag tag) const
{
    const auto value = get(tag);
    if (!value)
        return std::nullopt;
    ByteReader reader(*value);
    const std::uint64_t number = reader.varint();
    return reader.finished() ? std::optional(number) : std::nullopt;
}

Bytes Fields::encode(bool sealed) const
{
    Bytes encoded;
    ByteWriter writer(encoded);
    for (const auto &[tag, value] : m_fields) {
        if (isSealed(tag) != sealed)
            continue;
        writer.fixed(tag);
        writer.sized(value);
    }
    return encoded;
}

Status Fields::decode(ByteView encoded, bool sealed)
{
    const std::size_t before = m_fields.size();
    const auto refuse = [&](const std::string &reason) {
        m_fields.resize(before);
        return malformed(reason);
    };
    ByteReader reader(encoded);
    while (!reader.rest().empty()) {
        const auto tag = reader.fixed<std::uint16_t>();
        const ByteView value = reader.sized();
        if (!reader.ok())
            return refuse("they end too early");
        if (isSealed(tag) != sealed)
            return refuse("field " + std::to_string(tag) + " stands in the wrong list");
        if (has(static_cast<Tag>(tag)))
            return refuse("field " + std::to_string(tag) + " occurs twice");
        if (m_fields.size() == kMaxFields)
            return refuse("there are more than " + std::to_string(kMaxFields));
        m_fields.emplace_back(tag, Bytes(value.begin(), value.end()));
    }
    return {};
}

Status Fields::checkCritical() const
{
    // This version implements none of the critical fields that are set aside.
    for (const auto &[tag, value] : m_fields)
        if ((tag & kCriticalTag) != 0)
            return failure(Error::Unsupported,
                           "The object has the critical field " +
                               std::to_string(tag & ~(kCriticalTag | kSealedTag)) +
                               ", which this version does not know: use a newer version of MaxIOFS.",
                           std::to_string(tag));
    return {};
}

}  // namespace maxiofs::frame
