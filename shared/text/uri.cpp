// SPDX-License-Identifier: GPL-3.0-or-later
#include "text/uri.h"

#include "text/ascii.h"

#include <algorithm>

namespace maxiofs::text {

namespace {

constexpr std::string_view kUpperHex = "0123456789ABCDEF";
constexpr int kNoDigit = -1;

constexpr bool isUnreserved(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.' || c == '~';
}

constexpr int hexDigit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    const char lower = toLower(c);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : kNoDigit;
}

}  // namespace

static std::size_t lengthKept(std::string_view text, Slash slash)
{
    const auto changed = std::ranges::find_if_not(
        text, [slash](char c) { return isUnreserved(c) || (c == '/' && slash == Slash::Keep); });
    return static_cast<std::size_t>(changed - text.begin());
}

bool isUriEncoded(std::string_view text, Slash slash)
{
    return lengthKept(text, slash) == text.size();
}

void appendUriEncoded(std::string &to, std::string_view text, Slash slash)
{
    while (true) {
        const std::size_t kept = lengthKept(text, slash);
        to.append(text.substr(0, kept));
        if (kept == text.size())
            return;
        const auto code = static_cast<unsigned char>(text[kept]);
        to.push_back('%');
        to.push_back(kUpperHex[code >> 4]);
        to.push_back(kUpperHex[code & 0xf]);
        text.remove_prefix(kept + 1);
    }
}

std::string uriEncode(std::string_view text, Slash slash)
{
    std::string encoded;
    encoded.reserve(text.size() + text.size() / 2);
    appendUriEncoded(encoded, text, slash);
    return encoded;
}

std::optional<std::string> percentDecode(std::string_view text, Plus plus)
{
    // Most texts have nothing to decode.
    std::size_t i = std::min(text.find_first_of(plus == Plus::Space ? "%+" : "%"), text.size());
    std::string decoded(text.substr(0, i));
    decoded.reserve(text.size());
    for (; i < text.size(); ++i) {
        if (text[i] == '+' && plus == Plus::Space) {
            decoded.push_back(' ');
        } else if (text[i] != '%') {
            decoded.push_back(text[i]);
        } else {
            const int high = i + 2 < text.size() ? hexDigit(text[i + 1]) : kNoDigit;
            const int low = i + 2 < text.size() ? hexDigit(text[i + 2]) : kNoDigit;
            if (high == kNoDigit || low == kNoDigit)
                return std::nullopt;
            decoded.push_back(static_cast<char>(high << 4 | low));
            i += 2;
        }
    }
    return decoded;
}

Target splitTarget(std::string_view target)
{
    const std::size_t mark = target.find('?');
    Target split;
    split.path = target.substr(0, mark);
    if (split.path.empty() || split.path == "*")
        split.path = "/";
    if (mark != std::string_view::npos)
        split.query = target.substr(mark + 1);
    return split;
}

std::optional<Query> Query::parse(std::string_view rawQuery)
{
    Query query;
    bool ok = true;
    forEachPiece(rawQuery, '&', [&](std::string_view raw) {
        const std::size_t equals = raw.find('=');
        auto name = percentDecode(raw.substr(0, equals), Plus::Space);
        auto value = equals == std::string_view::npos ? std::string()
                                                      : percentDecode(raw.substr(equals + 1), Plus::Space);
        ok = ok && name && value;
        if (ok && !name->empty())
            query.m_pairs.push_back({std::move(*name), std::move(*value), raw});
    });
    return ok ? std::optional(std::move(query)) : std::nullopt;
}

const std::string *Query::find(std::string_view name) const
{
    const auto pair = std::ranges::find(m_pairs, name, &QueryPair::name);
    return pair == m_pairs.end() ? nullptr : &pair->value;
}

std::size_t Query::count(std::string_view name) const
{
    return static_cast<std::size_t>(std::ranges::count(m_pairs, name, &QueryPair::name));
}

}  // namespace maxiofs::text
