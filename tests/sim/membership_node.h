// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cluster/rules/record_sync.h"
#include "cluster/rules/reservations.h"
#include "membership_disk.h"

namespace maxiofs::sim {

// A node with all its machines but health, for which it only beats: what the server's link and facade do
// around Membership, in small.
class MembershipNode final : public Program, public cluster::rules::Members {
public:
    static constexpr std::string_view kPassword = "right";  // of its administrator
    static constexpr std::int64_t kBeatMs = 4000;

    MembershipNode(Simulator &simulator, std::size_t node, World &world, MembershipDisk &disk,
                   const MembershipFlaws &flaws, MembershipDiskStore::Learnt learnt,
                   const std::string &inviteToken, std::function<void(std::size_t asker)> saidLone);
    ~MembershipNode() override;

    [[nodiscard]] Caller caller() const override { return m_caller; }
    void handle(const Caller &from, Request request, Reply reply) override;

    [[nodiscard]] NodeId self() const override { return m_disk.self; }
    [[nodiscard]] std::vector<Peer> others() const override { return membership.others(); }
    [[nodiscard]] bool isHealthy(const NodeId &member) const override;
    [[nodiscard]] std::string clusterId() const override { return m_disk.clusterId; }

    [[nodiscard]] cluster::rules::NodeDescription describe() const;

private:
    // Signs what the machines ask, and hears what they are answered.
    class Link final : public World {
    public:
        Link(MembershipNode &node, World &world) : m_node(node), m_world(world) {}

        [[nodiscard]] std::int64_t wallMs() const override { return m_world.wallMs(); }
        [[nodiscard]] std::int64_t steadyMs() const override { return m_world.steadyMs(); }
        [[nodiscard]] Id128 randomId() override { return m_world.randomId(); }
        void ask(const Peer &peer, Request request, std::int64_t limitMs, Answered answered) override;
        TimerId after(std::int64_t delayMs, std::move_only_function<void()> call) override
        {
            return m_world.after(delayMs, std::move(call));
        }
        void cancel(TimerId timer) override { m_world.cancel(timer); }

    private:
        MembershipNode &m_node;
        World &m_world;
    };

    [[nodiscard]] cluster::rules::MembershipHooks hooks(const std::string &inviteToken);
    void sign(const Peer &peer, const Request &request);
    void beat();
    void dispatch(const Caller &from, Request request, Reply reply);
    [[nodiscard]] Result<Answer> answerTo(const Caller &from, Request request);
    [[nodiscard]] std::optional<Error> refuse(const Caller &from, Request &request) const;

    Simulator &m_simulator;
    const std::size_t m_node;
    MembershipDisk &m_disk;
    const MembershipFlaws &m_flaws;
    World &m_world;
    const std::function<void(std::size_t)> m_saidLone;
    Link m_link;
    Caller m_caller;
    std::map<NodeId, std::int64_t> m_lastBeat;  // steady
    bool m_wasMember = false;
    std::set<NodeId> m_removed;  // that its membership was told of

public:
    MembershipDiskStore store;
    cluster::rules::Membership membership;
    cluster::rules::RecordSync sync;
    cluster::rules::Reservations reservations;
};

}  // namespace maxiofs::sim
