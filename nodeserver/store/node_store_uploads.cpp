// SPDX-License-Identifier: GPL-3.0-or-later
// NodeStore's listings and multipart uploads.
#include "store/node_store.h"

#include "store/object_fields.h"
#include "store/upload_changes.h"

namespace maxiofs::store {

namespace {

index::ListQuery queryOf(const ObjectStore::ListRequest &request)
{
    index::ListQuery query;
    query.bucket = request.bucket;
    query.prefix = request.prefix;
    query.delimiter = request.delimiter;
    query.after = request.after;
    query.limit = std::min(request.limit, kMaxListing);
    // A marker inside a common prefix stands for all of it: that prefix was returned.
    if (!request.delimiter.empty() && request.after.starts_with(request.prefix)) {
        const std::size_t at = request.after.find(request.delimiter, request.prefix.size());
        if (at != std::string::npos) {
            query.after.resize(at + request.delimiter.size());
            query.afterIsPrefix = true;
        }
    }
    return query;
}

ObjectStore::Listing listingOf(index::Page<index::ObjectRow> page, bool allLatest)
{
    ObjectStore::Listing listing;
    listing.truncated = page.truncated;
    listing.entries.reserve(page.entries.size());
    for (auto &entry : page.entries) {
        ObjectStore::ListedObject listed;
        if (entry.row)
            listed.info = infoOf(entry.key, *entry.row, allLatest || entry.isLatest);
        listed.name = std::move(entry.key);
        listing.entries.push_back(std::move(listed));
    }
    return listing;
}

Result<ObjectStore::UploadInfo> uploadInfo(std::string key, const index::UploadRow &row)
{
    ObjectStore::UploadInfo info;
    info.key = std::move(key);
    info.uploadId = row.uploadId;
    info.ownerId = row.ownerId;
    info.initiatedMs = row.stamp.unixMs();
    frame::Fields fields;
    TRY_STATUS(fields.decode(row.clearFields, false));
    info.storageClass = fields.text(frame::Tag::StorageClass).value_or("");
    TRY_ASSIGN(info.options, optionsOf(row));
    return info;
}

}  // namespace

Result<NodeStore::Listing> NodeStore::list(const ListRequest &request, index::ReadMode mode)
{
    TRY_STATUS(checkComplete());
    TRY_ASSIGN(auto page, m_index->list(queryOf(request), mode));
    return listingOf(std::move(page), true);
}

Result<NodeStore::Listing> NodeStore::listVersions(const ListRequest &request,
                                                   const std::optional<VersionId> &afterVersion)
{
    TRY_STATUS(checkComplete());
    index::ListQuery query = queryOf(request);
    std::optional<Stamp> after;
    if (afterVersion) {
        query.after = request.after;
        query.afterIsPrefix = false;
        after = afterVersion->stamp;
        if (!after) {
            // The null version's place among the others is its stamp.
            TRY_ASSIGN(const auto row,
                       find(request.bucket, request.after, VersionId{}, index::ReadMode::MayBlock));
            if (row)
                after = row->row.stamp;
        }
    }
    TRY_ASSIGN(auto page, m_index->listVersions(query, after));
    return listingOf(std::move(page), false);
}

void NodeStore::createUpload(const BucketId &bucket, std::string key, Attributes attributes,
                             UploadOptions options, Done<Id128> done)
{
    if (auto allowed = mayWrite(bucket, key); !allowed) {
        done(std::unexpected(std::move(allowed).error()));
        return;
    }
    m_committer->commit<Id128>(
        0,
        [bucket, key = std::move(key), attributes = std::move(attributes), options](Decision &decision) {
            return decideBeginUpload(decision, bucket, key, attributes, options);
        },
        std::move(done));
}

Result<NodeStore::UploadInfo> NodeStore::upload(const BucketId &bucket, std::string_view key,
                                                const Id128 &uploadId)
{
    TRY_ASSIGN(const auto row, m_index->upload(bucket, key, uploadId));
    if (!row)
        return absent(Error::NoSuchUpload,
                      "The specified upload does not exist. The upload ID may be invalid, or the "
                      "upload may have been aborted or completed.");
    return uploadInfo(std::string(key), *row);
}

void NodeStore::abortUpload(const BucketId &bucket, std::string key, const Id128 &uploadId, Done<void> done)
{
    m_committer->commit<void>(
        0,
        [bucket, key = std::move(key), uploadId](Decision &decision) {
            return decideAbort(decision, bucket, key, uploadId);
        },
        doubting(std::move(done)));
}

void NodeStore::completeUpload(const BucketId &bucket, std::string key, const Id128 &uploadId,
                               std::vector<CompletePart> parts, WriteConditions conditions,
                               std::optional<ObjectChecksum> expected,
                               std::optional<std::uint64_t> expectedSize, Done<Committed> done)
{
    if (auto known = conditions.any() ? checkComplete() : Status(); !known) {
        done(std::unexpected(std::move(known).error()));
        return;
    }
    Completion completion{bucket,
                          std::move(key),
                          uploadId,
                          std::move(parts),
                          std::move(conditions),
                          std::move(expected),
                          expectedSize,
                          m_environment.minPartBytes};
    m_committer->commit<Committed>(
        0,
        [this, completion = std::move(completion)](Decision &decision) {
            return decideComplete(decision, *m_log, completion);
        },
        doubting(std::move(done)));
}

Result<NodeStore::PartListing> NodeStore::listParts(const BucketId &bucket, std::string_view key,
                                                    const Id128 &uploadId, unsigned after, std::size_t limit)
{
    TRY_ASSIGN(const auto row, m_index->upload(bucket, key, uploadId));
    if (!row)
        return absent(Error::NoSuchUpload,
                      "The specified upload does not exist. The upload ID may be invalid, or the "
                      "upload may have been aborted or completed.");
    limit = std::min(limit, kMaxListing);
    PartListing listing;
    TRY_ASSIGN(const auto parts, m_index->parts(row->sequence, static_cast<std::uint16_t>(after), limit + 1));
    for (const auto &[number, part] : parts) {
        if (listing.parts.size() == limit) {
            listing.truncated = true;
            break;
        }
        listing.parts.push_back(
            {number, part.size, part.etag, decodeChecksum(part.checksum), part.stamp.unixMs()});
    }
    return listing;
}

Result<NodeStore::UploadListing> NodeStore::listUploads(const ListRequest &request,
                                                        const std::optional<Id128> &afterUpload)
{
    TRY_STATUS(checkComplete());
    index::ListQuery query = queryOf(request);
    if (afterUpload) {
        query.after = request.after;
        query.afterIsPrefix = false;
    }
    TRY_ASSIGN(auto page, m_index->listUploads(query, afterUpload));
    UploadListing listing;
    listing.truncated = page.truncated;
    for (auto &entry : page.entries) {
        ListedUpload listed;
        if (entry.row) {
            TRY_ASSIGN(listed.info, uploadInfo(entry.key, *entry.row));
        }
        listed.name = std::move(entry.key);
        listing.entries.push_back(std::move(listed));
    }
    return listing;
}

}  // namespace maxiofs::store
