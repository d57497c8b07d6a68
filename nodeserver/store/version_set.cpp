// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/version_set.h"

#include "index/conflict_stamp.h"

namespace maxiofs::store {

namespace {

bool isVersion(const index::ObjectRow &row, const VersionId &version)
{
    return version.stamp ? !row.isNull && row.stamp == *version.stamp : row.isNull;
}

Result<std::optional<LocatedRow>> findNoncurrent(const index::Reader &index, const BucketId &bucket,
                                                 std::string_view key, const VersionId &version,
                                                 index::ReadMode mode)
{
    std::optional<Stamp> stamp = version.stamp;
    if (!stamp) {
        TRY_ASSIGN(stamp, index.nullVersion(bucket, key));
        if (!stamp)
            return std::nullopt;
    }
    TRY_ASSIGN(auto row, index.version(bucket, key, *stamp, mode));
    if (!row || !isVersion(*row, version))
        return std::nullopt;
    return LocatedRow{std::move(*row), false};
}

}  // namespace

Result<std::optional<LocatedRow>> findVersion(const index::Reader &index, const BucketId &bucket,
                                              std::string_view key, const VersionId &version,
                                              index::ReadMode mode)
{
    TRY_ASSIGN(auto current, index.current(bucket, key, mode));
    if (current && isVersion(*current, version))
        return LocatedRow{std::move(*current), true};
    return findNoncurrent(index, bucket, key, version, mode);
}

Result<std::optional<LocatedRow>> VersionSet::find(const VersionId &version) const
{
    TRY_ASSIGN(auto current, m_index.current(m_bucket, m_key));
    if (current && isVersion(*current, version))
        return LocatedRow{std::move(*current), true};
    if ((version.isConflict() ? m_counters.conflicts : m_counters.noncurrentObjects) == 0)
        return std::nullopt;
    return findNoncurrent(m_index, m_bucket, m_key, version, index::ReadMode::MayBlock);
}

Result<std::optional<LocatedRow>> VersionSet::newest() const
{
    TRY_ASSIGN(auto current, m_index.current(m_bucket, m_key));
    if (current)
        return LocatedRow{std::move(*current), true};
    if (m_counters.noncurrentObjects == 0)
        return std::nullopt;
    TRY_ASSIGN(auto row, m_index.newestVersion(m_bucket, m_key));
    if (!row)
        return std::nullopt;
    return LocatedRow{std::move(*row), false};
}

Status VersionSet::insert(const index::ObjectRow &row)
{
    if (index::isConflict(row.stamp)) {
        putVersionRow(row);
        return {};
    }
    TRY_ASSIGN(const auto top, newest());
    const bool becomesNewest = !top || row.stamp > top->row.stamp;
    if (becomesNewest && top && top->isCurrent) {
        m_index.eraseCurrent(m_bucket, m_key);
        count(top->row, true, false);
        putVersionRow(top->row);
    }
    if (becomesNewest && !row.isDeleteMarker) {
        m_index.putCurrent(m_bucket, m_key, row);
        count(row, true, true);
    } else {
        putVersionRow(row);
    }
    return {};
}

Status VersionSet::remove(const LocatedRow &located)
{
    if (located.isCurrent) {
        count(located.row, true, false);
        m_index.eraseCurrent(m_bucket, m_key);
    } else {
        eraseVersionRow(located.row);
        if (index::isConflict(located.row.stamp))
            return {};
        TRY_ASSIGN(const auto current, m_index.current(m_bucket, m_key));
        if (current)
            return {};
    }
    // The newest of those that are left becomes current if it is an object.
    if (m_counters.noncurrentObjects == 0)
        return {};
    TRY_ASSIGN(const auto next, m_index.newestVersion(m_bucket, m_key));
    if (!next || next->isDeleteMarker)
        return {};
    eraseVersionRow(*next);
    m_index.putCurrent(m_bucket, m_key, *next);
    count(*next, true, true);
    return {};
}

Status VersionSet::update(const LocatedRow &located, const index::ObjectRow &row)
{
    const bool staysInPlace =
        located.row.stamp == row.stamp && located.row.isDeleteMarker == row.isDeleteMarker;
    const bool staysCurrent = located.isCurrent && row.stamp >= located.row.stamp && !row.isDeleteMarker;
    if (!staysInPlace && !staysCurrent) {
        TRY_STATUS(remove(located));
        return insert(row);
    }
    count(located.row, located.isCurrent, false);
    count(row, located.isCurrent, true);
    if (located.isCurrent)
        m_index.putCurrent(m_bucket, m_key, row);
    else
        m_index.putVersion(m_bucket, m_key, row);
    return {};
}

void VersionSet::eraseVersionRow(const index::ObjectRow &row)
{
    m_index.eraseVersion(m_bucket, m_key, row.stamp);
    if (row.isNull)
        m_index.setNullVersion(m_bucket, m_key, std::nullopt);
    count(row, false, false);
}

void VersionSet::putVersionRow(const index::ObjectRow &row)
{
    m_index.putVersion(m_bucket, m_key, row);
    if (row.isNull)
        m_index.setNullVersion(m_bucket, m_key, row.stamp);
    count(row, false, true);
}

void VersionSet::count(const index::ObjectRow &row, bool isCurrent, bool added)
{
    const bool isConflict = index::isConflict(row.stamp);
    std::uint64_t &objects = isConflict  ? m_counters.conflicts
                             : isCurrent ? m_counters.currentObjects
                                         : m_counters.noncurrentObjects;
    std::uint64_t &bytes = isConflict  ? m_counters.conflictBytes
                           : isCurrent ? m_counters.currentBytes
                                       : m_counters.noncurrentBytes;
    objects += added ? 1 : std::uint64_t(-1);
    bytes += added ? row.size : -row.size;
}

}  // namespace maxiofs::store
