// SPDX-License-Identifier: GPL-3.0-or-later
#include "cluster/replication/rule_view.h"

#include <algorithm>

namespace maxiofs::cluster::replication {

namespace {

constexpr std::int64_t kMsPerSecond = 1000;
constexpr std::int64_t kShortestMs = 10'000;  // a synchronous rule that was left behind counts as this

using protocol::ReplicationStatus;
using State = rules::RuleStatus::State;

std::int64_t signedOf(std::uint64_t number)
{
    return static_cast<std::int64_t>(number);
}

struct Verdict {
    ReplicationStatus status = ReplicationStatus::Waiting;
    std::string reason;
};

Verdict verdictOf(const rules::ReplicationRule &rule, const rules::RuleStatus &status)
{
    const std::int64_t allowedMs = std::max(rule.intervalMs, kShortestMs);
    switch (status.state) {
    case State::Paused: return {ReplicationStatus::Paused, "The rule is paused."};
    case State::Starting: return {ReplicationStatus::Waiting, "The rule begins."};
    case State::Comparing:
        return {ReplicationStatus::CatchingUp, "What both nodes have is compared, and what differs is sent."};
    case State::Unreachable:
        return {ReplicationStatus::Failing,
                status.lastError.empty() ? "The destination cannot be reached." : status.lastError};
    case State::Superseded:
        return {ReplicationStatus::Failing, "The destination knows of a newer owner of the bucket."};
    case State::Degraded:
        return {ReplicationStatus::Degraded,
                "The destination did not answer in time: writes do not wait for it until it has caught up."};
    case State::Idle:
    case State::Running: break;
    }
    if (status.lagMs > allowedMs)
        return {ReplicationStatus::Behind, "The oldest unsent change is older than the rule's interval."};
    if (!status.whole)
        return {ReplicationStatus::CatchingUp, "What was there before the rule is being sent."};
    if (rule.inRounds() && status.lag.objects > 0 && status.state == State::Idle)
        return {ReplicationStatus::Waiting, "Changes are sent in the next round."};
    if (status.queued > 0)
        return {ReplicationStatus::Failing,
                status.lastError.empty() ? "Some objects could not be sent." : status.lastError};
    return {ReplicationStatus::InSync, {}};
}

// What is not compared yet may be missing at the destination.
void addBacklog(protocol::ReplicationState &state, const rules::RuleStatus::Backlog &done,
                const std::optional<SourceRules::Amount> &all)
{
    state.backlogDone = signedOf(done.done);
    if (!all)
        return;
    // Tombstones are compared too, and are in no counter.
    state.backlogDone = signedOf(std::min(done.done, all->versions));
    state.backlogTotal = signedOf(all->versions);
    state.lagObjects += *state.backlogTotal - *state.backlogDone;
    state.lagBytes += signedOf(all->bytes - std::min(done.doneBytes, all->bytes));
}

}  // namespace

protocol::ReplicationState stateOf(const SourceRules::Entry &entry,
                                   const std::optional<SourceRules::Amount> &backlog)
{
    protocol::ReplicationState state;
    const records::ReplicationRuleNote note = SourceRules::noteOf(entry);
    if (note.lastSyncMs)
        state.lastSyncAt = protocol::Time{*note.lastSyncMs};
    state.lastError = note.lastError;
    state.objectsReplicated = note.objectsReplicated;
    state.bytesReplicated = note.bytesReplicated;
    if (entry.sender == nullptr) {
        const bool isPaused = !entry.record->options.enabled;
        state.status = isPaused            ? ReplicationStatus::Paused
                       : entry.isPreparing ? ReplicationStatus::Waiting
                                           : ReplicationStatus::Failing;
        state.reason = isPaused ? "The rule is paused." : entry.problem;
        if (!isPaused && !entry.isPreparing)
            state.lastError = entry.problem;
        return state;
    }
    const rules::RuleStatus status = entry.sender->status();
    Verdict verdict = verdictOf(entry.sender->rule(), status);
    state.status = verdict.status;
    state.reason = std::move(verdict.reason);
    state.errors = signedOf(status.errors);
    state.lagObjects = signedOf(status.lag.objects);
    state.lagBytes = signedOf(status.lag.bytes);
    state.lagSeconds = status.lagMs / kMsPerSecond;
    if (status.lag.oldestMs)
        state.oldestUnsentAt = protocol::Time{*status.lag.oldestMs};
    state.objectsInFlight = signedOf(status.inFlight);
    state.objectsRetrying = signedOf(status.queued);
    if (status.backlog)
        addBacklog(state, *status.backlog, backlog);
    state.lagObjects += state.objectsRetrying;
    const RuleRates::Rates rates = entry.rates.rates();
    state.objectsInPerSecond = rates.objectsIn;
    state.objectsOutPerSecond = rates.objectsOut;
    state.bytesInPerSecond = rates.bytesIn;
    state.bytesOutPerSecond = rates.bytesOut;
    return state;
}

protocol::ReplicationVerification verificationOf(const SourceRules::Entry &entry)
{
    using protocol::ReplicationVerifyState;
    protocol::ReplicationVerification verification;
    rules::ComparisonCounts counts = entry.verified;
    if (entry.isVerifying && entry.sender != nullptr)
        counts = entry.sender->status().comparison;
    if (entry.isVerifying)
        verification.state = ReplicationVerifyState::Running;
    else if (entry.hasVerified)
        verification.state =
            entry.verifyError ? ReplicationVerifyState::Failed : ReplicationVerifyState::Done;
    if (entry.isVerifying || entry.hasVerified)
        verification.startedAt = protocol::Time{entry.verifyStartedMs};
    if (entry.hasVerified && !entry.isVerifying) {
        verification.finishedAt = protocol::Time{entry.verifyFinishedMs};
        verification.error = entry.verifyError;
    }
    verification.versionsCompared = signedOf(counts.compared);
    verification.versionsMissing = signedOf(counts.missing);
    verification.versionsDiffering = signedOf(counts.different);
    verification.versionsExtra = signedOf(counts.extra);
    verification.versionsRepaired = signedOf(counts.repaired);
    return verification;
}

}  // namespace maxiofs::cluster::replication
