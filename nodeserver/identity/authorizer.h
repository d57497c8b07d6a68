// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "identity/grants.h"

namespace maxiofs::identity {

// What a request wants to do. A write includes deleting objects; BucketAdmin is deleting the bucket and
// changing its configuration, BucketRead reading that.
enum class Action {
    ListBuckets,   // without a bucket; the answer holds only what isVisible()
    CreateBucket,  // the bucket's name as `key`
    Read,          // an object, or a listing: then `key` is its prefix
    Write,         // an object, an upload
    BucketRead,    // location, versioning and the like
    BucketAdmin,
};

// Decides from roles, ownership, grants and what the access key is limited to. Any thread; no disk.
class Authorizer {
public:
    explicit Authorizer(const Grants &grants) : m_grants(grants) {}

    /// Denied, with the reason in words, when it is not allowed. `bucket` is null for the actions without
    /// one.
    [[nodiscard]] Status authorize(const Identity &identity, Action action,
                                   const records::BucketRecord *bucket, std::string_view key = {}) const;
    /// Whether a list of buckets shows this one to the identity.
    [[nodiscard]] bool isVisible(const Identity &identity, const records::BucketRecord &bucket) const;

private:
    [[nodiscard]] bool userMay(const User &user, Action action, const records::BucketRecord *bucket) const;

    const Grants &m_grants;
};

}  // namespace maxiofs::identity
