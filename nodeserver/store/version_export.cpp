// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/version_export.h"

#include "index/conflict_stamp.h"

#include <algorithm>
#include <array>
#include <compare>

namespace maxiofs::store {

using frame::Tag;

namespace {

// Newer than every version that there can be.
constexpr std::uint64_t kNoTime = ~std::uint64_t{0};
constexpr std::size_t kMostPassed = 2;  // rows of a page that give no entry: null versions that came first
constexpr unsigned kHeaderTries = 3;    // compaction may move a record between the look-up and the opening

void moveOut(frame::Fields &from, Tag tag, Bytes &to)
{
    if (const auto value = from.get(tag))
        to.assign(value->begin(), value->end());
    from.remove(tag);
}

// By key; of one key the null version first, then newest first, conflict versions last.
std::strong_ordering order(const ManifestEntry &left, const ManifestEntry &right)
{
    if (const auto byKey = left.key <=> right.key; byKey != 0)
        return byKey;
    if (left.version.stamp.has_value() != right.version.stamp.has_value())
        return left.version.stamp ? std::strong_ordering::greater : std::strong_ordering::less;
    return left.version.stamp ? index::orderOfVersions(*left.version.stamp, *right.version.stamp)
                              : std::strong_ordering::equal;
}

// Reads the two families a manifest is made of, each in the manifest's order.
class ManifestReader {
public:
    ManifestReader(log::Log &log, const index::Index &index, const BucketId &bucket)
        : m_log(log),
          m_index(index),
          m_bucket(bucket)
    {
    }

    using Section = WalkedPage;

    Result<Section> versions(const std::string &afterKey, const std::optional<VersionId> &afterVersion,
                             std::size_t limit)
    {
        index::ListQuery query;
        query.bucket = m_bucket;
        query.after = afterKey;
        query.limit = limit + kMostPassed;
        std::optional<Stamp> after;
        if (afterVersion)
            after = afterVersion->stamp.value_or(Stamp{kNoTime, {}});
        TRY_ASSIGN(const auto page, m_index.listVersions(query, after));
        Section section;
        section.truncated = page.truncated;
        // The key that this page goes on with had its null version first.
        std::string_view key = afterVersion ? std::string_view(afterKey) : std::string_view();
        for (const auto &listed : page.entries) {
            if (listed.key != key) {
                key = listed.key;
                TRY_STATUS(addNull(listed.key, *listed.row, section));
            }
            if (!listed.row->isNull)
                TRY_STATUS(add(listed.key, *listed.row, section));
        }
        return section;
    }

    Result<Section> removals(const std::string &afterKey, const std::optional<VersionId> &afterVersion,
                             std::size_t limit)
    {
        std::optional<index::Index::TombstonePlace> after;
        if (!afterKey.empty() || afterVersion)
            after = {afterKey, !afterVersion, afterVersion ? afterVersion->stamp : std::nullopt};
        TRY_ASSIGN(const auto tombstones, m_index.tombstones(m_bucket, after, limit));
        Section section;
        section.truncated = tombstones.size() == limit;
        for (const auto &tombstone : tombstones) {
            auto &[entry, sequence] = section.entries.emplace_back();
            entry.key = tombstone.key;
            entry.version.stamp = tombstone.version;
            entry.kind = ManifestEntry::Kind::Removed;
            entry.stamp = entry.headerStamp = tombstone.row.stamp;
            sequence = tombstone.row.sequence;
        }
        return section;
    }

private:
    Status addNull(const std::string &key, const index::ObjectRow &newest, Section &section)
    {
        if (newest.isNull)
            return add(key, newest, section);
        TRY_ASSIGN(const auto found, findVersion(m_index, m_bucket, key, VersionId{}));
        return found ? add(key, found->row, section) : Status();
    }

    Status add(const std::string &key, const index::ObjectRow &row, Section &section)
    {
        ManifestEntry entry;
        entry.key = key;
        if (!row.isNull)
            entry.version.stamp = row.stamp;
        entry.kind = row.isDeleteMarker ? ManifestEntry::Kind::Marker : ManifestEntry::Kind::Object;
        entry.stamp = row.stamp;
        entry.size = row.size;
        TRY_ASSIGN(const auto clear, clearFields(key, row));
        if (!clear)
            return {};  // gone meanwhile: the feed tells
        TRY_ASSIGN(entry.headerStamp, headerStampOf(*clear, row));
        if (const auto hash = clear->get(Tag::ContentHash))
            entry.contentHash.assign(hash->begin(), hash->end());
        section.entries.push_back({std::move(entry), row.sequence});
        return {};
    }

