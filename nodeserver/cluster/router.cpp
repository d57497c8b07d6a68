// SPDX-License-Identifier: GPL-3.0-or-later
#include "cluster/router.h"

#include <mutex>

namespace maxiofs::cluster {

double Router::Stats::hitRatio() const
{
    const std::uint64_t asked = hits + misses;
    return asked == 0 ? 0 : static_cast<double>(hits) / static_cast<double>(asked);
}

Router::Router(Sources sources, const Clock &clock, std::size_t maxEntries)
    : m_sources(std::move(sources)),
      m_clock(clock),
      m_maxEntries(maxEntries)
{
}

Result<RoutePtr> Router::find(const BucketId &bucket)
{
    if (!m_sources.isMember())
        return RoutePtr();
    const std::int64_t nowMs = m_clock.unixMs();
    {
        const std::shared_lock lock(m_mutex);
        const auto found = m_entries.find(bucket);
        // A clock that was set back must not make an entry live longer.
        if (found != m_entries.end() && nowMs >= found->second.fromMs && nowMs < found->second.untilMs) {
            m_hits.fetch_add(1, std::memory_order_relaxed);
            return found->second.route;
        }
    }
    m_misses.fetch_add(1, std::memory_order_relaxed);
    const std::uint64_t generation = m_generation;
    TRY_ASSIGN(const RoutePtr route, ask(bucket));
    keep(bucket, route, generation);
    return route;
}

Result<RoutePtr> Router::ask(const BucketId &bucket) const
{
    const auto location = m_sources.locationOf(bucket);
    if (!location || location->owner.isNull())
        return failure(Error::Busy, "This node does not know yet which node has the bucket.", bucket.hex());
    if (location->unavailable)
        return failure(Error::Busy,
                       "The bucket is unavailable: the node that had it was removed from the cluster. It is "
                       "back when that node joins again.",
                       bucket.hex());
    if (location->owner == m_sources.self())
        return RoutePtr();
    const auto member = m_sources.memberOf(location->owner);
    if (!member)
        return failure(Error::Busy,
                       "The node " + location->owner.uuid() +
                           " that has the bucket is not among the cluster's members.",
                       bucket.hex());
    return std::make_shared<const Route>(Route{member->peer, member->name, location->epoch});
}

// Not where something was forgotten since the question was asked: the answer may be from before.
void Router::keep(const BucketId &bucket, const RoutePtr &route, std::uint64_t generation)
{
    const std::int64_t ttlMs = m_ttlSeconds * 1000;
    if (ttlMs <= 0)
        return;
    const std::int64_t nowMs = m_clock.unixMs();
    const std::unique_lock lock(m_mutex);
    if (m_generation != generation)
        return;
    const auto [at, isNew] = m_entries.try_emplace(bucket);
    if (isNew)
        at->second.age = m_ages.insert(m_ages.end(), bucket);
    else
        m_ages.splice(m_ages.end(), m_ages, at->second.age);
    at->second.route = route;
    at->second.fromMs = nowMs;
    at->second.untilMs = nowMs + ttlMs;
    if (m_entries.size() > m_maxEntries) {
        m_entries.erase(m_ages.front());
        m_ages.pop_front();
    }
}

void Router::forget(const BucketId &bucket)
{
    const std::unique_lock lock(m_mutex);
    ++m_generation;
    if (const auto found = m_entries.find(bucket); found != m_entries.end()) {
        m_ages.erase(found->second.age);
        m_entries.erase(found);
    }
}

void Router::clear()
{
    const std::unique_lock lock(m_mutex);
    ++m_generation;
    m_entries.clear();
    m_ages.clear();
}

Router::Stats Router::stats() const
{
    const std::shared_lock lock(m_mutex);
    return {m_entries.size(), m_hits, m_misses, std::chrono::seconds(m_ttlSeconds)};
}

}  // namespace maxiofs::cluster
