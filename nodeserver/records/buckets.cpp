// SPDX-License-Identifier: GPL-3.0-or-later
#include "records/buckets.h"

#include "base/log_line.h"
#include "records/bucket_name.h"

#include <mutex>

namespace maxiofs::records {

namespace {

std::unexpected<Error> noSuchBucket(std::string_view name)
{
    return failure(Error::NoSuchBucket, "There is no bucket " + std::string(name) + ".", std::string(name));
}

}  // namespace

Result<std::unique_ptr<Buckets>> Buckets::load(Records &records)
{
    std::unique_ptr<Buckets> buckets(new Buckets(records));
    std::map<std::string, std::vector<Record>> parts;
    for (const RecordKey &key : recordsOfBucket({})) {
        TRY_ASSIGN(auto stored, records.load(key.kind));
        for (Record &record : stored)
            parts[record.id].push_back(std::move(record));
    }
    BucketMap loaded;
    for (const auto &[id, ofBucket] : parts) {
        TRY_ASSIGN(auto bucket, bucketFrom(ofBucket));
        if (bucket)
            loaded.emplace(bucket->id, std::move(bucket));
    }
    const base::MutexLock change(buckets->m_changeMutex);
    buckets->publish(std::move(loaded));
    buckets->m_listening =
        records.whenChanged([raw = buckets.get()](const std::vector<RecordKey> &keys, Origin origin) {
            if (origin == Origin::Merged)
                raw->refresh(keys);
        });
    return buckets;
}

Result<BucketPtr> Buckets::find(std::string_view name) const
{
    const std::shared_lock lock(m_mutex);
    const auto found = m_byName.find(name);
    if (found == m_byName.end())
        return noSuchBucket(name);
    return found->second;
}

Result<BucketPtr> Buckets::findById(const BucketId &id) const
{
    const std::shared_lock lock(m_mutex);
    const auto found = m_byId.find(id);
    if (found == m_byId.end())
        return noSuchBucket(id.hex());
    return found->second;
}

BucketPage Buckets::list(const BucketListing &listing) const
{
    BucketPage page;
    const std::shared_lock lock(m_mutex);
    auto at = listing.after < listing.prefix ? m_byName.lower_bound(listing.prefix)
                                             : m_byName.upper_bound(listing.after);
    for (; at != m_byName.end() && at->first.starts_with(listing.prefix); ++at) {
        if (listing.visible && !listing.visible(*at->second))
            continue;
        if (page.buckets.size() == listing.limit) {
            page.more = true;
            break;
        }
        page.buckets.push_back(at->second);
    }
    return page;
}

std::size_t Buckets::count() const
{
    const std::shared_lock lock(m_mutex);
    return m_byName.size();
}

std::vector<BucketPtr> Buckets::all() const
{
    std::vector<BucketPtr> buckets;
    const std::shared_lock lock(m_mutex);
    buckets.reserve(m_byName.size());
    for (const auto &[name, bucket] : m_byName)
        buckets.push_back(bucket);
    return buckets;
}

Result<BucketPtr> Buckets::create(const NewBucket &wanted)
{
    TRY_STATUS(checkBucketName(wanted.name));
    const base::MutexLock change(m_changeMutex);
    if (const auto existing = find(wanted.name)) {
        return failure(Error::AlreadyExists, "There is already a bucket " + wanted.name + ".",
                       (*existing)->ownerId);
    }
    const std::int64_t now = m_records.clock().unixMs();
    const NodeId self = m_records.nodeId();
    BucketRecord bucket;
    bucket.name = wanted.name;
    bucket.id = wanted.id ? *wanted.id : BucketId::random();
    if (const auto existing = findById(bucket.id)) {
        return failure(Error::AlreadyExists, "There is already a bucket with the id " + bucket.id.hex() + ".",
                       (*existing)->ownerId);
    }
    bucket.ownerId = wanted.ownerId;
    bucket.tenantId = wanted.tenantId;
    bucket.region = wanted.region;
    bucket.createdMs = now;
    bucket.versioning = wanted.versioning;
    bucket.quota = wanted.quota;
    bucket.location = {self, {1, self}, false};
    bucket.recordedName = wanted.name;
    bucket.nameStamp = Stamp::after({}, now, self);
    std::vector<Change> changes;
    changes.push_back(changeOf(bucket));
    changes.push_back(locationChange(bucket));
    if (bucket.versioning != Versioning::Unversioned)
        changes.push_back(versioningChange(bucket));
    if (bucket.quota != BucketQuota())
        changes.push_back(quotaChange(bucket));
    TRY_STATUS(m_records.apply(changes));

    const BucketId id = bucket.id;
    publish({{id, std::move(bucket)}});
    return findById(id);
}

Result<BucketPtr> Buckets::replace(std::string_view name, const std::function<Status(BucketRecord &)> &edit,
                                   Kind part)
{
    const base::MutexLock change(m_changeMutex);
    TRY_ASSIGN(const BucketPtr existing, find(name));
    BucketRecord edited = *existing;
    TRY_STATUS(edit(edited));
    std::vector<Change> changes;
    switch (part) {
    case Kind::BucketQuota: changes.push_back(quotaChange(edited)); break;
    case Kind::BucketFailover: changes.push_back(failoverChange(edited)); break;
    default: changes.push_back(versioningChange(edited)); break;
    }
    TRY_STATUS(m_records.apply(changes));

    publish({{existing->id, std::move(edited)}});
    return findById(existing->id);
}

Result<BucketPtr> Buckets::setVersioning(std::string_view name, Versioning versioning)
{
    const auto edit = [&](BucketRecord &bucket) -> Status {
        if (versioning == Versioning::Unversioned && bucket.versioning != Versioning::Unversioned) {
            return failure(Error::InvalidArgument,
                           "Versioning of " + bucket.name + " was on: it can be suspended, not undone.",
                           bucket.name);
        }
        bucket.versioning = versioning;
        return {};
    };
    return replace(name, edit, Kind::BucketVersioning);
}

Result<BucketPtr> Buckets::setQuota(std::string_view name, const BucketQuota &quota)
{
    const auto edit = [&](BucketRecord &bucket) -> Status {
        bucket.quota = quota;
        return {};
    };
    return replace(name, edit, Kind::BucketQuota);
}

Result<BucketPtr> Buckets::setFailover(std::string_view name, std::optional<FailoverPolicy> policy)
{
    const auto edit = [&](BucketRecord &bucket) -> Status {
        bucket.failover = policy;
        return {};
    };
    return replace(name, edit, Kind::BucketFailover);
}

Status Buckets::remove(std::string_view name, const BucketId &id)
{
    const base::MutexLock change(m_changeMutex);
    TRY_ASSIGN(const BucketPtr existing, find(name));
    if (existing->id != id)
        return noSuchBucket(name);
    std::vector<Change> changes;
    for (const RecordKey &key : recordsOfBucket(id.hex()))
        changes.push_back(Change::remove(key.kind, key.id));
    TRY_STATUS(m_records.apply(changes));

    publish({{id, std::nullopt}});
    return {};
}

Result<std::vector<Buckets::Renamed>> Buckets::renameConflicts()
{
    const base::MutexLock change(m_changeMutex);
    const NodeId self = m_records.nodeId();
    const Stamp now = Stamp::after({}, m_records.clock().unixMs(), self);
    std::vector<Change> changes;
    BucketMap changed;
    std::vector<Renamed> renamed;
    for (const BucketPtr &bucket : all()) {
        if (!bucket->hasConflictName() || bucket->location.owner != self)
            continue;
        BucketRecord edited = *bucket;
        edited.recordedName = bucket->name;
        edited.nameStamp = now;
        changes.push_back(changeOf(edited));
        changed.emplace(bucket->id, std::move(edited));
        renamed.push_back({nullptr, bucket->recordedName});
        renamed.back().bucket = bucket;
    }
    if (changes.empty())
        return renamed;
    TRY_STATUS(m_records.apply(changes));

    publish(std::move(changed));
    for (Renamed &each : renamed) {
        TRY_ASSIGN(each.bucket, findById(each.bucket->id));
    }
    return renamed;
}

void Buckets::refresh(const std::vector<RecordKey> &keys)
{
    std::set<std::string> ids;
    for (const RecordKey &key : keys) {
        if (isBucketKind(key.kind))
            ids.insert(key.id);
    }
    if (ids.empty())
        return;
    std::vector<RecordKey> wanted;
    for (const std::string &id : ids) {
        for (RecordKey &key : recordsOfBucket(id))
            wanted.push_back(std::move(key));
    }
    const base::MutexLock change(m_changeMutex);
    auto stored = m_records.findAll(wanted);
    if (!stored) {
        base::errorLine("buckets that changed cannot be read").with("error", stored.error().message);
        return;
    }
    std::map<std::string, std::vector<Record>> parts;
    for (Record &record : *stored)
        parts[record.id].push_back(std::move(record));
    BucketMap changed;
    for (const std::string &id : ids) {
        auto bucket = bucketFrom(parts[id]);
        const auto bucketId = BucketId::fromHex(id);
        if (!bucket)
            base::warningLine("a bucket stays as it was").with("error", bucket.error().message);
        else if (bucketId)
            changed.emplace(*bucketId, *std::move(bucket));
    }
    publish(std::move(changed));
}

// Adds to `changed` the buckets that show another name because of what it holds.
void Buckets::showNames(const std::set<BucketId> &ids, BucketMap &changed) const
{
    for (const BucketId &id : ids) {
        auto entry = changed.find(id);
        if (entry == changed.end())
            entry = changed.emplace(id, *m_byId.find(id)->second).first;
        if (entry->second)
            entry->second->name = m_names.shownBy(id);
    }
}

void Buckets::publish(BucketMap changed)
{
    std::set<BucketId> affected;
    for (const auto &[id, bucket] : changed) {
        affected.merge(bucket ? m_names.put(id, {bucket->recordedName, bucket->nameStamp})
                              : m_names.remove(id));
    }
    std::vector<std::pair<Event, BucketPtr>> events;
    {
        const std::unique_lock lock(m_mutex);
        showNames(affected, changed);
        for (const auto &[id, bucket] : changed) {
            const auto before = m_byId.find(id);
            if (before == m_byId.end())
                continue;
            const auto named = m_byName.find(before->second->name);
            if (named != m_byName.end() && named->second->id == id)
                m_byName.erase(named);
        }
        for (auto &[id, bucket] : changed) {
            const auto before = m_byId.find(id);
            if (!bucket) {
                if (before != m_byId.end()) {
                    events.emplace_back(Event::Removed, before->second);
                    m_byId.erase(before);
                }
                continue;
            }
            const bool isNew = before == m_byId.end();
            const bool same = !isNew && *before->second == *bucket;
            const BucketPtr now =
                same ? before->second : std::make_shared<const BucketRecord>(*std::move(bucket));
            m_byId.insert_or_assign(id, now);
            m_byName.insert_or_assign(now->name, now);
            if (!same)
                events.emplace_back(isNew ? Event::Created : Event::Changed, now);
        }
    }
    for (const auto &[event, bucket] : events)
        tell(event, *bucket);
}

void Buckets::tell(Event event, const BucketRecord &bucket) const
{
    for (const Watcher &watcher : m_watchers)
        watcher(event, bucket);
}

}  // namespace maxiofs::records
