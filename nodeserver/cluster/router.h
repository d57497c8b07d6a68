// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/clock.h"
#include "cluster/rules/messages.h"

#include <atomic>
#include <chrono>
#include <list>
#include <shared_mutex>
#include <unordered_map>

namespace maxiofs::cluster {

// The other node that answers for a bucket.
struct Route {
    rules::Peer owner;
    std::string ownerName;
    records::Epoch epoch;
};
/// Null: this node answers.
using RoutePtr = std::shared_ptr<const Route>;

// Says which node answers for a bucket, from a cache of locations over the records. A hint: the owner checks.
// A hit is one shared lock and one look-up; a lone node asks nothing and counts nothing. Any thread.
class Router {
public:
    static constexpr std::chrono::seconds kTtl{300};
    static constexpr std::size_t kMaxEntries = 100'000;  // the oldest goes

    struct Member {
        rules::Peer peer;
        std::string name;
    };
    // Where the answers come from: called on the asking thread, without a lock of the router.
    struct Sources {
        std::function<bool()> isMember;
        std::function<NodeId()> self;  // a node that joins takes a new id
        std::function<std::optional<records::Location>(const BucketId &)> locationOf;
        std::function<std::optional<Member>(const NodeId &)> memberOf;
    };
    struct Stats {
        std::size_t entries = 0;
        std::uint64_t hits = 0;
        std::uint64_t misses = 0;
        std::chrono::seconds ttl{};
        /// 0 before the first question.
        [[nodiscard]] double hitRatio() const;
    };

    Router(Sources sources, const Clock &clock, std::size_t maxEntries = kMaxEntries);

    /// Busy, with the reason in words, when the owner is not known, is no member any more, or the bucket is
    /// marked unavailable.
    [[nodiscard]] Result<RoutePtr> find(const BucketId &bucket);
    /// A member's endpoint and name; empty for a node that is none.
    [[nodiscard]] std::optional<Member> member(const NodeId &node) const { return m_sources.memberOf(node); }
    /// The bucket was made, was removed, or has another owner.
    void forget(const BucketId &bucket);
    /// Also where members come, go or change their endpoint, and where this node takes another id.
    void clear();
    /// Of entries that are made from now on; 0 keeps none.
    void setTtl(std::chrono::seconds ttl) { m_ttlSeconds = ttl.count(); }
    [[nodiscard]] Stats stats() const;

private:
    struct Entry {
        RoutePtr route;
        std::int64_t fromMs = 0;
        std::int64_t untilMs = 0;
        std::list<BucketId>::iterator age;
    };

    [[nodiscard]] Result<RoutePtr> ask(const BucketId &bucket) const;
    void keep(const BucketId &bucket, const RoutePtr &route, std::uint64_t generation);

    const Sources m_sources;
    const Clock &m_clock;
    const std::size_t m_maxEntries;
    std::atomic<std::int64_t> m_ttlSeconds{kTtl.count()};
    std::atomic<std::uint64_t> m_generation{0};  // rises when something is forgotten
    std::atomic<std::uint64_t> m_hits{0};
    std::atomic<std::uint64_t> m_misses{0};
    mutable std::shared_mutex m_mutex;
    std::unordered_map<BucketId, Entry> m_entries;  // under m_mutex
    std::list<BucketId> m_ages;                     // under m_mutex; the oldest first
};

}  // namespace maxiofs::cluster
