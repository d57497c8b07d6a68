// SPDX-License-Identifier: GPL-3.0-or-later
#include "cluster/health_board.h"

#include <algorithm>

namespace maxiofs::cluster {

void HealthBoard::observed(const rules::Observation &observation, std::int64_t wallMs)
{
    const base::MutexLock lock(m_mutex);
    const auto found = m_entries.find(observation.id);
    if (found == m_entries.end())
        return;
    Entry &entry = found->second;
    const bool answered =
        observation.lastSeenSteadyMs && observation.lastSeenSteadyMs != entry.observation.lastSeenSteadyMs;
    const bool isProbe = observation.lastCheckWallMs != entry.observation.lastCheckWallMs;
    if (answered && !isProbe)
        entry.beats.add(wallMs, observation.latencyMicros);
    entry.observation = observation;
}

void HealthBoard::setMembers(const std::vector<rules::Peer> &others, std::int64_t steadyMs)
{
    const base::MutexLock lock(m_mutex);
    std::erase_if(m_entries, [&](const auto &entry) {
        return std::ranges::find(others, entry.first, &rules::Peer::id) == others.end();
    });
    for (const rules::Peer &peer : others) {
        const auto [entry, isNew] = m_entries.try_emplace(peer.id);
        if (!isNew)
            continue;
        entry->second.observation.id = peer.id;
        entry->second.knownSinceMs = steadyMs;
    }
}

std::vector<rules::Observation> HealthBoard::observations() const
{
    const base::MutexLock lock(m_mutex);
    std::vector<rules::Observation> all;
    all.reserve(m_entries.size());
    for (const auto &[id, entry] : m_entries)
        all.push_back(entry.observation);
    return all;
}

std::optional<rules::Observation> HealthBoard::find(const NodeId &node) const
{
    const base::MutexLock lock(m_mutex);
    const auto found = m_entries.find(node);
    return found == m_entries.end() ? std::nullopt : std::optional(found->second.observation);
}

std::int64_t HealthBoard::lastSign(const Entry &entry)
{
    return entry.observation.lastSeenSteadyMs.value_or(entry.knownSinceMs);
}

bool HealthBoard::isBeating(const NodeId &node, std::int64_t steadyMs) const
{
    const base::MutexLock lock(m_mutex);
    const auto found = m_entries.find(node);
    if (found == m_entries.end())
        return false;
    return steadyMs - lastSign(found->second) <= kBeatingMs;
}

bool HealthBoard::isSilent(const NodeId &node, std::int64_t steadyMs) const
{
    const base::MutexLock lock(m_mutex);
    const auto found = m_entries.find(node);
    if (found == m_entries.end())
        return false;
    return steadyMs - lastSign(found->second) >= rules::Health::kGiveUpMs;
}

std::vector<protocol::HealthSample> HealthBoard::samples(const NodeId &node, std::int64_t resolutionSeconds,
                                                         std::int64_t sinceMs) const
{
    const base::MutexLock lock(m_mutex);
    const auto found = m_entries.find(node);
    return found == m_entries.end() ? std::vector<protocol::HealthSample>()
                                    : found->second.beats.samples(resolutionSeconds, sinceMs);
}

}  // namespace maxiofs::cluster
