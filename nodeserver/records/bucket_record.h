// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "protocol/bucket.h"
#include "protocol/failover.h"
#include "records/change.h"

#include <memory>
#include <vector>

namespace maxiofs::records {

using protocol::FailoverPolicy;
using protocol::Versioning;

struct BucketQuota {
    std::optional<std::uint64_t> bytes;  // current and older versions together
    std::optional<std::uint64_t> objects;

    bool operator==(const BucketQuota &) const = default;
};

// A bucket and its configuration: a Bucket record and one for each part.
struct BucketRecord {
    std::string name;  // that it is found by
    BucketId id;
    std::string ownerId;   // the owner's canonical id, 64 hex
    std::string tenantId;  // empty without one
    std::string region;    // as asked for at creation; empty for the cluster's
    std::int64_t createdMs = 0;
    Versioning versioning = Versioning::Unversioned;
    BucketQuota quota;
    std::optional<FailoverPolicy> failover;  // empty: as the cluster's setting says
    Location location;                       // the node that answers for it; a null owner: not known here yet
    std::string recordedName;  // as the Bucket record says: another than `name` while that name is another's
    Stamp nameStamp;           // when recordedName was taken

    [[nodiscard]] bool hasConflictName() const { return name != recordedName; }
    bool operator==(const BucketRecord &) const = default;
};
using BucketPtr = std::shared_ptr<const BucketRecord>;

[[nodiscard]] bool isBucketKind(Kind kind);
/// The keys of all records that a bucket has or may have.
[[nodiscard]] std::vector<RecordKey> recordsOfBucket(const std::string &id);
/// The bucket that these records of one id make, with `name` as recorded; empty where the Bucket record is
/// missing or deleted. Corrupt when one is not what this program writes.
[[nodiscard]] Result<std::optional<BucketRecord>> bucketFrom(const std::vector<Record> &parts);

[[nodiscard]] Change changeOf(const BucketRecord &bucket);
[[nodiscard]] Change versioningChange(const BucketRecord &bucket);
[[nodiscard]] Change quotaChange(const BucketRecord &bucket);
[[nodiscard]] Change failoverChange(const BucketRecord &bucket);
[[nodiscard]] Change locationChange(const BucketRecord &bucket);

}  // namespace maxiofs::records
