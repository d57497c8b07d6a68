// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cluster_model.h"
#include "explore.h"

namespace maxiofs::sim {

// People change and delete records on any node, look for what another has just made, and wait until a change
// is everywhere.
class RecordsModel : public ClusterModel {
public:
    enum What : unsigned { Put, Remove, Seek, Sync, Whats };
    static constexpr std::size_t kKeys = 11;

    RecordsModel(const History &history, const Rules &rules, Setup setup);

    void act(Simulator &simulator, const Step &step) override;
    [[nodiscard]] std::string describe(const Step &step) const override;

    [[nodiscard]] static const records::RecordKey &keyOf(const Step &step);

private:
    void settle(Simulator &simulator, std::size_t node, records::Record changed);
    void seek(Simulator &simulator, std::size_t node, const records::RecordKey &key);
    void syncNow(Simulator &simulator, std::size_t node);
    /// That the node has by now what another had then.
    void mustHave(Simulator &simulator, std::size_t node, const std::vector<records::Record> &records);
    [[nodiscard]] std::vector<records::Record> recordsOf(std::size_t node) const;

    const bool m_reliable;  // messages arrive in time, but for cut links

    std::uint64_t m_edits = 0;
};

/// Records of all kinds under bad weather, crashes and lost disks, for minutes.
[[nodiscard]] Scenario recordsScenario(const Rules &rules);
/// Deletions and nodes that are away for months.
[[nodiscard]] Scenario tombstonesScenario(const Rules &rules);

}  // namespace maxiofs::sim