    Result<std::optional<frame::Fields>> clearFields(const std::string &key, index::ObjectRow row)
    {
        for (unsigned attempt = 0;; ++attempt) {
            frame::Fields clear;
            if (!row.fieldsInLog) {
                TRY_STATUS(clear.decode(row.clearFields, false));
                return clear;
            }
            if (const auto segment = m_log.segment(row.record.segment)) {
                TRY_ASSIGN(const log::Record record, (*segment)->readRecord(row.record.offset));
                return record.fields;
            } else if (segment.error().code != Error::NotFound || attempt == kHeaderTries) {
                return std::unexpected(segment.error());
            }
            const VersionId version = row.isNull ? VersionId{} : VersionId{row.stamp};
            TRY_ASSIGN(auto found, findVersion(m_index, m_bucket, key, version));
            if (!found)
                return std::nullopt;
            row = std::move(found->row);
        }
    }

    log::Log &m_log;
    const index::Index &m_index;
    const BucketId &m_bucket;
};

}  // namespace

Result<VersionHeader> headerOf(const FullHeader &full, std::string_view key, const index::ObjectRow &row,
                               const std::optional<ByteView> &partTable)
{
    VersionHeader header;
    header.key = key;
    if (!row.isNull)
        header.version.stamp = row.stamp;
    header.stamp = row.stamp;
    TRY_ASSIGN(header.headerStamp, headerStampOf(full.clear, row));
    header.isDeleteMarker = row.isDeleteMarker;
    header.size = row.size;
    header.fields = full.clear;
    moveOut(header.fields, Tag::ContentHash, header.contentHash);
    header.fields.remove(Tag::HeaderStamp);
    if (!row.isDeleteMarker)
        header.fields.setText(Tag::Etag, row.etag);
    if (!row.checksum.empty())
        header.fields.setText(Tag::Checksum, row.checksum);
    if (!row.ownerId.empty())
        header.fields.setText(Tag::OwnerId, row.ownerId);
    if (partTable)
        header.fields.set(Tag::PieceTable, Bytes(partTable->begin(), partTable->end()));
    TRY_STATUS(header.fields.decode(full.sealed.encode(true), true));
    return header;
}

Result<VersionHeader> exportedHeader(log::Segment &segment, std::string_view key, const index::ObjectRow &row)
{
    TRY_ASSIGN(const FullHeader full, readHeader(segment, row));
    if (!std::holds_alternative<index::InParts>(row.data))
        return headerOf(full, key, row);
    TRY_ASSIGN(const log::Record record, segment.readRecord(row.record.offset));
    const auto table = record.fields.get(Tag::PartTable);
    if (!table)
        return failure(Error::Corrupt, "the record of an object with parts has no part table");
    return headerOf(full, key, row, table);
}

Result<WalkedPage> walkVersions(log::Log &log, const index::Index &index, const BucketId &bucket,
                                const std::string &afterKey, const std::optional<VersionId> &afterVersion,
                                std::size_t limit)
{
    ManifestReader reader(log, index, bucket);
    TRY_ASSIGN(auto versions, reader.versions(afterKey, afterVersion, limit));
    TRY_ASSIGN(auto removals, reader.removals(afterKey, afterVersion, limit));
    WalkedPage page;
    auto version = versions.entries.begin();
    auto removal = removals.entries.begin();
    while (page.entries.size() < limit) {
        const bool noVersion = version == versions.entries.end();
        const bool noRemoval = removal == removals.entries.end();
        // What comes next of a section that goes on is not known.
        if ((noVersion && versions.truncated) || (noRemoval && removals.truncated)) {
            page.truncated = true;
            return page;
        }
        if (noVersion && noRemoval)
            return page;
        const auto which = noVersion   ? std::strong_ordering::greater
                           : noRemoval ? std::strong_ordering::less
                                       : order(version->entry, removal->entry);
        if (which > 0) {
            page.entries.push_back(std::move(*removal++));
            continue;
        }
        page.entries.push_back(std::move(*version++));
        // A null version that was written after the removal of one before.
        if (which == 0)
            ++removal;
    }
    page.truncated = version != versions.entries.end() || removal != removals.entries.end() ||
                     versions.truncated || removals.truncated;
    return page;
}

Result<ManifestPage> manifestOf(log::Log &log, const index::Index &index, const BucketId &bucket,
                                const std::string &afterKey, const std::optional<VersionId> &afterVersion,
                                std::size_t limit)
{
    TRY_ASSIGN(WalkedPage walked, walkVersions(log, index, bucket, afterKey, afterVersion, limit));
    ManifestPage page;
    page.truncated = walked.truncated;
    page.entries.reserve(walked.entries.size());
    for (WalkedEntry &at : walked.entries)
        page.entries.push_back(std::move(at.entry));
    return page;
}

}  // namespace maxiofs::store
