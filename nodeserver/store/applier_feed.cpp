// SPDX-License-Identifier: GPL-3.0-or-later
// Applier's rows of the feeds of changes.
#include "store/applier.h"

namespace maxiofs::store {

using frame::Tag;
using log::RecordType;

namespace {

std::optional<ChangeKind> kindOf(const AppliedRecord &record, const Stamp &stamp)
{
    switch (record.type) {
    case RecordType::Put:
    case RecordType::Complete: return ChangeKind::Version;
    case RecordType::Delete:
        return record.fields->has(Tag::DeleteMarker) ? ChangeKind::Marker : ChangeKind::Removal;
    // A copy of an object onto itself is a new write, although no byte moves.
    case RecordType::Metadata:
        return record.fields->has(Tag::NullStamp) && stamp == record.stamp ? ChangeKind::Version
                                                                           : ChangeKind::Metadata;
    case RecordType::Part:
    case RecordType::BeginUpload:
    case RecordType::AbortUpload:
    case RecordType::CloseBucket:
    case RecordType::Stub: break;
    }
    return std::nullopt;
}

}  // namespace

Status Applier::feed(const AppliedRecord &record, const RecordTarget &target)
{
    if (record.fields->has(Tag::Origin) && !m_feed.hasImports(target.bucket))
        m_importing.insert(target.bucket);
    if (record.fields->has(Tag::Repair))
        return {};
    auto totals = m_feeds.find(target.bucket);
    if (totals == m_feeds.end()) {
        const auto known = m_feed.feedOf(target.bucket);
        if (!known)
            return {};
        totals = m_feeds.emplace(target.bucket, *known).first;
    }

    Stamp stamp = target.version.stamp.value_or(record.stamp);
    if (const auto nullStamp = record.fields->get(Tag::NullStamp);
        nullStamp && record.type == RecordType::Metadata) {
        TRY_ASSIGN(stamp, decodeStamp(*nullStamp));
    }
    const auto kind = kindOf(record, stamp);
    if (!kind)
        return {};
    index::ChangeRow row;
    row.kind = static_cast<std::uint8_t>(*kind);
    row.key = target.key;
    row.version = target.version.stamp;
    row.stamp = *kind == ChangeKind::Removal ? record.stamp : stamp;
    row.size = *kind == ChangeKind::Removal ? 0 : record.fields->varint(Tag::Size).value_or(0);
    row.origins = originsOf(*record.fields);
    row.madeMs = m_nowMs;
    row.changes = ++totals->second.changes;
    row.bytes = totals->second.bytes += row.size;
    m_index->putChange(target.bucket, record.sequence, row);
    return {};
}

}  // namespace maxiofs::store
