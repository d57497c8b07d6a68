// SPDX-License-Identifier: GPL-3.0-or-later
#include "records/bucket_record.h"

#include "records/record_body.h"

#include <algorithm>
#include <array>

using namespace Qt::StringLiterals;

namespace maxiofs::protocol {

// Made in protocol/bucket.cpp.
extern template QJsonObject toJson<VersioningState>(const VersioningState &);
extern template Result<VersioningState> fromJson<VersioningState>(const QJsonValue &, const std::string &);

}  // namespace maxiofs::protocol

namespace maxiofs::records {

namespace {

constexpr std::array kBucketKinds{Kind::Bucket, Kind::BucketVersioning, Kind::BucketQuota,
                                  Kind::BucketFailover, Kind::Location};

struct BucketBody {
    std::string name;
    std::string nameStamp;
    std::string ownerId;
    std::string tenantId;
    std::string region;
    std::int64_t createdMs = 0;
};

struct QuotaBody {
    std::optional<std::int64_t> bytes;
    std::optional<std::int64_t> objects;
};

struct FailoverBody {
    std::optional<FailoverPolicy> failover;
};

template <typename V, typename S>
    requires std::is_same_v<std::remove_const_t<S>, FailoverBody>
void listFields(V &visit, S &s)
{
    visit.field("failover"_L1, s.failover);
}

template <typename V, typename S>
    requires std::is_same_v<std::remove_const_t<S>, BucketBody>
void listFields(V &visit, S &s)
{
    visit.required("name"_L1, s.name);
    visit.field("name_stamp"_L1, s.nameStamp);
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

std::optional<std::uint64_t> limitOf(const std::optional<std::int64_t> &value)
{
    return value && *value >= 0 ? std::optional(static_cast<std::uint64_t>(*value)) : std::nullopt;
}

std::optional<std::int64_t> numberOf(const std::optional<std::uint64_t> &limit)
{
    return limit ? std::optional(static_cast<std::int64_t>(*limit)) : std::nullopt;
}

Status readPart(const Record &part, BucketRecord &bucket)
{
    if (part.kind == Kind::BucketVersioning) {
        TRY_ASSIGN(const auto body, readBody<protocol::VersioningState>(part.kind, part));
        bucket.versioning = body.versioning;
    } else if (part.kind == Kind::BucketQuota) {
        TRY_ASSIGN(const auto body, readBody<QuotaBody>(part.kind, part));
        bucket.quota = {limitOf(body.bytes), limitOf(body.objects)};
    } else if (part.kind == Kind::BucketFailover) {
        TRY_ASSIGN(const auto body, readBody<FailoverBody>(part.kind, part));
        bucket.failover = body.failover;
    } else if (part.kind == Kind::Location) {
        bucket.location = locationOf(part.body);
    } else {
        TRY_ASSIGN(const auto body, readBody<BucketBody>(part.kind, part));
        bucket.name = body.name;
        bucket.recordedName = body.name;
        bucket.nameStamp = stampFrom(body.nameStamp).value_or(part.stamp);
        bucket.ownerId = body.ownerId;
        bucket.tenantId = body.tenantId;
        bucket.region = body.region;
        bucket.createdMs = body.createdMs;
    }
    return {};
}

}  // namespace

bool isBucketKind(Kind kind)
{
    return std::ranges::find(kBucketKinds, kind) != kBucketKinds.end();
}

std::vector<RecordKey> recordsOfBucket(const std::string &id)
{
    std::vector<RecordKey> keys;
    keys.reserve(kBucketKinds.size());
    for (const Kind kind : kBucketKinds)
        keys.push_back({kind, id});
    return keys;
}

Result<std::optional<BucketRecord>> bucketFrom(const std::vector<Record> &parts)
{
    const auto isBucket = [](const Record &part) { return part.kind == Kind::Bucket && !part.deleted; };
    const auto main = std::ranges::find_if(parts, isBucket);
    if (main == parts.end())
        return std::nullopt;
    BucketRecord bucket;
    const auto id = BucketId::fromHex(main->id);
    if (!id) {
        return failure(Error::Corrupt,
                       "the record buckets/" + main->id + " in auth.db has another id than a bucket's",
                       main->id);
    }
    bucket.id = *id;
    for (const Record &part : parts) {
        if (!part.deleted)
            TRY_STATUS(readPart(part, bucket));
    }
    return bucket;
}

Change changeOf(const BucketRecord &bucket)
{
    return Change::put(
        Kind::Bucket, bucket.id.hex(),
        protocol::toJson(BucketBody{bucket.recordedName, textOf(bucket.nameStamp), bucket.ownerId,
                                    bucket.tenantId, bucket.region, bucket.createdMs}));
}

Change versioningChange(const BucketRecord &bucket)
{
    return Change::put(Kind::BucketVersioning, bucket.id.hex(),
                       protocol::toJson(protocol::VersioningState{bucket.versioning}));
}

Change quotaChange(const BucketRecord &bucket)
{
    return Change::put(
        Kind::BucketQuota, bucket.id.hex(),
        protocol::toJson(QuotaBody{numberOf(bucket.quota.bytes), numberOf(bucket.quota.objects)}));
}

Change failoverChange(const BucketRecord &bucket)
{
    return Change::put(Kind::BucketFailover, bucket.id.hex(),
                       protocol::toJson(FailoverBody{bucket.failover}));
}

Change locationChange(const BucketRecord &bucket)
{
    return Change::put(Kind::Location, bucket.id.hex(), bodyOf(bucket.location));
}

}  // namespace maxiofs::records
