// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cluster/rules/admission.h"
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
    /// The members' Node records, tombstones too: a removed id is refused for ever. Of no interest while
    /// lone.
    [[nodiscard]] virtual std::vector<records::Record> nodes() const = 0;
    /// Names of users, buckets and tenants that this node made while alone, without the built-in
    /// administrator.
    [[nodiscard]] virtual std::vector<std::string> ownUserNames() const = 0;
    [[nodiscard]] virtual std::vector<std::string> ownBucketNames() const = 0;
    [[nodiscard]] virtual std::vector<std::string> ownTenantNames() const = 0;
    [[nodiscard]] virtual bool isUserName(std::string_view name) const = 0;
    [[nodiscard]] virtual bool isBucketName(std::string_view name) const = 0;
    [[nodiscard]] virtual bool isTenantName(std::string_view name) const = 0;
    /// Names of the buckets that the node owns.
    [[nodiscard]] virtual std::vector<std::string> bucketsOf(const NodeId &node) const = 0;

    /// Makes a cluster of this node alone: all its records become the cluster's, but Node records of a former
    /// cluster, which are dropped. It takes self.id, which is a new one for a former member, and member
    /// number 1.
    [[nodiscard]] virtual Status found(const std::string &clusterId, const ClusterSecrets &secrets,
                                       const NodeDescription &self) = 0;
    [[nodiscard]] virtual Status saveIntent(const std::optional<JoinIntent> &intent) = 0;
    /// In one transaction: drops the records of former clusters, renames users and tenants that clash, stamps
    /// what this node made while alone anew, takes the intent's self.id (a new one for a former member), the
    /// secrets and the members, ends the intent.
    [[nodiscard]] virtual Status enter(const JoinIntent &intent, const JoinConfirmAnswer &answer) = 0;
    /// Becomes a lone node: forgets the secrets and any intent, keeps all records but other members' and
    /// their buckets. wasMember from now on. Also called for a lone node that gives up a join: others may
    /// count it among the members.
    [[nodiscard]] virtual Status becomeLone() = 0;
    /// Writes a member down (a Node record under a new stamp), or this node's new number. Never called for a
    /// removed id.
    [[nodiscard]] virtual Status addNode(const NodeDescription &node, unsigned memberNumber) = 0;
    /// In one transaction: a tombstone for the node, its buckets marked unavailable, the new secrets.
    [[nodiscard]] virtual Status removeNode(const NodeId &node, const ClusterSecrets &secrets) = 0;
    [[nodiscard]] virtual Status saveSecrets(const ClusterSecrets &secrets) = 0;
    /// Marks the buckets that removed nodes own unavailable, where that is not done: a bucket may become
    /// known after its owner's removal.
    [[nodiscard]] virtual Status markOwnersRemoved() = 0;
};

// What the node does for its membership.
struct MembershipHooks {
    /// What this node says of itself when it accepts an invitation (its id is of no matter).
    std::function<NodeDescription()> describe;
    /// Whether these are an administrator's of this node: success, or Unauthenticated or Denied. Calls later.
    std::function<void(const std::string &username, const std::string &password,
                       std::move_only_function<void(Status)> call)>
        checkAdministrator;
    /// Reservations::reserve: of "member-number/<n>" (isMemberNumberTaken says whether it is in use).
    std::function<void(const std::string &name, const Id128 &holder,
                       std::move_only_function<void(Status)> call)>
        reserve;
    std::string
        inviteToken;  // MAXIOFS_CLUSTER_TOKEN: a lone node accepts an invitation that is signed with it
};

/// For the hook `reserve`: whether "member-number/<n>" belongs to a member. False for any other name.
[[nodiscard]] bool isMemberNumberTaken(std::string_view reserved, const std::vector<records::Record> &nodes);

// Who is in the cluster, and what only members know. Joins are two steps, offer and confirm: nothing changes
// on either side until both agree, and a crash in between leaves both as they were or both joined, since the
// joiner writes its intent down before it confirms and asks the same member again until it knows. A machine.
//
// What it promises, and the simulation checks: when all messages arrive again, all members name the same
// members with numbers of their own and hold the same secrets, which no removed node has ever known; a node
// is a member for all members and itself, or for none.
//
// What it cannot do: keep a node whose join nobody has heard of but members that are gone, once the others
// have forgotten every token that it knows: it becomes lone again, with all its data.
class Membership {
public:
    static constexpr std::int64_t kOfferMs = 60'000;
    static constexpr std::int64_t kAskLimitMs = 5000;
    static constexpr std::int64_t kInviteLimitMs = 20'000;
    static constexpr std::int64_t kInvitationMs = 60'000;
    static constexpr std::int64_t kOverlapMs = 600'000;  // both tokens verify in a planned rotation, at most
    static constexpr std::int64_t kMaxSkewMs = 300'000;
    static constexpr std::int64_t kRetryMs = 1000;       // of a confirm whose answer was lost
    static constexpr std::int64_t kPatienceMs = 10'000;  // then a join that goes on is answered with TimedOut
    static constexpr std::int64_t kGraceMs = 10'000;     // until what should come by itself is missed
    static constexpr std::int64_t kGreetMs = 3000;       // word of a join through another takes its time
    static constexpr std::int64_t kGoneMs = 300'000;     // what others say for this long is no passing state
    static constexpr std::size_t kFormerTokens = 8;
    static constexpr unsigned kMaxMembers = 1023;   // member numbers
    static constexpr std::size_t kMaxOffers = 100;  // open at once; so for invitations
    static constexpr ProtocolRange kProtocol{1, 1};

