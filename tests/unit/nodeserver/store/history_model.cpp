// SPDX-License-Identifier: GPL-3.0-or-later
#include "history_model.h"

#include <algorithm>
#include <set>

namespace maxiofs::test {

namespace {

std::string named(const std::string &key, const std::string &what)
{
    return "key \"" + key + "\": " + what;
}

Result<std::vector<store::ObjectStore::ListedObject>> allVersions(StoreFixture &store)
{
    std::vector<store::ObjectStore::ListedObject> all;
    store::ObjectStore::ListRequest request;
    request.bucket = store.bucket;
    request.limit = 7;
    std::optional<store::VersionId> after;
    while (true) {
        TRY_ASSIGN(const auto page, store->listVersions(request, after));
        all.insert(all.end(), page.entries.begin(), page.entries.end());
        if (!page.truncated)
            return all;
        request.after = all.back().name;
        after = all.back().info->version;
    }
}

}  // namespace

void HistoryModel::put(const std::string &key, Version version, store::Versioning versioning)
{
    auto &versions = keys[key];
    version.isNull = versioning != store::Versioning::Enabled;
    if (version.isNull)
        std::erase_if(versions, [](const Version &other) { return other.isNull; });
    versions.insert(versions.begin(), std::move(version));
}

void HistoryModel::remove(const std::string &key, store::Versioning versioning,
                          std::optional<store::VersionId> marker)
{
    if (versioning == store::Versioning::Off) {
        removeVersion(key, store::VersionId{});
        return;
    }
    Version version;
    version.isMarker = true;
    version.id = marker;
    put(key, std::move(version), versioning);
}

void HistoryModel::removeVersion(const std::string &key, const store::VersionId &id)
{
    const auto found = keys.find(key);
    if (found == keys.end())
        return;
    std::erase_if(found->second, [&](const Version &version) {
        return id.stamp ? !version.isNull && version.id == id : version.isNull;
    });
    if (found->second.empty())
        keys.erase(found);
}

HistoryModel::Version *HistoryModel::find(const std::string &key, const std::optional<store::VersionId> &id)
{
    const auto found = keys.find(key);
    if (found == keys.end())
        return nullptr;
    if (!id)
        return &found->second.front();
    const auto version = std::ranges::find_if(found->second, [&](const Version &candidate) {
        return id->stamp ? !candidate.isNull && candidate.id == *id : candidate.isNull;
    });
    return version != found->second.end() ? &*version : nullptr;
}

HistoryModel::Upload *HistoryModel::findUpload(const Id128 &id)
{
    const auto found = std::ranges::find_if(uploads, [&](const Upload &upload) { return upload.id == id; });
    return found != uploads.end() ? &*found : nullptr;
}

std::size_t HistoryModel::filesAbove(std::uint64_t inlineLimit) const
{
    std::size_t files = 0;
    const auto count = [&](std::uint64_t size) { files += size > inlineLimit ? 1 : 0; };
    for (const auto &[key, versions] : keys) {
        for (const Version &version : versions)
            std::ranges::for_each(version.pieces, count);
    }
    for (const Upload &upload : uploads) {
        for (const auto &[number, part] : upload.parts)
            count(part.data.size());
    }
    return files;
}

std::string HistoryModel::compare(StoreFixture &store)
{
    if (std::string difference = compareVersions(store); !difference.empty())
        return difference;
    if (std::string difference = compareListing(store); !difference.empty())
        return difference;
    if (std::string difference = compareUploads(store); !difference.empty())
        return difference;
    return compareCounters(store);
}

std::string HistoryModel::compareVersions(StoreFixture &store)
{
    const auto listed = allVersions(store);
    if (!listed)
        return "listing versions failed: " + listed.error().message;
    std::size_t at = 0;
    for (auto &[key, versions] : keys) {
        bool isLatest = true;
        for (Version &version : versions) {
            if (at == listed->size() || (*listed)[at].name != key)
                return named(key, "a version is missing in the listing");
            const store::ObjectInfo &info = *(*listed)[at++].info;
            if (version.isNull == info.version.stamp.has_value() ||
                (version.id && *version.id != info.version))
                return named(key, "version " + info.version.text() + " where " +
                                      (version.id ? version.id->text() : "another") + " should be");
            version.id = info.version;
            if (info.isDeleteMarker != version.isMarker || info.isLatest != isLatest)
                return named(key, "a flag is wrong");
            if (info.size != version.data.size() || (!version.isMarker && info.etag != version.etag))
                return named(key, "size or ETag is wrong");
            if (std::string difference = compareVersion(store, key, version); !difference.empty())
                return named(key, version.id->text() + ": " + difference);
            isLatest = false;
        }
    }
    if (at != listed->size())
        return named((*listed)[at].name, "a version too many in the listing");
    return {};
}

std::string HistoryModel::compareVersion(StoreFixture &store, const std::string &key,
                                         const Version &version) const
{
    const auto object = store->open(store.bucket, key, version.id, index::ReadMode::MayBlock);
    if (version.isMarker)
        return !object && object.error().code == Error::DeleteMarker ? "" : "it is no delete marker";
    if (!object)
        return "it does not open: " + object.error().message;
    const auto data = store.get(key, version.id);
    if (!data)
        return "it cannot be read: " + data.error().message;
    if (*data != version.data)
        return "its bytes are not what was put";
    const auto attributes = (*object)->attributes(index::ReadMode::MayBlock);
    if (!attributes)
        return "its attributes cannot be read: " + attributes.error().message;
    if ((*attributes)->userMetadata != version.metadata || (*attributes)->tags != version.tags)
        return "its metadata or tags are wrong";
    return {};
}

std::string HistoryModel::compareListing(StoreFixture &store) const
{
    std::vector<std::string> expected;
    for (const auto &[key, versions] : keys) {
        if (!versions.front().isMarker)
            expected.push_back(key);
    }
    store::ObjectStore::ListRequest request;
    request.bucket = store.bucket;
    const auto page = store->list(request, index::ReadMode::MayBlock);
    if (!page)
        return "listing failed: " + page.error().message;
    std::vector<std::string> names;
    for (const auto &entry : page->entries)
        names.push_back(entry.name);
    return names == expected ? "" : "the listing is wrong";
}

std::string HistoryModel::compareCounters(StoreFixture &store) const
{
    index::BucketCounters expected;
    for (const auto &[key, versions] : keys) {
        for (const Version &version : versions) {
            const bool current = &version == &versions.front() && !version.isMarker;
            (current ? expected.currentObjects : expected.noncurrentObjects) += 1;
            (current ? expected.currentBytes : expected.noncurrentBytes) += version.data.size();
        }
    }
    for (const Upload &upload : uploads) {
        ++expected.uploads;
        for (const auto &[number, part] : upload.parts)
            expected.uploadBytes += part.data.size();
    }
    const auto counters = store->counters(store.bucket);
    if (!counters)
        return "counters failed: " + counters.error().message;
    if (*counters == expected)
        return {};
    return "the counters are wrong: " + std::to_string(counters->currentObjects) + " current objects of " +
           std::to_string(counters->currentBytes) + " bytes, " + std::to_string(counters->noncurrentObjects) +
           " others of " + std::to_string(counters->noncurrentBytes) + ", " +
           std::to_string(counters->uploads) + " uploads of " + std::to_string(counters->uploadBytes) +
           "; expected " + std::to_string(expected.currentObjects) + "/" +
           std::to_string(expected.currentBytes) + ", " + std::to_string(expected.noncurrentObjects) + "/" +
           std::to_string(expected.noncurrentBytes) + ", " + std::to_string(expected.uploads) + "/" +
           std::to_string(expected.uploadBytes);
}

std::string HistoryModel::compareUploads(StoreFixture &store)
{
    store::ObjectStore::ListRequest request;
    request.bucket = store.bucket;
    const auto page = store->listUploads(request, {});
    if (!page)
        return "listing uploads failed: " + page.error().message;
    if (page->entries.size() != uploads.size())
        return "there are " + std::to_string(page->entries.size()) + " uploads instead of " +
               std::to_string(uploads.size());
    for (const auto &entry : page->entries) {
        if (findUpload(entry.info->uploadId) == nullptr) {
            const auto unknown = std::ranges::find_if(
                uploads, [&](const Upload &upload) { return !upload.id && upload.key == entry.name; });
            if (unknown == uploads.end())
                return named(entry.name, "an upload that should not be there");
            unknown->id = entry.info->uploadId;
        }
        const Upload &upload = *findUpload(entry.info->uploadId);
        const auto parts = store->listParts(store.bucket, upload.key, *upload.id, 0, 1000);
        if (!parts)
            return named(upload.key, "listing parts failed: " + parts.error().message);
        if (parts->parts.size() != upload.parts.size())
            return named(upload.key, "an upload has " + std::to_string(parts->parts.size()) +
                                         " parts instead of " + std::to_string(upload.parts.size()));
        auto expected = upload.parts.begin();
        for (const store::PartInfo &part : parts->parts) {
            if (part.number != expected->first || part.size != expected->second.data.size() ||
                part.etag != toHex(crypto::md5(asBytes(expected->second.data))))
                return named(upload.key, "part " + std::to_string(part.number) + " is wrong");
            ++expected;
        }
    }
    return {};
}

std::string garbageIn(const std::string &indexDirectory, const HistoryModel &model)
{
    const auto index = index::Index::open({.directory = indexDirectory});
    if (!index)
        return "the index does not open: " + index.error().message;
    std::set<std::pair<std::uint64_t, std::uint16_t>> wanted;
    index::Index::ObjectCursor objects;
    for (auto rows = (*index)->walkObjects(objects, 10); rows && !rows->empty();
         rows = (*index)->walkObjects(objects, 10)) {
        for (const auto &[place, row] : *rows) {
            if (const auto *parts = std::get_if<index::InParts>(&row.data)) {
                for (const auto &[number, size] : parts->parts)
                    wanted.emplace(parts->dataId, number);
            }
        }
    }
    std::size_t expected = wanted.size();
    for (const auto &upload : model.uploads)
        expected += upload.parts.size();
    std::size_t parts = 0;
    index::Index::PartCursor cursor;
    for (auto rows = (*index)->walkParts(cursor, 10); rows && !rows->empty();
         rows = (*index)->walkParts(cursor, 10))
        parts += rows->size();
    if (parts != expected)
        return "the index holds " + std::to_string(parts) + " parts instead of " + std::to_string(expected);
    return {};
}

}  // namespace maxiofs::test
