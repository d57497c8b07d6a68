// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/console/failover_endpoints.h"

#include "api/console/replication_request.h"
#include "api/console/replication_views.h"
#include "api/console/views.h"
#include "protocol/failover.h"
#include "records/failover.h"

#include <algorithm>
#include <future>

using namespace Qt::StringLiterals;

namespace maxiofs::api::console {

namespace {

constexpr std::string_view kNoReplica = "no-replica";  // a refusal's subject
constexpr std::chrono::seconds kFreshestLimit{5};      // it answers long before

QJsonObject failoverViewOf(const Context &context, const records::BucketRecord &bucket)
{
    return protocol::toJson(protocol::BucketFailover{bucket.failover,
                                                     records::failoverOf(bucket, context.settings),
                                                     records::clusterFailover(context.settings)});
}

// The replicas that answer, the freshest first.
std::vector<NodeId> freshestOf(const Context &context, const BucketId &bucket)
{
    const auto promise = std::make_shared<std::promise<std::vector<NodeId>>>();
    auto told = promise->get_future();
    context.replicas.freshest(bucket,
                              [promise](std::vector<NodeId> nodes) { promise->set_value(std::move(nodes)); });
    if (told.wait_for(kFreshestLimit) != std::future_status::ready)
        return {};
    return told.get();
}

Result<NodeId> targetOf(const Context &context, const records::BucketRecord &bucket,
                        const protocol::PromoteRequest &request)
{
    if (!request.nodeId.empty()) {
        TRY_ASSIGN(const records::ClusterNode node, nodeNamed(context, request.nodeId, "node_id"));
        return node.id;
    }
    for (const NodeId &node : freshestOf(context, bucket.id)) {
        if (node != bucket.location.owner)
            return node;
    }
    return failure(Error::PreconditionFailed,
                   "No full replica of the bucket " + bucket.name +
                       " can be reached: only a rule without prefix, with deletes and metadata, makes one.",
                   std::string(kNoReplica));
}

QJsonObject nodeField()
{
    return {{"field"_L1, u"node_id"_s}};
}

}  // namespace

Result<Answer> getFailover(Call &call)
{
    TRY_ASSIGN(const records::BucketPtr bucket, call.context.buckets.find(call.parameters.at(0)));
    return Answer::ok(failoverViewOf(call.context, *bucket));
}

Result<Answer> setFailover(Call &call)
{
    TRY_ASSIGN(const auto request, protocol::fromJson<protocol::BucketFailover>(call.body));
    TRY_ASSIGN(const records::BucketPtr before, call.context.buckets.find(call.parameters.at(0)));
    call.note.resource = before->name;
    call.note.before = failoverViewOf(call.context, *before);
    TRY_ASSIGN(const records::BucketPtr bucket,
               call.context.buckets.setFailover(before->name, request.failover));
    const QJsonObject view = failoverViewOf(call.context, *bucket);
    call.note.after = view;
    return Answer::ok(view);
}

Result<Answer> promoteBucket(Call &call)
{
    const Context &context = call.context;
    TRY_ASSIGN(const auto request, protocol::fromJson<protocol::PromoteRequest>(call.body));
    TRY_ASSIGN(const records::BucketPtr bucket, context.buckets.find(call.parameters.at(0)));
    call.note.resource = bucket->name;
    const std::string former = primaryNodeOf(context, *bucket);
    TRY_ASSIGN(const NodeId target, targetOf(context, *bucket, request));
    if (target.uuid() == former)
        return sameNode("The node " + nameOfNode(context, target) + " owns the bucket " + bucket->name +
                        " already.");
    call.note.before = QJsonObject{{"node_id"_L1, QString::fromStdString(former)}};
    TRY_ASSIGN(const records::Epoch epoch, context.ownership.promote(bucket->id, target, request.force));
    protocol::PromotedBucket promoted;
    promoted.bucket = bucket->name;
    promoted.nodeId = target.uuid();
    promoted.nodeName = nameOfNode(context, target);
    promoted.formerNodeId = former;
    promoted.formerNodeName = nameOfNode(context, bucket->location.owner);
    promoted.epoch = static_cast<std::int64_t>(epoch.number);
    const QJsonObject view = protocol::toJson(promoted);
    call.note.after = view;
    return Answer::ok(view);
}

std::optional<Refusal> failoverRefusal(const Error &error)
{
    switch (error.code) {
    case Error::PreconditionFailed:
        return Refusal{
            409, error.subject == kNoReplica ? "NoFullReplica" : "NotPromotable", error.message, {}};
    case Error::TimedOut: return Refusal{504, "OutcomeUnknown", error.message, {}};
    case Error::Closed: return Refusal{502, "PeerUnreachable", error.message, {}};
    case Error::InvalidArgument: break;
    default: return std::nullopt;
    }
    // What the request itself may not say has a field, or is known from rules.
    if (error.subject == "node_id" || error.subject == "force" || error.subject == "failover")
        return Refusal{
            400, "InvalidArgument", error.message, {{"field"_L1, QString::fromStdString(error.subject)}}};
    auto refusal = replicationRefusal(error);
    if (refusal && refusal->code != "InvalidArgument") {
        refusal->details = nodeField();
        return refusal;
    }
    return Refusal{400, "NoFullReplica", error.message, nodeField()};
}

}  // namespace maxiofs::api::console
