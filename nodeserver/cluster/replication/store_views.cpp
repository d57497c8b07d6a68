// SPDX-License-Identifier: GPL-3.0-or-later
#include "cluster/replication/store_views.h"

namespace maxiofs::cluster::replication {

namespace {

rules::FeedEntry::Change changeOf(store::ChangeKind kind)
{
    using Change = rules::FeedEntry::Change;
    switch (kind) {
    case store::ChangeKind::Version: return Change::Put;
    case store::ChangeKind::Marker: return Change::Marker;
    case store::ChangeKind::Metadata: return Change::Metadata;
    case store::ChangeKind::Removal: return Change::Removal;
    }
    return Change::Put;
}

rules::ManifestEntry::Kind kindOf(store::ManifestEntry::Kind kind)
{
    using Kind = rules::ManifestEntry::Kind;
    switch (kind) {
    case store::ManifestEntry::Kind::Object: return Kind::Version;
    case store::ManifestEntry::Kind::Marker: return Kind::Marker;
    case store::ManifestEntry::Kind::Removed: return Kind::Tombstone;
    }
    return Kind::Version;
}

// A key that no object has, and between which and the prefix there is none.
std::string before(std::string prefix)
{
    if (prefix.empty())
        return prefix;
    const auto last = static_cast<unsigned char>(prefix.back());
    prefix.pop_back();
    if (last > 0) {
        prefix.push_back(static_cast<char>(last - 1));
        prefix.push_back('\xff');
    }
    return prefix;
}

}  // namespace

rules::FeedPage feedPageOf(const store::FeedPage &page)
{
    rules::FeedPage made;
    made.next = page.next;
    made.more = !page.atEnd;
    made.trimmed = page.trimmed;
    made.entries.reserve(page.entries.size());
    for (const store::FeedEntry &entry : page.entries)
        made.entries.push_back({entry.position,
                                changeOf(entry.kind),
                                {entry.key, entry.version.stamp},
                                entry.size,
                                entry.origins});
    return made;
}

rules::ManifestEntry manifestEntryOf(const store::ManifestEntry &entry)
{
    rules::ManifestEntry made;
    made.name = {entry.key, entry.version.stamp};
    made.kind = kindOf(entry.kind);
    made.stamp = entry.stamp;
    made.headerStamp = entry.kind == store::ManifestEntry::Kind::Removed ? entry.stamp : entry.headerStamp;
    made.size = entry.size;
    made.contentHash = Id128::fromBytes(entry.contentHash).value_or(Id128());
    return made;
}

rules::FeedLag lagOf(const store::FeedLag &lag)
{
    return {lag.changes, lag.bytes, lag.oldestMs};
}

Result<rules::ManifestPage> readManifest(store::VersionExchange &store, const BucketId &bucket,
                                         const std::string &prefix,
                                         const std::optional<rules::VersionName> &after, std::size_t most)
{
    const std::string from = after ? after->key : before(prefix);
    const auto version = after ? std::optional(store::VersionId{after->version}) : std::nullopt;
    TRY_ASSIGN(const store::ManifestPage page, store.manifest(bucket, from, version, most));
    rules::ManifestPage made;
    made.more = page.truncated;
    made.entries.reserve(page.entries.size());
    for (const store::ManifestEntry &entry : page.entries) {
        if (entry.key < prefix)
            continue;
        if (!entry.key.starts_with(prefix)) {
            made.more = false;
            break;
        }
        made.entries.push_back(manifestEntryOf(entry));
    }
    return made;
}

}  // namespace maxiofs::cluster::replication
