// SPDX-License-Identifier: GPL-3.0-or-later
#include "cluster/rules/rule_sender_parts.h"

#include <algorithm>

namespace maxiofs::cluster::rules {

void RuleSender::Parts::beginComparison(bool needed)
{
    comparison.emplace(rule);
    ++comparisonTurn;
    comparisonNeeded = needed;
    isComparing = false;
    appliedBefore = carrier.applied(Lane::Comparison);
    queuedBefore = carrier.queued(Lane::Comparison);
    compare();
}

// Reads the next page where there is room for what it may find.
void RuleSender::Parts::compare()
{
    if (!comparison || isComparing || isStopped() || isSuperseded)
        return;
    if (comparison->isOver()) {
        if (carrier.isEmpty(Lane::Comparison))
            comparisonRead();
        return;
    }
    if (!carrier.mayCall() || !carrier.hasRoom(Lane::Comparison))
        return;
    if (comparison->needsTheirs())
        world.readTheirs(rule, headerOf(0), comparison->after(), RuleComparison::kPage,
                         comparing([this](Result<TheirManifest> theirs) { theirsRead(std::move(theirs)); }));
    else
        world.readManifest(rule, comparison->after(), RuleComparison::kPage,
                           comparing([this](Result<ManifestPage> ours) { oursRead(std::move(ours)); }));
}

void RuleSender::Parts::probe()
{
    if (isProbing || comparison || carrier.isReachable() || !carrier.mayCall() ||
        !carrier.isEmpty(Lane::Feed) || !carrier.isEmpty(Lane::Comparison))
        return;
    isProbing = true;
    world.readTheirs(rule, headerOf(0), {}, 1, guarded([this](const Result<TheirManifest> &theirs) {
                         isProbing = false;
                         if (!theirs)
                             return carrier.called(failure(theirs.error()));
                         if (theirs->verdict == Verdict::Superseded)
                             return superseded(theirs->location);
                         carrier.called({});
                     }));
}

void RuleSender::Parts::theirsRead(Result<TheirManifest> theirs)
{
    if (!theirs)
        return carrier.called(failure(std::move(theirs.error())));
    if (theirs->verdict == Verdict::Superseded)
        return superseded(theirs->location);
    if (theirs->verdict == Verdict::NotReady)
        return carrier.called(failure(Error::Busy, theirs->reason));
    comparison->takeTheirs(std::move(theirs->page));
    carrier.called({});
}

void RuleSender::Parts::oursRead(Result<ManifestPage> ours)
{
    if (!ours)
        return goOnLater(ours.error());
    add(Lane::Comparison, comparison->takeOurs(*ours), 0, 0);
    carrier.pump();
    goOn();
}

void RuleSender::Parts::comparisonRead()
{
    ComparisonCounts &counts = comparison->counts;
    counts.repaired = carrier.applied(Lane::Comparison) - appliedBefore;
    counts.failed = carrier.queued(Lane::Comparison) - queuedBefore;
    if (comparisonNeeded)
        saveWhole();
    else
        endComparison({});
}

void RuleSender::Parts::saveWhole()
{
    world.saveProgress(rule, {location.epoch, true}, comparing([this](const Status &saved) {
                           if (!saved)
                               return goOnLater(saved.error());
                           isWhole = true;
                           endComparison({});
                           goOn();
                       }));
}

std::optional<RuleStatus::Backlog> RuleSender::Parts::backlog() const
{
    if (!isReady || isWhole)
        return std::nullopt;
    if (!comparison)
        return RuleStatus::Backlog();
    const ComparisonCounts &counts = comparison->counts;
    const RuleFlights &flights = carrier.flights(Lane::Comparison);
    return RuleStatus::Backlog{counts.compared - std::min(counts.compared, flights.objects()),
                               counts.bytes - std::min(counts.bytes, flights.bytes())};
}

void RuleSender::Parts::endComparison(const Status &status)
{
    if (!comparison)
        return;
    lastCounts = comparison->counts;
    comparison.reset();
    ++comparisonTurn;
    isComparing = false;
    if (status)
        world.tell(rule, RuleEvent::Compared, {});
    if (auto done = std::exchange(verified, nullptr))
        done(status ? Result<ComparisonCounts>(lastCounts) : failure(status.error()));
}

}  // namespace maxiofs::cluster::rules
