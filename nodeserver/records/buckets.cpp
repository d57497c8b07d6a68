// SPDX-License-Identifier: GPL-3.0-or-later
#include "records/buckets.h"

#include "records/bucket_name.h"
#include "records/record_body.h"

#include <mutex>

using namespace Qt::StringLiterals;

namespace maxiofs::protocol {

// Made in protocol/bucket.cpp.
extern template QJsonObject toJson<VersioningState>(const VersioningState &);
extern template Result<VersioningState> fromJson<VersioningState>(const QJsonValue &, const std::string &);

}  // namespace maxiofs::protocol

namespace maxiofs::records {

namespace {

struct BucketBody {
    std::string bucketId;
    std::string ownerId;
    std::string tenantId;
    std::string region;
    std::int64_t createdMs = 0;
};

struct QuotaBody {
    std::optional<std::int64_t> bytes;
    std::optional<std::int64_t> objects;
};

template <typename V, typename S>
    requires std::is_same_v<std::remove_const_t<S>, BucketBody>
void listFields(V &visit, S &s)
{
    visit.required("bucket_id"_L1, s.bucketId);
    visit.required("owner_id"_L1, s.ownerId);
    visit.field("tenant_id"_L1, s.tenantId);
    visit.field("region"_L1, s.region);
    visit.required("created_ms"_L1, s.createdMs);
}

template <typename V, typename S>
    requires std::is_same_v<std::remove_const_t<S>, QuotaBody>
void listFields(V &visit, S &s)
{
    visit.field("bytes"_L1, s.bytes);
    visit.field("objects"_L1, s.objects);
}

QJsonObject bodyOf(const BucketRecord &bucket)
{
    return protocol::toJson(
        BucketBody{bucket.id.hex(), bucket.ownerId, bucket.tenantId, bucket.region, bucket.createdMs});
}

QJsonObject versioningBodyOf(const BucketRecord &bucket)
{
    return protocol::toJson(protocol::VersioningState{bucket.versioning});
}

QJsonObject quotaBodyOf(const BucketRecord &bucket)
{
    const auto number = [](const std::optional<std::uint64_t> &value) -> std::optional<std::int64_t> {
        return value ? std::optional(static_cast<std::int64_t>(*value)) : std::nullopt;
    };
    return protocol::toJson(QuotaBody{number(bucket.quota.bytes), number(bucket.quota.objects)});
}

std::optional<std::uint64_t> limitOf(const std::optional<std::int64_t> &value)
{
    return value && *value >= 0 ? std::optional(static_cast<std::uint64_t>(*value)) : std::nullopt;
}

std::unexpected<Error> noSuchBucket(std::string_view name)
{
    return failure(Error::NoSuchBucket, "There is no bucket " + std::string(name) + ".", std::string(name));
}

}  // namespace

Result<std::unique_ptr<Buckets>> Buckets::load(Records &records)
{
    std::unique_ptr<Buckets> buckets(new Buckets(records));
    std::map<std::string, Versioning> versioning;
    std::map<std::string, QuotaBody> quotas;
    TRY_ASSIGN(const auto versioningRecords, records.load(Kind::BucketVersioning));
    for (const Record &record : versioningRecords) {
        TRY_ASSIGN(const auto body, readBody<protocol::VersioningState>(Kind::BucketVersioning, record));
        versioning[record.id] = body.versioning;
    }
    TRY_ASSIGN(const auto quotaRecords, records.load(Kind::BucketQuota));
    for (const Record &record : quotaRecords) {
        TRY_ASSIGN(quotas[record.id], readBody<QuotaBody>(Kind::BucketQuota, record));
    }
    TRY_ASSIGN(const auto bucketRecords, records.load(Kind::Bucket));
    for (const Record &record : bucketRecords) {
        TRY_ASSIGN(const auto body, readBody<BucketBody>(Kind::Bucket, record));
        const auto id = BucketId::fromHex(body.bucketId);
        if (!id)
            return failure(Error::Corrupt,
                           "the record buckets/" + record.id + " in auth.db has no bucket id");
        const QuotaBody &quota = quotas[body.bucketId];
        const auto bucket = std::make_shared<const BucketRecord>(
            BucketRecord{record.id,
                         *id,
                         body.ownerId,
                         body.tenantId,
                         body.region,
                         body.createdMs,
                         versioning[body.bucketId],
                         {limitOf(quota.bytes), limitOf(quota.objects)}});
        buckets->m_byName.emplace(record.id, bucket);
        buckets->m_byId.emplace(*id, bucket);
    }
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
    const auto bucket = std::make_shared<const BucketRecord>(
        BucketRecord{wanted.name, BucketId::random(), wanted.ownerId, wanted.tenantId, wanted.region,
                     m_records.clock().unixMs(), wanted.versioning, wanted.quota});
    std::vector<Change> changes;
    changes.push_back(Change::put(Kind::Bucket, bucket->name, bodyOf(*bucket)));
    if (bucket->versioning != Versioning::Unversioned)
        changes.push_back(Change::put(Kind::BucketVersioning, bucket->id.hex(), versioningBodyOf(*bucket)));
    if (bucket->quota != BucketQuota())
        changes.push_back(Change::put(Kind::BucketQuota, bucket->id.hex(), quotaBodyOf(*bucket)));
    TRY_STATUS(m_records.apply(changes));

    {
        const std::unique_lock lock(m_mutex);
        m_byName.emplace(bucket->name, bucket);
        m_byId.emplace(bucket->id, bucket);
    }
    tell(Event::Created, *bucket);
    return bucket;
}

Result<BucketPtr> Buckets::replace(std::string_view name, const std::function<Status(BucketRecord &)> &edit,
                                   Kind part)
{
    const base::MutexLock change(m_changeMutex);
    TRY_ASSIGN(const BucketPtr existing, find(name));
    BucketRecord edited = *existing;
    TRY_STATUS(edit(edited));
    const auto bucket = std::make_shared<const BucketRecord>(std::move(edited));
    std::vector<Change> changes;
    changes.push_back(
        Change::put(part, bucket->id.hex(),
                    part == Kind::BucketQuota ? quotaBodyOf(*bucket) : versioningBodyOf(*bucket)));
    TRY_STATUS(m_records.apply(changes));

    {
        const std::unique_lock lock(m_mutex);
        m_byName.insert_or_assign(bucket->name, bucket);
        m_byId.insert_or_assign(bucket->id, bucket);
    }
    tell(Event::Changed, *bucket);
    return bucket;
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

Status Buckets::remove(std::string_view name, const BucketId &id)
{
    const base::MutexLock change(m_changeMutex);
    TRY_ASSIGN(const BucketPtr existing, find(name));
    if (existing->id != id)
        return noSuchBucket(name);
    std::vector<Change> changes;
    changes.push_back(Change::remove(Kind::Bucket, existing->name));
    changes.push_back(Change::remove(Kind::BucketVersioning, id.hex()));
    changes.push_back(Change::remove(Kind::BucketQuota, id.hex()));
    TRY_STATUS(m_records.apply(changes));

    {
        const std::unique_lock lock(m_mutex);
        m_byName.erase(existing->name);
        m_byId.erase(id);
    }
    tell(Event::Removed, *existing);
    return {};
}

}  // namespace maxiofs::records
