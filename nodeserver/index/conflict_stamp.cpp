// SPDX-License-Identifier: GPL-3.0-or-later
#include "index/conflict_stamp.h"

#include "base/hex.h"

#include <algorithm>
#include <charconv>
#include <cstdio>

namespace maxiofs::index {

namespace {

constexpr std::size_t kNodeBytes = 4;
constexpr std::size_t kTimeDigits = 16;
constexpr std::string_view kMark = "<conflicted>";
constexpr std::string_view kNameBegin = "conflict-";
static_assert(kNodeBytes + kMark.size() == sizeof(NodeId::bytes));

bool isLowerHex(std::string_view text)
{
    return text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

}  // namespace

Stamp conflictStampOf(const Stamp &stamp)
{
    Stamp marked = stamp;
    std::ranges::copy(asBytes(kMark), marked.node.bytes.begin() + kNodeBytes);
    return marked;
}

bool isConflict(const Stamp &version)
{
    return std::ranges::equal(ByteView(version.node.bytes).subspan(kNodeBytes), asBytes(kMark));
}

std::string conflictNameOf(const Stamp &stamp)
{
    char time[kTimeDigits + 1];
    std::snprintf(time, sizeof time, "%016llx", static_cast<unsigned long long>(stamp.time));
    return std::string(kNameBegin) + time + '-' + stamp.node.hex().substr(0, 2 * kNodeBytes);
}

std::optional<Stamp> conflictStampOfName(std::string_view name)
{
    constexpr std::size_t kSize = kNameBegin.size() + kTimeDigits + 1 + 2 * kNodeBytes;
    if (name.size() != kSize || !name.starts_with(kNameBegin))
        return std::nullopt;
    name.remove_prefix(kNameBegin.size());
    const std::string_view time = name.substr(0, kTimeDigits);
    const std::string_view node = name.substr(kTimeDigits + 1);
    if (name[kTimeDigits] != '-' || !isLowerHex(time) || !isLowerHex(node))
        return std::nullopt;
    Stamp stamp;
    std::from_chars(time.data(), time.data() + time.size(), stamp.time, 16);
    std::ranges::copy(*fromHex(node), stamp.node.bytes.begin());
    return conflictStampOf(stamp);
}

std::strong_ordering orderOfVersions(const Stamp &left, const Stamp &right)
{
    if (const auto byKind = isConflict(left) <=> isConflict(right); byKind != 0)
        return byKind;
    return right <=> left;
}

}  // namespace maxiofs::index
