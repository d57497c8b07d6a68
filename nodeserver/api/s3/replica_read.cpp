// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/s3/replica_read.h"

#include "api/s3/location_answer.h"
#include "net/completion.h"

// A call lives in the coroutine that serves it.
// NOLINTBEGIN(cppcoreguidelines-avoid-reference-coroutine-parameters)

namespace maxiofs::api::s3 {

namespace {

using Outcome = ReplicaRead::Outcome;

net::Awaitable<std::vector<NodeId>> freshestReplicas(cluster::ReplicaReads &replicas, BucketId bucket)
{
    using Nodes = std::vector<NodeId>;
    auto ask = [&](std::move_only_function<void(Result<Nodes>)> done) {
        replicas.freshest(bucket, [done = std::move(done)](Nodes nodes) mutable { done(std::move(nodes)); });
    };
    auto nodes = co_await net::completion<Nodes>(std::move(ask));
    co_return nodes ? *std::move(nodes) : Nodes();
}

bool readHere(Call &call)
{
    call.replicaLag = call.context.cluster->replicas->replicaLag(call.bucketId());
    return call.replicaLag.has_value();
}

// A node that refuses tells what it knows of the bucket's owner: whether that is another one than was tried.
net::Awaitable<bool> learnMove(Call &call, std::string told, records::Epoch triedEpoch)
{
    const ClusterLinks &links = *call.context.cluster;
    const BucketId bucket = call.bucketId();
    const Status learned =
        co_await call.context.pool.run([&] { return learnLocation(links.records, bucket, told); });
    if (!learned)
        co_return false;
    links.router.forget(bucket);
    const auto route = links.router.find(bucket);
    co_return route && (*route == nullptr || (*route)->epoch != triedEpoch);
}

}  // namespace

bool canReadReplica(OperationId operation)
{
    switch (operation) {
    case OperationId::HeadBucket:
    case OperationId::GetBucketLocation:
    case OperationId::GetBucketVersioning:
    case OperationId::GetBucketAcl:
    case OperationId::ListObjects:
    case OperationId::ListObjectsV2:
    case OperationId::ListObjectVersions:
    case OperationId::GetObject:
    case OperationId::HeadObject:
    case OperationId::GetObjectAcl:
    case OperationId::GetObjectAttributes:
    case OperationId::GetObjectTagging: return true;
    default: return false;
    }
}

bool answersFromReplica(Call &call, OperationId operation, const cluster::link::Forwarded &forwarded)
{
    const ClusterLinks &links = *call.context.cluster;
    if (!forwarded.toReplica || links.replicas == nullptr || !canReadReplica(operation))
        return false;
    // Who knows of a later owner sends the edge there.
    const auto route = links.router.find(call.bucketId());
    return route && *route != nullptr && (*route)->epoch <= forwarded.epoch && readHere(call);
}

net::Awaitable<S3Result<ReplicaRead>> readReplica(Call &call, cluster::Route route)
{
    const ClusterLinks &links = *call.context.cluster;
    if (links.replicas == nullptr)
        co_return ReplicaRead();
    const std::vector<NodeId> nodes = co_await freshestReplicas(*links.replicas, call.bucketId());
    const NodeId self = links.self();
    for (const NodeId &node : nodes) {
        if (node == self) {
            if (readHere(call))
                co_return ReplicaRead{Outcome::Here, {}};
            continue;
        }
        const auto member = links.router.member(node);
        if (!member)
            continue;
        cluster::Route to{member->peer, member->name, route.epoch};
        CO_S3_TRY(const cluster::ForwardOutcome outcome, co_await forward(call, std::move(to), true));
        if (std::holds_alternative<cluster::Relayed>(outcome))
            co_return ReplicaRead{Outcome::PassedOn, member->name};
        if (const auto *const failed = std::get_if<cluster::Unreachable>(&outcome)) {
            links.cluster.forwardFailed(node);
            if (failed->hasAnswered)
                co_return ReplicaRead{Outcome::PassedOn, member->name};
            continue;
        }
        if (co_await learnMove(call, std::get<cluster::Moved>(outcome).body, route.epoch))
            co_return ReplicaRead{Outcome::Moved, {}};
    }
    co_return ReplicaRead();
}

void addReplicaLag(http::ResponseHead &head, const std::optional<std::chrono::milliseconds> &lag)
{
    if (lag)
        head.add(kReplicaLagHeader, std::to_string(std::chrono::ceil<std::chrono::seconds>(*lag).count()));
}

}  // namespace maxiofs::api::s3

// NOLINTEND(cppcoreguidelines-avoid-reference-coroutine-parameters)
