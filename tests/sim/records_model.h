// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cluster_model.h"
#include "explore.h"

namespace maxiofs::sim {

// People change and delete records on any node, look for what another has just made, and wait until a change
// is everywhere.
class RecordsModel : public ClusterModel {
public:
    enum What : unsigned { Put, Remove, Seek, Whats };
    static constexpr std::size_t kKeys = 10;

    using ClusterModel::ClusterModel;

    void act(Simulator &simulator, const Step &step) override;
    [[nodiscard]] std::string describe(const Step &step) const override;

    [[nodiscard]] static const records::RecordKey &keyOf(const Step &step);

private:
    void settle(Simulator &simulator, std::size_t node, records::Record changed);
    void seek(Simulator &simulator, std::size_t node, const records::RecordKey &key);

    std::uint64_t m_edits = 0;
};

/// Records of all kinds under bad weather, crashes and lost disks, for minutes.
[[nodiscard]] Scenario recordsScenario(const Rules &rules);
/// Deletions and nodes that are away for months.
[[nodiscard]] Scenario tombstonesScenario(const Rules &rules);

}  // namespace maxiofs::sim
