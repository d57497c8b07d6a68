// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cluster/rules/member_record.h"
#include "cluster/rules/membership.h"

#include <deque>
#include <set>

namespace maxiofs::membership_town {

using namespace cluster::rules;

// What a node has on its disk, as far as its membership goes.
class MemberMemory final : public MembershipStore {
public:
    explicit MemberMemory(const std::int64_t &wallMs) : m_wallMs(wallMs) {}

    MemberState kept;
    std::map<NodeId, records::Record> records;  // Kind::Node
    std::vector<std::string> users;             // made while alone
    std::vector<std::string> ownBuckets;        //
    std::vector<std::string> tenants;           //
    std::set<std::string, std::less<>> userNames;
    std::set<std::string, std::less<>> bucketNames;
    std::set<std::string, std::less<>> tenantNames;
    std::map<NodeId, std::vector<std::string>> buckets;  // by owner
    std::set<std::string> unavailable;
    bool isFull = false;  // writes are refused

    [[nodiscard]] MemberState state() const override { return kept; }
    [[nodiscard]] std::vector<records::Record> nodes() const override;
    [[nodiscard]] std::vector<std::string> ownUserNames() const override { return users; }
    [[nodiscard]] std::vector<std::string> ownBucketNames() const override { return ownBuckets; }
    [[nodiscard]] std::vector<std::string> ownTenantNames() const override { return tenants; }
    [[nodiscard]] bool isUserName(std::string_view name) const override { return userNames.contains(name); }
    [[nodiscard]] bool isBucketName(std::string_view name) const override
    {
        return bucketNames.contains(name);
    }
    [[nodiscard]] bool isTenantName(std::string_view name) const override
    {
        return tenantNames.contains(name);
    }
    [[nodiscard]] std::vector<std::string> bucketsOf(const NodeId &node) const override;
    [[nodiscard]] Status found(const std::string &clusterId, const ClusterSecrets &secrets,
                               const NodeDescription &self) override;
    [[nodiscard]] Status saveIntent(const std::optional<JoinIntent> &intent) override;
    [[nodiscard]] Status enter(const JoinIntent &intent, const JoinConfirmAnswer &answer) override;
    [[nodiscard]] Status becomeLone() override;
    [[nodiscard]] Status addNode(const NodeDescription &node, unsigned memberNumber) override;
    [[nodiscard]] Status removeNode(const NodeId &node, const ClusterSecrets &secrets) override;
    [[nodiscard]] Status saveSecrets(const ClusterSecrets &secrets) override;
    [[nodiscard]] Status markOwnersRemoved() override;

    [[nodiscard]] unsigned numberOf(const NodeId &node) const;
    [[nodiscard]] std::set<NodeId> members() const;

private:
    [[nodiscard]] Status writable() const;
    void put(const NodeId &node, QJsonObject body, bool deleted);

    const std::int64_t &m_wallMs;
};

// Some nodes in one thread and one simulated time, with links that can be cut and answers that can be lost.
// Node records reach others only by spread(), so that tests say when.
class MembershipTown {
public:
    struct Node;

    explicit MembershipTown(std::size_t nodes);
    ~MembershipTown();

    [[nodiscard]] Node &operator[](std::size_t node) { return *m_nodes[node]; }
    /// Runs what happens in this time.
    void run(std::int64_t ms);
    /// All members take each other's Node records.
    void spread();
    /// Stops a node and starts it from its disk.
    void restart(std::size_t node);
    /// The nodes' beats: each hears of the others' generation, and of refusals.
    void beat();

    /// Node 0 founds a cluster, the others join it.
    void gather();
    std::optional<Result<Membership::Joined>> join(std::size_t node, std::size_t member,
                                                   const std::string &token, bool acceptRenames = false,
                                                   std::int64_t runMs = 1000);
    [[nodiscard]] std::string token(std::size_t node) const;

    std::set<std::pair<std::size_t, std::size_t>> cut;           // both ways
    std::function<bool(const Request &)> losesAnswer;            // of requests that it is true for
    std::function<void(std::size_t to, const Request &)> heard;  // requests that were let in
    std::vector<std::string> refusals;                           // subjects of those that were not
    std::set<unsigned> reservedElsewhere;                        // member numbers

private:
    class TownWorld;
    struct Event {
        std::int64_t atMs;
        std::uint64_t order;
        std::size_t node;
        std::uint64_t life;
        std::move_only_function<void()> call;
    };

    void start(std::size_t node);
    void push(std::int64_t delayMs, std::size_t node, std::uint64_t life,
              std::move_only_function<void()> call);
    void ask(std::size_t from, const Peer &peer, Request request, std::int64_t limitMs,
             World::Answered answered);
    void handle(std::size_t from, std::size_t to, Request request,
                std::move_only_function<void(Result<Answer>)> reply);

    std::vector<std::unique_ptr<Node>> m_nodes;
    std::vector<Event> m_events;
    std::int64_t m_nowMs = 0;
    std::uint64_t m_order = 0;
    std::uint64_t m_ids = 0;
};

struct MembershipTown::Node {
    explicit Node(std::size_t index);

    [[nodiscard]] NodeDescription describe() const;
    [[nodiscard]] NodeId id() const { return disk.kept.self; }
    [[nodiscard]] bool isMember() const { return !disk.kept.clusterId.empty(); }
    [[nodiscard]] Peer address() const { return {{}, endpoint, {}}; }

    std::string name;
    std::string endpoint;
    std::string certificate;
    std::int64_t wallMs = 1'700'000'000'000;
    std::string inviteToken;  // counts at the next restart()
    MemberMemory disk;
    std::uint64_t life = 0;
    std::unique_ptr<World> world;
    std::unique_ptr<Membership> membership;
};

}  // namespace maxiofs::membership_town
