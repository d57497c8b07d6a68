// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cluster/rules/messages.h"
#include "records/buckets.h"

#include <atomic>
#include <chrono>
#include <shared_mutex>
#include <unordered_map>

namespace maxiofs::cluster {

// Where a bucket's requests are answered.
struct Route {
    bool isHere = true;
    rules::Peer owner;  // where not here
    records::Epoch epoch;
};

// Says which node answers for a bucket, from a cache of locations (5 minutes) over the records. A hint: the
// owner checks the epoch. One shared lock and one look-up for a hit; a lone node asks nothing. Any thread.
class Router {
public:
    static constexpr std::chrono::minutes kTtl{5};
    static constexpr std::size_t kMaxEntries = 100'000;

    struct Stats {
        std::size_t entries = 0;
        std::uint64_t hits = 0;
        std::uint64_t misses = 0;
        [[nodiscard]] double hitRatio() const;
    };

    /// `peerOf` gives a member's endpoint and pinned certificate.
    Router(const records::Buckets &buckets, std::function<std::optional<rules::Peer>(const NodeId &)> peerOf,
           std::function<bool()> isMember, const Clock &clock);

    /// Busy when the owner is unknown or the bucket is marked unavailable (S3: 503).
    [[nodiscard]] Result<Route> find(const records::BucketRecord &bucket);
    /// The owner's answer told a newer location, or the bucket changed.
    void forget(const BucketId &bucket);
    void clear();
    [[nodiscard]] Stats stats() const;

private:
    struct Entry {
        Route route;
        std::chrono::steady_clock::time_point until;
    };

    const records::Buckets &m_buckets;
    const std::function<std::optional<rules::Peer>(const NodeId &)> m_peerOf;
    const std::function<bool()> m_isMember;
    const Clock &m_clock;
    mutable std::shared_mutex m_mutex;
    std::unordered_map<BucketId, Entry> m_entries;  // under m_mutex
    std::atomic<std::uint64_t> m_hits{0};
    std::atomic<std::uint64_t> m_misses{0};
};

}  // namespace maxiofs::cluster
