// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cluster_model.h"
#include "explore.h"

namespace maxiofs::sim {

// People make and delete buckets on any node, ask any node for them, and nodes take buckets from owners that
// they cannot reach. Names are unique, no bucket is dropped, each has one owner, and a node answers for what
// it owns only.
class BucketsModel final : public ClusterModel {
public:
    enum What : unsigned { Create, Delete, TakeOver, Ask, Whats };
    static constexpr std::size_t kNames = 3;
    static constexpr int kMaxHops = 3;

    BucketsModel(const History &history, const Rules &rules);

    [[nodiscard]] std::unique_ptr<Program> start(Simulator &simulator, std::size_t node,
                                                 World &world) override;
    void act(Simulator &simulator, const Step &step) override;
    [[nodiscard]] bool loseDisk(std::size_t node) override;
    [[nodiscard]] std::optional<std::string> check(Simulator &simulator) override;
    [[nodiscard]] std::string describe(const Step &step) const override;

private:
    struct Served {
        std::size_t node = 0;
        records::Epoch epoch;
    };

    void create(Simulator &simulator, std::size_t node, const std::string &name);
    void made(Simulator &simulator, std::size_t node, const BucketId &id, const std::string &name);
    void remove(Simulator &simulator, std::size_t node, const std::string &name);
    void takeOver(Simulator &simulator, std::size_t node, std::uint64_t which);
    void writeRenames(Simulator &simulator, std::size_t node, World &world);
    /// A request for a bucket that comes in at `edge`: who serves it, by way of those who do not.
    [[nodiscard]] std::optional<Served> serve(Simulator &simulator, std::size_t edge,
                                              const std::string &bucket);

    [[nodiscard]] records::Location locationAt(std::size_t node, const std::string &id) const;
    [[nodiscard]] std::vector<const records::Record *> liveBuckets(std::size_t node) const;
    /// The bucket that a node shows under the name.
    [[nodiscard]] std::optional<std::string> resolve(std::size_t node, const std::string &name) const;
    [[nodiscard]] std::optional<std::string> checkNames(std::size_t node) const;
    [[nodiscard]] std::optional<std::string> checkOwners(Simulator &simulator);

    const bool m_calm;  // nothing goes wrong in this history
    bool m_diskLost = false;
    std::map<std::string, std::string> m_acknowledged;  // ids of buckets and their names
    std::set<std::string> m_deleted;                    // ids
};

[[nodiscard]] Scenario bucketsScenario(const Rules &rules);

}  // namespace maxiofs::sim
