// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/mutex.h"
#include "cluster/beat_history.h"
#include "cluster/rules/health.h"

#include <map>

namespace maxiofs::cluster {

// What Health has seen of the others, for everybody: filled by Health's thread, read on any.
class HealthBoard {
public:
    static constexpr std::int64_t kBeatingMs = 2500;  // a beat and a half late

    /// `steadyMs`: of the rules::World that Health lives in.
    void observed(const rules::Observation &observation, std::int64_t wallMs);
    /// Forgets those that are no members any more; shows the new ones as unknown.
    void setMembers(const std::vector<rules::Peer> &others, std::int64_t steadyMs);

    /// In order of id.
    [[nodiscard]] std::vector<rules::Observation> observations() const;
    [[nodiscard]] std::optional<rules::Observation> find(const NodeId &node) const;
    /// Whether it has answered its last beats, or is so new that it could not yet.
    [[nodiscard]] bool isBeating(const NodeId &node, std::int64_t steadyMs) const;
    /// Whether it is a member and has been silent for Health::kGiveUpMs.
    [[nodiscard]] bool isSilent(const NodeId &node, std::int64_t steadyMs) const;
    [[nodiscard]] std::vector<protocol::HealthSample>
    samples(const NodeId &node, std::int64_t resolutionSeconds, std::int64_t sinceMs) const;

private:
    struct Entry {
        rules::Observation observation;
        std::int64_t knownSinceMs = 0;  // steady
        BeatHistory beats;
    };

    [[nodiscard]] static std::int64_t lastSign(const Entry &entry);

    mutable base::Mutex m_mutex;
    std::map<NodeId, Entry> m_entries GUARDED_BY(m_mutex);
};

}  // namespace maxiofs::cluster
