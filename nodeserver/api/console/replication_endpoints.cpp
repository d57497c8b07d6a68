// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/console/replication_endpoints.h"

#include "api/console/replication_request.h"
#include "api/console/replication_views.h"
#include "api/console/views.h"

#include <algorithm>

namespace maxiofs::api::console {

namespace {

using records::ReplicationRule;
using records::ReplicationRulePtr;

QJsonObject jsonOf(const Call &call, const ReplicationRule &rule)
{
    return protocol::toJson(viewOf(call.context, rule));
}

Result<ReplicationRulePtr> ruleOf(Call &call)
{
    TRY_ASSIGN(ReplicationRulePtr rule, call.context.rules.find(call.parameters.at(0)));
    call.note.resource = rule->sourceBucket;
    return rule;
}

// Who stops a rule, and since when, is shown with it.
void setEnabled(ReplicationRule &rule, bool enabled, const Call &call)
{
    if (rule.options.enabled == enabled)
        return;
    rule.options.enabled = enabled;
    rule.pausedBy = enabled ? std::string() : call.user().username;
    rule.pausedMs = enabled ? 0 : call.context.clock.unixMs();
}

void apply(ReplicationRule &rule, const protocol::ReplicationRuleChange &change, const Call &call)
{
    protocol::ReplicationRuleOptions &options = rule.options;
    setEnabled(rule, change.enabled.value_or(options.enabled), call);
    options.syncIntervalSeconds = change.syncIntervalSeconds.value_or(options.syncIntervalSeconds);
    options.replicateDeletes = change.replicateDeletes.value_or(options.replicateDeletes);
    options.replicateMetadata = change.replicateMetadata.value_or(options.replicateMetadata);
    options.prefix = change.prefix.value_or(options.prefix);
    options.priority = change.priority.value_or(options.priority);
    options.policy = change.policy.value_or(options.policy);
    options.bandwidthLimitBytesPerSecond =
        change.bandwidthLimitBytesPerSecond.value_or(options.bandwidthLimitBytesPerSecond);
}

Result<Answer> edited(Call &call, const ReplicationRulePtr &before,
                      const std::function<Status(ReplicationRule &)> &edit)
{
    call.note.before = jsonOf(call, *before);
    TRY_ASSIGN(const ReplicationRulePtr rule, call.context.rules.edit(before->id, edit));
    const QJsonObject view = jsonOf(call, *rule);
    call.note.after = view;
    return Answer::ok(view);
}

Result<Answer> enabledAs(Call &call, bool enabled)
{
    TRY_ASSIGN(const ReplicationRulePtr before, ruleOf(call));
    return edited(call, before, [&](ReplicationRule &rule) -> Status {
        setEnabled(rule, enabled, call);
        return {};
    });
}

// What each owner told of the rules that it sends by.
std::map<std::string, protocol::ReplicationState> statesOf(const Call &call)
{
    std::map<std::string, protocol::ReplicationState> states = call.context.replication.states();
    for (const MemberAnswer &other : call.others) {
        const auto told = other.page<protocol::ReplicationRule>();
        if (!told)
            continue;
        for (const protocol::ReplicationRule &rule : told->items)
            states.insert_or_assign(rule.id, rule.state);
    }
    return states;
}

bool isListed(const Call &call, const ReplicationRule &rule)
{
    if (call.isPassedOn && !isSentFromHere(call.context, rule))
        return false;
    const std::string tenant = call.parameter("tenant_id");
    if (!tenant.empty() && rule.tenantId != tenant)
        return false;
    const std::string bucket = call.parameter("bucket");
    if (bucket.empty())
        return true;
    const auto source = call.context.buckets.findById(rule.sourceBucketId);
    return (source ? (*source)->name : rule.sourceBucket) == bucket;
}

}  // namespace

Result<Answer> listReplicationRules(Call &call)
{
    TRY_ASSIGN(const std::size_t limit, call.limit());
    const std::string after = call.parameter("after");
    const auto states = statesOf(call);
    std::vector<protocol::ReplicationRule> views;
    for (const ReplicationRulePtr &rule : call.context.rules.all()) {
        if (rule->id <= after || !isListed(call, *rule))
            continue;
        const auto state = states.find(rule->id);
        views.push_back(viewOf(call.context, *rule, state != states.end() ? &state->second : nullptr));
        if (views.size() > limit)
            break;
    }
    auto page = pageOf(std::move(views), limit, &protocol::ReplicationRule::id);
    page.missing = call.missing();
    return Answer::ok(protocol::pageToJson(page));
}

Result<Answer> createReplicationRule(Call &call)
{
    TRY_ASSIGN(const auto request, protocol::fromJson<protocol::ReplicationRuleRequest>(call.body));
    call.note.resource = request.sourceBucket;
    TRY_ASSIGN(ReplicationRule wanted, ruleFor(call.context, request));
    if (!wanted.options.enabled) {
        wanted.options.enabled = true;
        setEnabled(wanted, false, call);
    }
    TRY_ASSIGN(const ReplicationRulePtr rule, call.context.rules.create(std::move(wanted)));
    const QJsonObject view = jsonOf(call, *rule);
    call.note.after = view;
    return Answer::created(view);
}

Result<Answer> replicateAll(Call &call)
{
    TRY_ASSIGN(const auto request, protocol::fromJson<protocol::ReplicationBulkRequest>(call.body));
    TRY_ASSIGN(const auto source, nodeNamed(call.context, request.sourceNodeId, "source_node_id"));
    TRY_ASSIGN(const auto destination,
               nodeNamed(call.context, request.destinationNodeId, "destination_node_id"));
    call.note.resource = source.name + " -> " + destination.name;
    if (source.id == destination.id)
        return sameNode("The node " + source.name + " does not send to itself: choose another destination.");
    TRY_STATUS(records::checkOptions(request.options));
    protocol::ReplicationBulkResult result;
    std::vector<ReplicationRule> wanted;
    std::vector<std::string> names;
    for (const records::BucketPtr &bucket : call.context.buckets.all()) {
        if (primaryNodeOf(call.context, *bucket) != source.id.uuid())
            continue;
        auto rule = ruleFor(call.context, {bucket->name, destination.id.uuid(), {}, request.options});
        if (!rule) {
            result.skipped.push_back({bucket->name, rule.error().message});
            continue;
        }
        names.push_back(bucket->name);
        wanted.push_back(*std::move(rule));
    }
    const auto made = call.context.rules.createAll(std::move(wanted));
    for (std::size_t i = 0; i < made.size(); ++i) {
        if (made[i])
            result.created.push_back((*made[i])->id);
        else if (made[i].error().code == Error::AlreadyExists ||
                 made[i].error().code == Error::InvalidArgument)
            result.skipped.push_back({names[i], made[i].error().message});
        else
            return failure(made[i].error());
    }
    std::ranges::sort(result.skipped, {}, &protocol::SkippedBucket::bucket);
    const QJsonObject view = protocol::toJson(result);
    call.note.after = view;
    return Answer::ok(view);
}

Result<Answer> getReplicationRule(Call &call)
{
    TRY_ASSIGN(const ReplicationRulePtr rule, ruleOf(call));
    return Answer::ok(jsonOf(call, *rule));
}

Result<Answer> changeReplicationRule(Call &call)
{
    TRY_ASSIGN(const auto change, protocol::fromJson<protocol::ReplicationRuleChange>(call.body));
    TRY_ASSIGN(const ReplicationRulePtr before, ruleOf(call));
    TRY_STATUS(checkUnchanged(viewOf(call.context, *before), change));
    return edited(call, before, [&](ReplicationRule &rule) -> Status {
        apply(rule, change, call);
        return {};
    });
}

Result<Answer> deleteReplicationRule(Call &call)
{
    TRY_ASSIGN(const ReplicationRulePtr rule, ruleOf(call));
    call.note.before = jsonOf(call, *rule);
    TRY_STATUS(call.context.rules.remove(rule->id));
    return Answer::done("The rule that sent the bucket " + rule->sourceBucket + " to the node " +
                        nameOfNode(call.context, rule->destinationNode) + " has ended.");
}

Result<Answer> syncReplicationRule(Call &call)
{
    TRY_ASSIGN(const ReplicationRulePtr rule, ruleOf(call));
    TRY_STATUS(call.context.replication.syncNow(rule->id));
    return Answer::ok(jsonOf(call, *rule));
}

Result<Answer> pauseReplicationRule(Call &call)
{
    return enabledAs(call, false);
}

Result<Answer> resumeReplicationRule(Call &call)
{
    return enabledAs(call, true);
}

Result<Answer> getVerification(Call &call)
{
    TRY_ASSIGN(const ReplicationRulePtr rule, ruleOf(call));
    TRY_ASSIGN(const auto verification, call.context.replication.verification(rule->id));
    return Answer::ok(protocol::toJson(verification));
}

Result<Answer> verifyReplicationRule(Call &call)
{
    TRY_ASSIGN(const ReplicationRulePtr rule, ruleOf(call));
    TRY_ASSIGN(const auto verification, call.context.replication.verify(rule->id));
    return Answer::begun(protocol::toJson(verification));
}

Result<Answer> listReplicationQueue(Call &call)
{
    TRY_ASSIGN(const std::size_t limit, call.limit());
    TRY_ASSIGN(const ReplicationRulePtr rule, ruleOf(call));
    std::optional<protocol::ReplicationQueueStatus> status;
    if (const std::string word = call.parameter("status"); !word.empty()) {
        status = protocol::fromName<protocol::ReplicationQueueStatus>(word);
        if (!status)
            return failure(Error::InvalidArgument, "The parameter status must be pending, sending or failed.",
                           "status");
    }
    TRY_ASSIGN(const auto page,
               call.context.replication.queue(rule->id, status, call.parameter("after"), limit));
    return Answer::ok(protocol::pageToJson(page));
}

}  // namespace maxiofs::api::console
