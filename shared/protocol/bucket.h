// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "protocol/json.h"

#include <array>
#include <utility>

namespace maxiofs::protocol {

enum class Versioning { Unversioned, Enabled, Suspended };
template <>
struct Names<Versioning> {
    static constexpr auto kAll =
        std::to_array<std::pair<Versioning, std::string_view>>({{Versioning::Unversioned, "unversioned"},
                                                                {Versioning::Enabled, "enabled"},
                                                                {Versioning::Suspended, "suspended"}});
};

// Limits of a bucket; an empty one is none.
struct Quota {
    std::optional<std::int64_t> bytes;
    std::optional<std::int64_t> objects;
};

struct Bucket {
    static constexpr const char *kPlural = "buckets";

    std::string name;
    std::string id;
    std::string owner;    // a user's name; empty when that user is gone
    std::string ownerId;  // the canonical id, 64 hex
    std::string tenantId;
    std::string region;
    Versioning versioning = Versioning::Unversioned;
    std::int64_t objectCount = 0;      // current objects
    std::int64_t totalSize = 0;        // of these, in bytes
    std::int64_t noncurrentCount = 0;  // older versions and delete markers
    std::int64_t noncurrentSize = 0;
    std::int64_t uploadCount = 0;  // multipart uploads in progress
    std::int64_t uploadSize = 0;
    std::int64_t conflictCount = 0;
    std::int64_t conflictSize = 0;
    Quota quota;
    Time createdAt;
    std::string primaryNode;  // the id of the node that owns the bucket
    bool counted = true;      // false: the owner did not answer, so the counters are not known
};

// POST /buckets
struct BucketRequest {
    std::string name;
    std::string owner;  // a user's id; empty: the caller
    Versioning versioning = Versioning::Unversioned;
    Quota quota;
};

// GET and PUT /buckets/{bucket}/versioning
struct VersioningState {
    Versioning versioning = Versioning::Unversioned;
};

}  // namespace maxiofs::protocol
