// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cluster/cluster.h"
#include "cluster/cluster_machines.h"
#include "cluster/link/door.h"
#include "cluster/link/internal_handlers.h"

namespace maxiofs::cluster {

// The Cluster of a running node: its calls to others, its machines on their threads, and the door for those
// who call it. Any thread, as Cluster says.
class NodeCluster final : public Cluster {
public:
    static constexpr std::chrono::milliseconds kLookLimit{5000};

    struct Context {
        records::Records &records;
        records::ClusterNodes &nodes;
        records::Buckets &buckets;
        MemberStore &members;
        identity::Directory &identities;
        http::Client &client;
        net::BlockingPool &pool;
        const Clock &clock = SystemClock::instance();
        std::string certificate;                     // SHA-256 of the node's certificate, 64 hex
        std::string inviteToken;                     // MAXIOFS_CLUSTER_TOKEN
        std::function<rules::ProbeAnswer()> report;  // of this node's state; any thread, does not block
        /// A bucket lost its name to an older one of another node.
        std::function<void(const records::Buckets::Renamed &)> renamed;
    };
    explicit NodeCluster(Context context);
    ~NodeCluster() override;  // stops

    void start();
    /// Waits until all that can be reached have been asked for what changed; at most so long.
    void catchUp(std::chrono::milliseconds limit);
    /// Begins to ask all members for what changed; does not wait.
    void fetchChanges();
    /// Calls that wait, and later ones, fail with Stopping.
    void stop();

    /// Registers who answers the routes of the cluster itself. Before the node serves.
    void addHandlers(link::InternalHandlers &handlers);
    [[nodiscard]] link::Door &door() { return m_door; }
    [[nodiscard]] PeerCalls &calls() { return m_link; }
    /// The other members.
    [[nodiscard]] std::vector<NodeId> others() const;
    /// Empty for a node that is no other member.
    [[nodiscard]] std::optional<rules::Peer> peerOf(const NodeId &node) const;
    /// For the Forwarder: the node has not answered for so long that waiting for it makes no sense.
    [[nodiscard]] bool isSilent(const NodeId &node) const;
    void setSyncInterval(std::chrono::seconds interval);
    void setProbeTimes(std::chrono::seconds interval, std::chrono::seconds limit);

    [[nodiscard]] Result<rules::Membership::Founded> initialize(const std::string &name,
                                                                const std::string &region) override;
    [[nodiscard]] Result<rules::Membership::Joined> join(const JoinWish &wish) override;
    [[nodiscard]] Result<NodeId> invite(const InviteWish &wish) override;
    [[nodiscard]] Status removeNode(const NodeId &node, bool force) override;
    [[nodiscard]] Status leave(bool force) override;
    [[nodiscard]] Result<std::string> rotateToken() override;
    [[nodiscard]] bool isMember() const override;
    [[nodiscard]] std::string tokenFingerprint() const override;

    void settle() override;
    [[nodiscard]] bool seek(records::Kind kind, const std::string &name) override;
    [[nodiscard]] Status reserveBucket(const std::string &name, const BucketId &holder) override;

    [[nodiscard]] std::string forwardedValue(const records::Epoch &epoch, std::string_view clientAddress,
                                             bool clientTls, bool toReplica, std::string_view method,
                                             std::string_view target) const override;
    [[nodiscard]] Result<link::Forwarded> readForwarded(std::string_view value, std::string_view method,
                                                        std::string_view target) const override;
    void forwardFailed(const NodeId &node) override;

    [[nodiscard]] std::vector<rules::Observation> observations() const override;
    [[nodiscard]] std::optional<rules::Observation> observation(const NodeId &node) const override;
    void probeNow() override;
    [[nodiscard]] protocol::HealthHistory history(const NodeId &node, std::int64_t resolutionSeconds,
                                                  std::int64_t sinceMs) const override;

private:
    [[nodiscard]] rules::NodeDescription described(const std::string &name, const std::string &region,
                                                   const std::optional<std::int64_t> &priority,
                                                   const std::optional<QJsonObject> &metadata) const;
    void refused(const rules::Peer &peer, const Error &error);

    const Context m_context;
    PeerLink m_link;
    ClusterMachines m_machines;
    link::Door m_door;
};

}  // namespace maxiofs::cluster
