// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/mutex.h"
#include "index/index.h"
#include "store/version_exchange.h"

#include <atomic>
#include <map>
#include <unordered_map>

namespace maxiofs::store {

inline constexpr std::uint64_t kMostFeedChanges = 10'000'000;                // of one bucket
inline constexpr std::int64_t kOldestFeedChangeMs = 7LL * 24 * 3600 * 1000;  // the same
inline constexpr std::size_t kMostOrigins = 16;

/// The buckets that a version came through, as its record has them. Empty where there is no such field.
[[nodiscard]] std::vector<BucketId> originsOf(const frame::Fields &fields);
/// The field of what comes from another node; an empty list too says that it does.
void setOrigins(frame::Fields &fields, const std::vector<BucketId> &origins);

// Who reads the changes of which bucket, and how far they have come; the changes themselves are rows of the
// index. The committer alone adds and removes readers and changes, in its transactions; all else any thread.
class ChangeFeed {
public:
    // The figures of a feed within one transaction.
    struct Totals {
        std::uint64_t changes = 0;
        std::uint64_t bytes = 0;
    };

    /// What the index holds. Before its replay.
    [[nodiscard]] Status load(const index::Index &index);

    /// Whether somebody reads the bucket's changes; then its totals.
    [[nodiscard]] std::optional<Totals> feedOf(const BucketId &bucket) const;
    /// Whether versions of other nodes may be in the bucket, or come: then stamps of removals count.
    [[nodiscard]] bool isExchanged(const BucketId &bucket) const;
    [[nodiscard]] bool hasImports(const BucketId &bucket) const;
    void setTotals(const BucketId &bucket, const Totals &totals);
    /// Puts the row that says so into the transaction.
    void noteImports(index::Transaction &transaction, const BucketId &bucket);

    /// Its cursor; a new one begins at `position`.
    [[nodiscard]] std::uint64_t add(index::Transaction &transaction, const BucketId &bucket,
                                    const Id128 &consumer, std::uint64_t position);
    void remove(index::Transaction &transaction, const BucketId &bucket, const Id128 &consumer);
    /// The bucket is gone.
    void forget(index::Transaction &transaction, const BucketId &bucket);

    [[nodiscard]] std::vector<Id128> consumers(const BucketId &bucket) const;
    /// Error::NotFound for one that is not known, as in all below.
    [[nodiscard]] Result<std::uint64_t> cursor(const BucketId &bucket, const Id128 &consumer) const;
    [[nodiscard]] Status acknowledge(const BucketId &bucket, const Id128 &consumer, std::uint64_t position);
    [[nodiscard]] Result<FeedPage> changes(const index::Index &index, const BucketId &bucket,
                                           const Id128 &consumer, std::uint64_t after,
                                           std::size_t limit) const;
    [[nodiscard]] Result<FeedLag> lag(const index::Index &index, const BucketId &bucket,
                                      const Id128 &consumer) const;

    // What is to be written down and dropped of one feed.
    struct Trim {
        BucketId bucket;
        std::vector<std::pair<Id128, std::uint64_t>> cursors;  // that moved
        std::uint64_t readUpTo = 0;                            // by all; 0: nothing new
        std::uint64_t floor = 0;                               // drop up to here all the same; 0: no need
    };
    /// Looks at all feeds: any thread but the committer's, since it reads.
    [[nodiscard]] Result<std::vector<Trim>> planTrim(const index::Index &index, std::int64_t nowMs) const;
    void trim(index::Transaction &transaction, const std::vector<Trim> &plan);

    /// Up to which position all consumers have read.
    [[nodiscard]] std::uint64_t passedByAll(const BucketId &bucket) const;
    /// Whether a removal stays known although it is old: a consumer whose feed is whole has not passed it, or
    /// the hook says so.
    [[nodiscard]] bool keepsRemoval(const BucketId &bucket, std::uint64_t sequence) const;
    using RemovalsHook = std::function<bool(const BucketId &)>;
    void setRemovalsHook(RemovalsHook hook);

    struct Limits {
        std::uint64_t changes = kMostFeedChanges;
        std::int64_t ageMs = kOldestFeedChangeMs;
    };
    void setLimits(const Limits &limits);  // for tests

private:
    struct Consumer {
        std::uint64_t cursor = 0;
        std::uint64_t written = 0;  // the cursor that the index has
    };
    struct Feed {
        std::map<Id128, Consumer> consumers;
        Totals totals;
        std::uint64_t floor = 0;
        std::uint64_t droppedUpTo = 0;  // since the start
        bool hasImports = false;
    };
    [[nodiscard]] Result<Consumer> find(const BucketId &bucket, const Id128 &consumer) const
        REQUIRES(m_mutex);
    void countFeeds() REQUIRES(m_mutex);

    mutable base::Mutex m_mutex;
    std::unordered_map<BucketId, Feed> m_feeds GUARDED_BY(m_mutex);
    Limits m_limits GUARDED_BY(m_mutex);
    mutable base::Mutex m_hookMutex;
    RemovalsHook m_removalsHook GUARDED_BY(m_hookMutex);
    std::atomic<bool> m_any{false};  // spares those who write elsewhere the mutex
};

}  // namespace maxiofs::store
