// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/console/membership_endpoints.h"

#include "api/console/cluster_endpoints.h"
#include "api/console/views.h"
#include "crypto/digest.h"

using namespace Qt::StringLiterals;

namespace maxiofs::api::console {

namespace {

constexpr std::size_t kFingerprintDigits = 8;

// For the caller, whose tokens ended: membership changes the key that signs them.
std::optional<protocol::Session> freshSession(const Call &call)
{
    const auto tokens = call.context.identities.sessions().renew(call.identity);
    if (!tokens)
        return std::nullopt;  // no user of the cluster: signs in anew
    return viewOf(*tokens);
}

std::string fingerprintOf(const std::string &token)
{
    return crypto::sha256Hex(asBytes(token)).substr(0, kFingerprintDigits);
}

QJsonObject placeOf(const Call &call)
{
    const records::ClusterConfig config = call.context.nodes.config();
    return {{"node_name"_L1, QString::fromStdString(config.nodeName)},
            {"is_cluster_enabled"_L1, config.isClusterEnabled},
            {"token_fingerprint"_L1, QString::fromStdString(call.context.cluster.tokenFingerprint())}};
}

// The rules tell of buckets by name in the subject of Busy, which has other reasons too.
Error withBuckets(const Call &call, const NodeId &node, Error error)
{
    if (error.code != Error::Busy)
        return error;
    std::string names;
    for (const records::BucketPtr &bucket : call.context.buckets.all()) {
        if (bucket->location.owner == node)
            names += (names.empty() ? "" : ", ") + bucket->name;
    }
    if (names.empty())
        return error;
    return {Error::BucketNotEmpty, std::move(error.message), std::move(names)};
}

void tellOfNode(const Call &call, const records::ClusterNode &node, QLatin1StringView change)
{
    QJsonObject payload = protocol::toJson(viewOf(call.context, node));
    payload.insert("change"_L1, change);
    call.context.events.publish("node", std::move(payload));
}

Result<records::ClusterNode> joinCluster(const Call &call, const protocol::NodeRequest &request,
                                         protocol::AddedNode &added)
{
    cluster::Cluster::JoinWish wish;
    wish.endpoint = request.endpoint;
    wish.token = request.nodeToken;
    wish.name = request.name;
    wish.region = request.region;
    wish.priority = request.priority;
    wish.metadata = request.metadata;
    wish.acceptRenames = request.acceptRenames;
    TRY_ASSIGN(auto joined, call.context.cluster.join(wish));
    added.renamedUsers = std::move(joined.userClashes);
    added.renamedBuckets = std::move(joined.bucketClashes);
    added.renamedTenants = std::move(joined.tenantClashes);
    added.session = freshSession(call);
    return call.context.nodes.self();
}

Result<records::ClusterNode> inviteNode(const Call &call, const protocol::NodeRequest &request)
{
    cluster::Cluster::InviteWish wish;
    wish.endpoint = request.endpoint;
    wish.token = request.nodeToken;
    wish.name = request.name;
    wish.region = request.region;
    wish.priority = request.priority;
    wish.metadata = request.metadata;
    wish.acceptRenames = request.acceptRenames;
    wish.username = request.remoteUsername;
    wish.password = request.remotePassword;
    for (const char c : request.remoteFingerprint) {
        if (c != ':')
            wish.certificate += static_cast<char>(c >= 'A' && c <= 'F' ? c - 'A' + 'a' : c);
    }
    TRY_ASSIGN(const NodeId id, call.context.cluster.invite(wish));
    return call.context.nodes.find(id);
}

}  // namespace

Result<Answer> initializeCluster(Call &call)
{
    TRY_ASSIGN(const auto request, protocol::fromJson<protocol::InitializeRequest>(call.body));
    call.note.resource = request.nodeName;
    call.note.before = placeOf(call);
    TRY_ASSIGN(const auto founded, call.context.cluster.initialize(request.nodeName, request.region));
    call.note.after = placeOf(call);
    const records::ClusterNode self = call.context.nodes.self();
    tellOfNode(call, self, "initialized"_L1);
    return Answer::created(protocol::toJson(
        protocol::InitializedCluster{self.id.uuid(), founded.token, true, freshSession(call)}));
}

Result<Answer> addNode(Call &call)
{
    TRY_ASSIGN(const auto request, protocol::fromJson<protocol::NodeRequest>(call.body));
    call.note.resource = request.name;
    protocol::AddedNode added;
    TRY_ASSIGN(const records::ClusterNode node, call.context.cluster.isMember()
                                                    ? inviteNode(call, request)
                                                    : joinCluster(call, request, added));
    added.node = viewOf(call.context, node);
    call.note.after = protocol::toJson(added.node);
    tellOfNode(call, node, "joined"_L1);
    return Answer::created(protocol::toJson(added));
}

Result<Answer> removeNode(Call &call)
{
    TRY_ASSIGN(const bool force, call.force());
    TRY_ASSIGN(const records::ClusterNode node, findNode(call));
    call.note.resource = node.name;
    call.note.before = protocol::toJson(viewOf(call.context, node));
    if (Status removed = call.context.cluster.removeNode(node.id, force); !removed)
        return failure(withBuckets(call, node.id, std::move(removed).error()));
    tellOfNode(call, node, "removed"_L1);
    return Answer::done("The node " + node.name + " was removed from the cluster.");
}

Result<Answer> leaveCluster(Call &call)
{
    TRY_ASSIGN(const bool force, call.force());
    const records::ClusterNode self = call.context.nodes.self();
    call.note.resource = self.name;
    call.note.before = placeOf(call);
    if (Status left = call.context.cluster.leave(force); !left)
        return failure(withBuckets(call, self.id, std::move(left).error()));
    call.note.after = placeOf(call);
    tellOfNode(call, call.context.nodes.self(), "left"_L1);
    return Answer::ok(protocol::toJson(protocol::LeftCluster{freshSession(call)}));
}

Result<Answer> rotateToken(Call &call)
{
    call.note.resource = call.context.nodes.config().nodeName;
    call.note.before = placeOf(call);
    TRY_ASSIGN(const std::string token, call.context.cluster.rotateToken());
    call.note.after = placeOf(call);
    return Answer::ok(protocol::toJson(protocol::RotatedToken{token, fingerprintOf(token)}));
}

}  // namespace maxiofs::api::console
