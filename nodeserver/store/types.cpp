// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/types.h"

#include "base/byte_io.h"
#include "base/hex.h"
#include "index/conflict_stamp.h"

namespace maxiofs::store {

namespace {

constexpr std::string_view kNullVersion = "null";

}  // namespace

std::string VersionId::text() const
{
    if (!stamp)
        return std::string(kNullVersion);
    if (index::isConflict(*stamp))
        return index::conflictNameOf(*stamp);
    Bytes bytes;
    ByteWriter writer(bytes);
    writer.fixed(stamp->time);
    writer.raw(stamp->node.bytes);
    return toBase64Url(bytes);
}

std::optional<VersionId> VersionId::parse(std::string_view text)
{
    if (text == kNullVersion)
        return VersionId{};
    if (const auto conflict = index::conflictStampOfName(text))
        return VersionId{conflict};
    const auto bytes = fromBase64Url(text);
    if (!bytes)
        return std::nullopt;
    ByteReader reader(*bytes);
    Stamp stamp;
    stamp.time = reader.fixed<std::uint64_t>();
    const auto node = NodeId::fromBytes(reader.raw(16));
    if (!reader.finished() || !node)
        return std::nullopt;
    stamp.node = *node;
    if (index::isConflict(stamp))
        return std::nullopt;  // each id has one text
    return VersionId{stamp};
}

bool VersionId::isConflict() const
{
    return stamp && index::isConflict(*stamp);
}

}  // namespace maxiofs::store
