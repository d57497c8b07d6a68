// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/damage_finder.h"

#include <limits>

namespace maxiofs::store {

namespace {

constexpr std::size_t kRowsAtOnce = 1000;

Status checkGoingOn(const std::function<bool()> &cancelled)
{
    return cancelled() ? failure(Error::Stopping, "The node is stopping.") : Status();
}

}  // namespace

DamageFinder::DamageFinder(const index::Index &index, const std::vector<DamageEntry> &entries)
    : m_index(index)
{
    for (std::size_t i = 0; i < entries.size(); ++i) {
        const DamageEntry &entry = entries[i];
        switch (entry.kind) {
        case DamageEntry::Kind::Range: m_ranges[entry.segment].push_back({entry.from, entry.to, i}); break;
        case DamageEntry::Kind::MissingSegment:
            m_ranges[entry.segment].push_back({0, std::numeric_limits<std::uint64_t>::max(), i});
            break;
        case DamageEntry::Kind::File: m_files.emplace(entry.file, i); break;
        }
    }
}

bool DamageFinder::meets(const index::RecordPlace &place)
{
    const auto ranges = m_ranges.find(place.segment);
    if (ranges == m_ranges.end())
        return false;
    bool met = false;
    for (const Range &range : ranges->second) {
        if (place.offset >= range.to || place.offset + place.length <= range.from)
            continue;
        m_stoodOn.insert(range.entry);
        met = true;
    }
    return met;
}

bool DamageFinder::meets(const index::DataPlace &data)
{
    if (const auto *record = std::get_if<index::InRecord>(&data))
        return meets(record->record);
    if (const auto *parts = std::get_if<index::InParts>(&data))
        return m_damagedData.contains(parts->dataId);
    const auto *blob = std::get_if<index::InBlob>(&data);
    if (blob == nullptr)
        return false;
    const bool recordMet = meets(blob->record);
    const auto file = m_files.find(blob->blob);
    if (file == m_files.end())
        return recordMet;
    m_stoodOn.insert(file->second);
    return true;
}

Status DamageFinder::findParts(const std::function<bool()> &cancelled)
{
    index::Index::PartCursor cursor;
    while (true) {
        TRY_STATUS(checkGoingOn(cancelled));
        TRY_ASSIGN(const auto rows, m_index.walkParts(cursor, kRowsAtOnce));
        if (rows.empty())
            return {};
        for (const auto &[place, row] : rows) {
            const bool recordMet = meets(row.record);
            if (meets(row.data) || recordMet)
                m_damagedData.insert(place.dataId);
        }
    }
}

Status DamageFinder::findObjects(std::size_t skip, std::size_t limit, const std::function<bool()> &cancelled)
{
    index::Index::ObjectCursor cursor;
    while (true) {
        TRY_STATUS(checkGoingOn(cancelled));
        TRY_ASSIGN(const auto rows, m_index.walkObjects(cursor, kRowsAtOnce));
        if (rows.empty())
            return {};
        for (const auto &[place, row] : rows) {
            const bool headerMet = meets(row.record);
            if (!meets(row.data) && !headerMet)
                continue;
            if (skip != 0) {
                --skip;
            } else if (m_versions.size() == limit) {
                m_more = true;
            } else {
                const VersionId version = row.isNull ? VersionId{} : VersionId{row.stamp};
                m_versions.push_back({place.bucket, place.key, version, row.sequence});
            }
        }
    }
}

Status DamageFinder::run(std::size_t skip, std::size_t limit, const std::function<bool()> &cancelled)
{
    TRY_STATUS(findParts(cancelled));
    return findObjects(skip, limit, cancelled);
}

}  // namespace maxiofs::store
