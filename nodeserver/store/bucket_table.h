// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/mutex.h"
#include "store/types.h"

#include <unordered_map>

namespace maxiofs::store {

// What is known of the buckets while the node runs. Any thread; the committer alone closes.
class BucketTable {
public:
    /// Makes a bucket known or changes its state; a closed one stays closed.
    void set(const BucketState &state, bool isClosed);
    void close(const BucketId &bucket);
    /// The closing could not be made durable.
    void reopen(const BucketId &bucket);
    void forget(const BucketId &bucket);
    /// For clients: Error::NoSuchBucket for an unknown or closed one, Error::Busy for a replica.
    [[nodiscard]] Result<BucketState> open(const BucketId &bucket) const;
    /// In either role.
    [[nodiscard]] Status checkOpen(const BucketId &bucket) const;

private:
    [[nodiscard]] Result<BucketState> find(const BucketId &bucket) const;

    struct Entry {
        BucketState state;
        bool isClosed = false;
    };
    mutable base::Mutex m_mutex;
    std::unordered_map<BucketId, Entry> m_buckets GUARDED_BY(m_mutex);
};

}  // namespace maxiofs::store
