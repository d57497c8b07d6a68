// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cluster/rules/record_sync.h"
#include "cluster/rules/reservations.h"
#include "memory_store.h"

namespace maxiofs::sim {

class ClusterModel;

// A member as far as records and names go: the machines over the node's disk. Membership and health are
// given, so that histories are short.
class ClusterNode final : public Program, public cluster::rules::Members {
public:
    ClusterNode(ClusterModel &model, Simulator &simulator, std::size_t node, World &world);

    [[nodiscard]] NodeId self() const override;
    [[nodiscard]] std::vector<Peer> others() const override;
    /// As its beats tell it: some seconds late.
    [[nodiscard]] bool isHealthy(const NodeId &member) const override;
    [[nodiscard]] std::string clusterId() const override { return "simulated"; }

    [[nodiscard]] Caller caller() const override;
    void handle(const Caller &from, Request request, Reply reply) override;

    /// A change made on this node, on its disk and told to the others.
    records::Record change(const records::RecordKey &key, QJsonObject body, bool deleted = false);

    MemoryStore store;
    cluster::rules::RecordSync sync;
    cluster::rules::Reservations reservations;

private:
    [[nodiscard]] Result<Answer> dispatch(Request request);
    [[nodiscard]] cluster::rules::SeekRecordAnswer seek(const cluster::rules::SeekRecord &request) const;
    [[nodiscard]] bool isTaken(std::string_view name) const;
    void dropOldTombstones(World &world);

    ClusterModel &m_model;
    Simulator &m_simulator;
    const std::size_t m_node;
};

// Members that keep the same records: what nodes have on their disks, and the promises about it. Models of
// what people do derive from it.
class ClusterModel : public Model {
public:
    struct Setup {
        std::int64_t intervalMs = 30'000;
        std::size_t pageRecords = 3;  // so few that pages end in the middle of everything
    };
    ClusterModel(const History &history, const Rules &rules, Setup setup);

    [[nodiscard]] std::unique_ptr<Program> start(Simulator &simulator, std::size_t node,
                                                 World &world) override;
    [[nodiscard]] bool loseDisk(std::size_t node) override;
    [[nodiscard]] std::int64_t healMs() const override { return 2 * m_setup.intervalMs; }
    [[nodiscard]] std::optional<std::string> check(Simulator &simulator) override;

    // --- For nodes and derived models
    [[nodiscard]] const Rules &rules() const { return m_rules; }
    [[nodiscard]] const Setup &setup() const { return m_setup; }
    [[nodiscard]] RecordDisk &disk(std::size_t node) { return m_disks[node]; }
    [[nodiscard]] const RecordDisk &disk(std::size_t node) const { return m_disks[node]; }
    /// Of each key the greatest version that a disk which is left ever held.
    [[nodiscard]] const std::map<records::RecordKey, records::Record> &greatest() const { return m_greatest; }
    [[nodiscard]] const NodeId &id(std::size_t node) const { return m_ids[node]; }
    [[nodiscard]] std::size_t nodes() const { return m_ids.size(); }
    [[nodiscard]] std::optional<std::size_t> indexOf(const NodeId &id) const;
    [[nodiscard]] std::string certificate(std::size_t node) const;
    /// When the node got its id.
    [[nodiscard]] std::int64_t bornMs(std::size_t node) const { return m_bornMs[node]; }
    [[nodiscard]] static ClusterNode *nodeOf(const Simulator &simulator, std::size_t node);
    void written(std::size_t node, const records::Record &record);
    void dropped(Simulator &simulator, std::size_t node, const records::Record &tombstone);
    /// A settled change must be on the disk of each member that is healthy for `node`.
    void mustBeSettled(Simulator &simulator, std::size_t node, const records::Record &record);

private:
    [[nodiscard]] std::optional<std::string> checkKey(Simulator &simulator, const records::RecordKey &key);

    const Rules &m_rules;
    const Setup m_setup;
    Random m_random;
    Simulator *m_simulator = nullptr;
    std::vector<NodeId> m_ids;
    std::vector<std::int64_t> m_bornMs;
    std::vector<RecordDisk> m_disks;
    std::map<records::RecordKey, records::Record> m_greatest;
};

}  // namespace maxiofs::sim
