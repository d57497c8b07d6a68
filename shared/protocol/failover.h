// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "protocol/json.h"

#include <array>
#include <utility>

namespace maxiofs::protocol {

// Who makes a full replica the owner when the owner of a bucket is gone: the nodes by themselves, or a person
// by a promotion.
enum class FailoverPolicy { Automatic, Manual };
template <>
struct Names<FailoverPolicy> {
    static constexpr auto kAll = std::to_array<std::pair<FailoverPolicy, std::string_view>>(
        {{FailoverPolicy::Automatic, "automatic"}, {FailoverPolicy::Manual, "manual"}});
};

// GET and PUT /buckets/{bucket}/failover. The cluster's own is the setting `failover`.
struct BucketFailover {
    std::optional<FailoverPolicy> failover;                     // null: as the cluster
    FailoverPolicy inEffect = FailoverPolicy::Automatic;        // of the bucket; not read from a request
    FailoverPolicy clusterDefault = FailoverPolicy::Automatic;  // of the cluster; not read from a request
};

// POST /cluster/buckets/{bucket}/promote
struct PromoteRequest {
    std::string nodeId;  // the replica that becomes the owner; empty: the freshest that can be reached
    // Also a replica that never had everything, and while the owner does not answer: what only the former
    // owner has comes when it returns.
    bool force = false;
};

// Its answer.
struct PromotedBucket {
    std::string bucket;
    std::string nodeId;  // the owner now
    std::string nodeName;
    std::string formerNodeId;  // the owner before
    std::string formerNodeName;
    std::int64_t epoch = 0;
};

// GET /cluster/conflicts: of two changes of one object, made at nodes that did not see each other, the one
// that lost. It is kept as a version that is not current until a person restores or discards it.
struct Conflict {
    static constexpr const char *kPlural = "conflicts";

    std::string id;  // for restore, discard and `after`
    std::string bucket;
    std::string tenantId;
    std::string objectKey;
    std::string versionId;        // "conflict-...": readable over the S3 API
    std::string nodeId;           // where it was written
    std::string nodeName;         // empty when that node is known no more
    Time changedAt;               // when it was written
    bool isDeleteMarker = false;  // the lost change was a deletion
    std::int64_t size = 0;
    std::string etag;
    std::string contentType;
    // What won, as it is now; empty and null where the object has no current version.
    std::string currentVersionId;
    std::optional<Time> currentChangedAt;
    std::int64_t currentSize = 0;
    std::string currentEtag;
};

// POST /cluster/conflicts/{id}/restore: the version is the object's current one now.
struct RestoredConflict {
    std::string bucket;
    std::string objectKey;
    std::string versionId;  // "null" where the bucket keeps no versions
};

}  // namespace maxiofs::protocol
