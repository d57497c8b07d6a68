// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/console/replication_request.h"

#include "api/console/replication_views.h"
#include "api/console/views.h"
#include "records/bucket_name.h"

#include <algorithm>
#include <array>

using namespace Qt::StringLiterals;

namespace maxiofs::api::console {

namespace {

constexpr std::string_view kUnknownNode = "unknown-node";
constexpr std::string_view kUnknownBucket = "unknown-bucket";
constexpr std::string_view kSameNode = "same-node";
constexpr std::string_view kElsewhere = "bucket-elsewhere";
constexpr std::string_view kUnavailable = "bucket-unavailable";
constexpr char kOfField = ':';  // then the field that is wrong, in a subject

struct Row {
    Error::Code code;
    std::string_view subject;
    unsigned status;
    std::string_view name;
};

constexpr std::array kRows{
    Row{Error::InvalidArgument, kUnknownNode, 400, "NoSuchNode"},
    Row{Error::InvalidArgument, kUnknownBucket, 400, "NoSuchBucket"},
    Row{Error::InvalidArgument, kSameNode, 400, "SameNode"},
    Row{Error::PreconditionFailed, kElsewhere, 409, "BucketElsewhere"},
    Row{Error::PreconditionFailed, kUnavailable, 409, "BucketUnavailable"},
};

std::unexpected<Error> refuse(Error::Code code, std::string_view subject, std::string message)
{
    return failure(code, std::move(message), std::string(subject));
}

std::unexpected<Error> refuseField(std::string_view subject, std::string_view field, std::string message)
{
    return failure(Error::InvalidArgument, std::move(message),
                   std::string(subject) + kOfField + std::string(field));
}

QJsonObject detailsOf(std::string_view field)
{
    if (field.empty())
        return {};
    return {{"field"_L1, QString::fromUtf8(field.data(), static_cast<qsizetype>(field.size()))}};
}

// Another member may just have made it.
Result<records::BucketPtr> findBucket(const Context &context, const std::string &name)
{
    auto bucket = context.buckets.find(name);
    if (!bucket && context.cluster.isMember() && context.cluster.seek(records::Kind::Bucket, name))
        bucket = context.buckets.find(name);
    return bucket;
}

Status checkCopy(const Context &context, const records::ReplicationRule &rule)
{
    if (const Status name = records::checkBucketName(rule.destinationBucket); !name)
        return failure(Error::InvalidArgument, name.error().message, "destination_bucket");
    const auto there = findBucket(context, rule.destinationBucket);
    if (!there || primaryNodeOf(context, **there) == rule.destinationNode.uuid())
        return {};
    return refuse(Error::PreconditionFailed, kElsewhere,
                  "The bucket " + rule.destinationBucket + " belongs to the node " +
                      nameOfNode(context, (*there)->location.owner) +
                      ": a copy needs a bucket of its destination, or a name that is free.");
}

bool differs(const std::optional<std::string> &given, const std::string &is)
{
    return given && !given->empty() && *given != is;
}

}  // namespace

Result<records::ClusterNode> nodeNamed(const Context &context, const std::string &id, std::string_view field)
{
    const auto parsed = NodeId::fromUuid(id);
    auto node = parsed ? context.nodes.find(*parsed) : failure(Error::NotFound, {});
    if (!node)
        return refuseField(kUnknownNode, field,
                           "There is no node " + id + " in the cluster (field " + std::string(field) + ").");
    return node;
}

std::unexpected<Error> sameNode(std::string message)
{
    return refuseField(kSameNode, "destination_node_id", std::move(message));
}

Result<records::ReplicationRule> ruleFor(const Context &context,
                                         const protocol::ReplicationRuleRequest &request)
{
    const auto bucket = findBucket(context, request.sourceBucket);
    if (!bucket)
        return refuseField(kUnknownBucket, "source_bucket",
                           "There is no bucket " + request.sourceBucket + " (field source_bucket).");
    const records::BucketRecord &source = **bucket;
    TRY_ASSIGN(const records::ClusterNode destination,
               nodeNamed(context, request.destinationNodeId, "destination_node_id"));

    records::ReplicationRule rule;
    rule.tenantId = source.tenantId;
    rule.sourceBucket = source.name;
    rule.sourceBucketId = source.id;
    rule.destinationNode = destination.id;
    rule.destinationBucket = request.destinationBucket.value_or(std::string());
    if (rule.destinationBucket.empty())
        rule.destinationBucket = source.name;
    rule.options = request.options;
    if (primaryNodeOf(context, source) == destination.id.uuid()) {
        const std::string what = rule.isReplica() ? "a bucket is not sent to itself"
                                                  : "a rule sends to another node than the owner";
        return sameNode("The node " + destination.name + " owns the bucket " + source.name +
                        " already: " + what + ".");
    }
    if (source.location.unavailable)
        return refuse(Error::PreconditionFailed, kUnavailable,
                      "The bucket " + source.name + " is unavailable: the node that had it was removed.");
    TRY_STATUS(records::checkOptions(rule.options));
    if (!rule.isReplica())
        TRY_STATUS(checkCopy(context, rule));
    return rule;
}

Status checkUnchanged(const protocol::ReplicationRule &rule, const protocol::ReplicationRuleChange &change)
{
    const auto fixed = [](const std::optional<std::string> &given, const std::string &is,
                          std::string_view field) -> Status {
        if (!differs(given, is))
            return {};
        return failure(Error::InvalidArgument,
                       "The field " + std::string(field) +
                           " of a rule cannot be changed: end this rule and make another.",
                       std::string(field));
    };
    TRY_STATUS(fixed(change.sourceBucket, rule.sourceBucket, "source_bucket"));
    TRY_STATUS(fixed(change.destinationNodeId, rule.destinationNodeId, "destination_node_id"));
    return fixed(change.destinationBucket, rule.destinationBucket, "destination_bucket");
}

std::optional<Refusal> replicationRefusal(const Error &error)
{
    const std::string_view subject(error.subject);
    const std::size_t split = subject.find(kOfField);
    const auto *const row = std::ranges::find_if(kRows, [&](const Row &each) {
        return each.code == error.code && each.subject == subject.substr(0, split);
    });
    if (row != kRows.end()) {
        const bool hasField = split != std::string_view::npos;
        return Refusal{row->status, std::string(row->name), error.message,
                       detailsOf(hasField ? subject.substr(split + 1) : std::string_view())};
    }
    if (error.code == Error::InvalidArgument)
        return Refusal{400, "InvalidArgument", error.message, detailsOf(subject)};
    if (error.code == Error::AlreadyExists) {
        QJsonObject details = detailsOf("destination_node_id");
        details.insert("rule_id"_L1, QString::fromStdString(error.subject));
        return Refusal{400, "DuplicateRule", error.message, details};
    }
    if (error.code == Error::PreconditionFailed)  // cluster::Replication
        return Refusal{409, "RulePaused", error.message, {}};
    return std::nullopt;
}

}  // namespace maxiofs::api::console
