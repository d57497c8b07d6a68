// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cluster/rules/members.h"
#include "cluster/rules/world.h"

namespace maxiofs::cluster::rules {

// A join that this node has agreed to and whose outcome it does not know yet.
struct JoinIntent {
    Peer member;  // where to ask; its certificate was seen in the offer
    JoinOfferAnswer offer;
    NodeDescription self;
    std::string key;  // kept sealed
};

// What a node remembers of its membership; every change is on the disk when it returns.
struct MemberState {
    NodeId self;
    std::string clusterId;  // empty: a lone node
    std::optional<ClusterSecrets> secrets;
    std::optional<JoinIntent> intent;
    bool wasMember = false;  // of a cluster before: joins under a new id
};

class MembershipStore {
public:
    virtual ~MembershipStore() = default;

    [[nodiscard]] virtual MemberState state() const = 0;
    /// The members' Node records, tombstones too: a removed id is refused for ever.
    [[nodiscard]] virtual std::vector<records::Record> nodes() const = 0;
    /// Names of users and buckets that this node made while alone, without the built-in administrator.
    [[nodiscard]] virtual std::vector<std::string> ownUserNames() const = 0;
    [[nodiscard]] virtual std::vector<std::string> ownBucketNames() const = 0;
    [[nodiscard]] virtual bool isUserName(std::string_view name) const = 0;
    [[nodiscard]] virtual bool isBucketName(std::string_view name) const = 0;
    /// Names of the buckets that the node owns.
    [[nodiscard]] virtual std::vector<std::string> bucketsOf(const NodeId &node) const = 0;

    /// Makes a cluster of this node alone: all its records become the cluster's.
    [[nodiscard]] virtual Status found(const std::string &clusterId, const ClusterSecrets &secrets,
                                       const NodeDescription &self) = 0;
    [[nodiscard]] virtual Status saveIntent(const std::optional<JoinIntent> &intent) = 0;
    /// In one transaction: drops the records of former clusters, renames users that clash, stamps what this
    /// node made while alone anew, takes the id, the secrets and the members, ends the intent.
    [[nodiscard]] virtual Status enter(const JoinIntent &intent, const JoinConfirmAnswer &answer) = 0;
    /// Becomes a lone node: forgets the secrets, keeps all records.
    [[nodiscard]] virtual Status becomeLone() = 0;
    /// Writes a member down (a Node record under a new stamp).
    [[nodiscard]] virtual Status addNode(const NodeDescription &node, unsigned memberNumber) = 0;
    /// In one transaction: a tombstone for the node, its buckets marked unavailable, the new secrets.
    [[nodiscard]] virtual Status removeNode(const NodeId &node, const ClusterSecrets &secrets) = 0;
    [[nodiscard]] virtual Status saveSecrets(const ClusterSecrets &secrets) = 0;
};

// Who is in the cluster, and what only members know. Joins are two steps, offer and confirm: nothing changes
// on either side until both agree, and a crash in between leaves both as they were or both joined, since the
// joiner writes its intent down before it confirms and asks again until it knows. A machine.
class Membership {
public:
    static constexpr std::int64_t kOfferMs = 60'000;
    static constexpr std::int64_t kAskLimitMs = 5000;
    static constexpr std::int64_t kOverlapMs = 600'000;  // both tokens verify in a planned rotation, at most
    static constexpr std::int64_t kMaxSkewMs = 300'000;
    static constexpr std::int64_t kRetryMs = 1000;  // of a confirm whose answer was lost
    static constexpr unsigned kMaxMembers = 1023;   // member numbers
    static constexpr ProtocolRange kProtocol{1, 1};

    Membership(World &world, MembershipStore &store);
    ~Membership();
    Membership(const Membership &) = delete;
    Membership &operator=(const Membership &) = delete;

    /// Takes up an intent that a crash left.
    void start();

    struct Founded {
        std::string clusterId;
        std::string token;  // shown once
    };
    /// AlreadyExists for a member.
    [[nodiscard]] Result<Founded> initialize(NodeDescription self);

    struct JoinWish {
        Peer member;  // any member: endpoint only
        std::string token;
        NodeDescription self;
        bool acceptRenames = false;
    };
    struct Joined {
        std::string clusterId;
        std::vector<std::string> userClashes;    // renamed
        std::vector<std::string> bucketClashes;  //
    };
    using JoinDone = std::move_only_function<void(Result<Joined>)>;
    /// This node joins the member's cluster. Errors leave both as they were: AlreadyExists (this node is in a
    /// cluster), Unauthenticated (wrong token), Closed or TimedOut (unreachable), InvalidArgument with
    /// subject "clock" (clocks over 5 minutes apart), Unsupported (protocols), PreconditionFailed with the
    /// clashing names as subject (not accepted), Denied (that node was removed or is full).
    void join(JoinWish wish, JoinDone done);

    struct InviteWish {
        JoinInvite invite;
        Peer node;  // the lone node
    };
    /// This member invites a lone node; the same errors.
    void invite(InviteWish wish, std::move_only_function<void(Result<NodeId>)> done);

    /// Removes a member, or this node itself (`leave`). Busy with the bucket names as subject while it owns
    /// buckets, unless forced.
    void remove(const NodeId &node, bool force, std::move_only_function<void(Status)> done);
    void leave(bool force, std::move_only_function<void(Status)> done);
    /// A new token for all, without a pause: the new token, shown once.
    void rotateToken(std::move_only_function<void(Result<std::string>)> done);

    // What others ask. `from` is proven by signature and pinned certificate where the request is not part of
    // a join.
    [[nodiscard]] Result<JoinOfferAnswer> onOffer(const JoinOffer &request);
    [[nodiscard]] Result<JoinConfirmAnswer> onConfirm(const JoinConfirm &request);
    void onInvite(const JoinInvite &request, std::move_only_function<void(Result<JoinInviteAnswer>)> done);
    [[nodiscard]] Result<FetchSecretsAnswer> onFetchSecrets(const NodeId &from, const FetchSecrets &request);
    [[nodiscard]] Result<DeliverSecretsAnswer> onDeliverSecrets(const NodeId &from,
                                                                const DeliverSecrets &request);
    [[nodiscard]] Result<LeaveClusterAnswer> onLeave(const NodeId &from, const LeaveCluster &request);

    /// A member answered that it does not know our token, or that we are no member any more.
    void refusedBy(const Peer &member, bool asRemoved);
    /// A member has another generation of secrets: fetches or delivers.
    void sawGeneration(const Peer &member, const records::Epoch &generation);

    /// Called after every change of membership or secrets.
    void whenChanged(std::function<void()> call) { m_watcher = std::move(call); }

private:
    World &m_world;
    MembershipStore &m_store;
    std::function<void()> m_watcher;
};

}  // namespace maxiofs::cluster::rules
