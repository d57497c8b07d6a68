// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cluster/link/forwarded.h"
#include "cluster/rules/health.h"
#include "cluster/rules/membership.h"
#include "protocol/health_history.h"
#include "records/buckets.h"
#include "records/cluster_nodes.h"

namespace maxiofs::cluster {

// This node's part in the cluster, for the APIs: membership, shared records, reserved names and the others'
// health. Drives the machines of cluster/rules, each on one thread of its own. Calls that change something
// wait for the outcome and belong on a blocking pool; the others may be made on any thread.
class Cluster {
public:
    virtual ~Cluster() = default;

    // --- Membership: errors as rules::Membership tells them
    [[nodiscard]] virtual Result<rules::Membership::Founded> initialize(const std::string &name,
                                                                        const std::string &region) = 0;
    struct JoinWish {
        std::string endpoint;  // any member
        std::string token;
        std::string name;  // of this node; empty: as it is
        std::string region;
        std::optional<std::int64_t> priority;
        std::optional<QJsonObject> metadata;
        bool acceptRenames = false;
    };
    /// Returns once this node has the cluster's records.
    [[nodiscard]] virtual Result<rules::Membership::Joined> join(const JoinWish &wish) = 0;
    struct InviteWish {
        std::string endpoint;  // of the lone node
        std::string token;
        std::string name;
        std::string region;
        std::optional<std::int64_t> priority;
        std::optional<QJsonObject> metadata;
        bool acceptRenames = false;
        std::string username;     // an administrator of the lone node; empty: it has the token
        std::string password;     //
        std::string certificate;  // with username: the fingerprint that the lone node must show
    };
    [[nodiscard]] virtual Result<NodeId> invite(const InviteWish &wish) = 0;
    [[nodiscard]] virtual Status removeNode(const NodeId &node, bool force) = 0;
    [[nodiscard]] virtual Status leave(bool force) = 0;
    [[nodiscard]] virtual Result<std::string> rotateToken() = 0;
    [[nodiscard]] virtual bool isMember() const = 0;
    /// First 8 hex digits of the token's SHA-256; empty for a lone node.
    [[nodiscard]] virtual std::string tokenFingerprint() const = 0;

    // --- Records
    /// Waits until every healthy member has taken all changes that were made here so far, at most 1 s. A lone
    /// node returns at once.
    virtual void settle() = 0;
    /// Asks all members for a bucket, user (by name) or access key that this node does not know: whether it
    /// came. At once, without asking, where the last refusal is younger than 1 s.
    [[nodiscard]] virtual bool seek(records::Kind kind, const std::string &name) = 0;
    /// Reserves the name of a bucket that is about to be made: AlreadyExists, Busy.
    [[nodiscard]] virtual Status reserveBucket(const std::string &name, const BucketId &holder) = 0;

    // --- Requests that are passed on; any thread, without waiting
    /// The value of link::kForwardedHeader for a request that this node passes on now; as link::Forwarded
    /// says.
    [[nodiscard]] virtual std::string forwardedValue(const records::Epoch &epoch,
                                                     std::string_view clientAddress, bool clientTls,
                                                     bool toReplica, std::string_view method,
                                                     std::string_view target) const = 0;
    /// What a member says of a request that it passed on to this node: link::readForwarded() under the tokens
    /// that are good now. Unauthenticated on a lone node, and when `edge` is no member.
    [[nodiscard]] virtual Result<link::Forwarded>
    readForwarded(std::string_view value, std::string_view method, std::string_view target) const = 0;
    /// A request could not be passed on to the node: it is probed at once.
    virtual void forwardFailed(const NodeId &node) = 0;

    // --- Health
    [[nodiscard]] virtual std::vector<rules::Observation> observations() const = 0;
    [[nodiscard]] virtual std::optional<rules::Observation> observation(const NodeId &node) const = 0;
    /// Probes all members now; returns when all have answered or failed (5 s).
    virtual void probeNow() = 0;
    /// Beats' round trips of a member: 1 h at 1 s or 24 h at 10 s, as monitor::NodeMonitor::history().
    [[nodiscard]] virtual protocol::HealthHistory history(const NodeId &node, std::int64_t resolutionSeconds,
                                                          std::int64_t sinceMs) const = 0;
};

}  // namespace maxiofs::cluster