    Membership(World &world, MembershipStore &store, MembershipHooks hooks);
    ~Membership();
    Membership(const Membership &) = delete;
    Membership &operator=(const Membership &) = delete;

    /// Takes up an intent that a crash left, and what else it interrupted.
    void start();

    struct Founded {
        std::string clusterId;
        std::string token;  // shown once
    };
    /// AlreadyExists for a member, Busy while a join goes on.
    [[nodiscard]] Result<Founded> initialize(NodeDescription self);

    struct JoinWish {
        Peer member;  // any member: endpoint only
        std::string token;
        NodeDescription self;  // but its id
        bool acceptRenames = false;
    };
    struct Joined {
        NodeId self;  // a new id for a former member
        std::string clusterId;
        std::vector<std::string> userClashes;    // renamed
        std::vector<std::string> bucketClashes;  //
        std::vector<std::string> tenantClashes;  //
    };
    using JoinDone = std::move_only_function<void(Result<Joined>)>;
    /// This node joins the member's cluster. Errors leave both as they were: AlreadyExists (this node is in a
    /// cluster), NotFound (that one is in none), Unauthenticated (wrong token), Closed or TimedOut with
    /// subject "member" (unreachable), InvalidArgument with subject "clock" (clocks over 5 minutes apart),
    /// Unsupported (protocols), PreconditionFailed with the clashing names as subject (not accepted), Denied
    /// (the cluster is full, or another node has this one's id), Busy (another join goes on). TimedOut with
    /// subject "join": the outcome is unknown, the join goes on until it is known.
    void join(JoinWish wish, JoinDone done);

    struct InviteWish {
        JoinInvite invite;  // with `key` (the token) or `username` and `password`; `secret` is set here
        Peer node;          // the lone node
    };
    /// This member invites a lone node; the same errors, and Unauthenticated with subject "credentials" or
    /// "token" where the lone node does not agree.
    void invite(InviteWish wish, std::move_only_function<void(Result<NodeId>)> done);

    /// Removes a member, or this node itself (`leave`). Busy with the bucket names as subject while it owns
    /// buckets, unless forced. NotFound for no member.
    void remove(const NodeId &node, bool force, std::move_only_function<void(Status)> done);
    /// Closed when no other member can be reached, unless forced. Forced on a lone node whose join goes on:
    /// gives that up; the cluster finds out and forgets the node.
    void leave(bool force, std::move_only_function<void(Status)> done);
    /// A new token for all, without a pause: the new token, shown once. Busy while the last one goes on.
    void rotateToken(std::move_only_function<void(Result<std::string>)> done);

    // What others ask, after Admission let it in. `from` is proven by signature or pinned certificate.
    [[nodiscard]] Result<JoinOfferAnswer> onOffer(const JoinOffer &request);
    void onConfirm(const JoinConfirm &request, std::move_only_function<void(Result<JoinConfirmAnswer>)> done);
    void onInvite(const JoinInvite &request, std::move_only_function<void(Result<JoinInviteAnswer>)> done);
    [[nodiscard]] Result<FetchSecretsAnswer> onFetchSecrets(const NodeId &from, const FetchSecrets &request);
    [[nodiscard]] Result<DeliverSecretsAnswer> onDeliverSecrets(const NodeId &from,
                                                                const DeliverSecrets &request);
    [[nodiscard]] Result<LeaveClusterAnswer> onLeave(const NodeId &from, const LeaveCluster &request);

    /// Call for every refusal of any internal call (refusalOf() is not empty) that came over a connection
    /// with the member's pinned certificate: fetches the secrets, becomes lone, or forgets a node that has
    /// left.
    void refusedBy(const Peer &member, const Error &refusal);
    /// A member has this generation of secrets (its beats say it): fetches or delivers.
    void sawGeneration(const Peer &member, const records::Epoch &generation);
    /// Call after Node or Location records of others were merged.
    void recordsMerged();

    /// Who is let in now. Anew after each change.
    [[nodiscard]] std::shared_ptr<const Admission> admission() const { return m_admission; }
    /// The token with which to sign what goes to a member: in a planned rotation the one that it knows. Empty
    /// for a lone node.
    [[nodiscard]] std::string signingToken(const NodeId &member) const;
    /// All other members that are not removed, in order of id; empty for a lone node.
    [[nodiscard]] std::vector<Peer> others() const;

    /// Called after every change of membership, secrets or admission.
    void whenChanged(std::function<void()> call) { m_watcher = std::move(call); }

private:
    struct Parts;
    void changed();
    void renewAdmission();

    std::unique_ptr<Parts> m_parts;
    std::shared_ptr<const Admission> m_admission;
    std::function<void()> m_watcher;
};

}  // namespace maxiofs::cluster::rules
