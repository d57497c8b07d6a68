// SPDX-License-Identifier: GPL-3.0-or-later
#include "cluster/rules/rule_sender_parts.h"

#include <algorithm>
#include <map>

namespace maxiofs::cluster::rules {

namespace {

constexpr std::int64_t kPrepareAgainMs = 1000;
constexpr std::int64_t kPollMs = 10'000;  // of a feed whose changes are told at once

}  // namespace

RuleSender::Parts::Parts(ReplicationWorld &givenWorld, ReplicationRule givenRule,
                         const records::Location &givenLocation)
    : world(givenWorld),
      rule(std::move(givenRule)),
      location(givenLocation),
      carrier(world, rule, *this)
{
}

RuleSender::Parts::~Parts()
{
    for (const TimerId timer : {retryTimer, pollTimer, waitTimer})
        world.cancel(timer);
    m_alive.reset();
    isSuperseded = true;
    const auto error =
        failure(Error::Stopping, "The rule has ended; the write may or may not be at its destination.");
    endComparison(error);
    waits.endAll(error);
}

// --- Preparing

void RuleSender::Parts::prepare()
{
    ++m_turn;
    isReady = false;
    isReading = false;
    isProbing = false;
    isWhole = false;
    catchUp.begin(true);
    endComparison(failure(Error::Busy, "The comparison begins anew."));
    world.loadProgress(rule, guarded([this](Result<RuleProgress> loaded) {
                           if (!loaded)
                               return prepareAgain(loaded.error());
                           progressLoaded(*loaded);
                       }));
}

void RuleSender::Parts::progressLoaded(const RuleProgress &loaded)
{
    isWhole = loaded.compared && loaded.epoch == location.epoch;
    if (!isWhole)
        return openFeed();
    // A consumer that the store has forgotten is known again as soon as the feed is opened. That nothing is
    // compared any more has to be written down before.
    world.readFeed(rule, 0, 1, guarded([this](const Result<FeedPage> &page) {
                       if (!page && page.error().code == Error::NotFound)
                           return forgetComparison();
                       if (!page)
                           return prepareAgain(page.error());
                       openFeed();
                   }));
}

void RuleSender::Parts::forgetComparison()
{
    isWhole = false;
    world.saveProgress(rule, {location.epoch, false}, guarded([this](const Status &saved) {
                           if (!saved)
                               return prepareAgain(saved.error());
                           openFeed();
                       }));
}

void RuleSender::Parts::openFeed()
{
    world.openFeed(rule, guarded([this](const Result<OpenedFeed> &feed) {
                       if (!feed)
                           return prepareAgain(feed.error());
                       if (feed->isNew && isWhole)
                           return forgetComparison();
                       world.loadQueue(rule, guarded([this, position = feed->position](
                                                         Result<std::vector<FailingObject>> queue) {
                                           if (!queue)
                                               return prepareAgain(queue.error());
                                           opened(position, std::move(*queue));
                                       }));
                   }));
}

void RuleSender::Parts::opened(std::uint64_t position, std::vector<FailingObject> queue)
{
    prepareError.clear();
    isReady = true;
    readTo = position;
    acknowledged = std::max(acknowledged, position);
    hasMore = true;
    if (!isWhole) {
        fallBehind("The destination has to be compared first.");
        beginComparison(true);
    }
    carrier.loadQueue(std::move(queue));
    goOn();
}

void RuleSender::Parts::prepareAgain(const Error &error)
{
    prepareError = error.message;
    retryTimer = world.after(kPrepareAgainMs, [this] {
        retryTimer = 0;
        prepare();
    });
}

void RuleSender::Parts::goOnLater(const Error &error)
{
    prepareError = error.message;
    world.cancel(retryTimer);
    retryTimer = world.after(kPrepareAgainMs, [this] {
        retryTimer = 0;
        prepareError.clear();
        goOn();
    });
}

// --- Following the feed

void RuleSender::Parts::poll()
{
    world.cancel(pollTimer);
    inRound = true;
    hasMore = true;
    pollTimer = world.after(rule.isSynchronous() ? kPollMs : rule.intervalMs, [this] { poll(); });
    goOn();
}

void RuleSender::Parts::goOn()
{
    if (isSuperseded || !isReady)
        return;
    readFeed();
    compare();
    probe();
    updateCatchUp();
}

void RuleSender::Parts::readFeed()
{
    if (!isReady || isReading || isStopped() || isSuperseded || !hasMore || (rule.inRounds() && !inRound) ||
        !carrier.hasRoom(Lane::Feed))
        return;
    isReading = true;
    hasMore = false;
    world.readFeed(rule, readTo, kFeedPage, guarded([this](const Result<FeedPage> &page) {
                       isReading = false;
                       if (page)
                           return pageRead(*page);
                       hasMore = true;
                       isPageStale = false;
                       if (page.error().code != Error::NotFound)
                           return goOnLater(page.error());
                       waits.endAll(failure(Error::TimedOut,
                                            "The feed of changes was lost; the bucket is compared again."));
                       prepare();
                   }));
}

bool RuleSender::Parts::travels(const FeedEntry &entry) const
{
    using Change = FeedEntry::Change;
    if (!entry.name.key.starts_with(rule.prefix))
        return false;
    if (!rule.deletes && (entry.change == Change::Marker || entry.change == Change::Removal))
        return false;
    if (!rule.metadata && entry.change == Change::Metadata)
        return false;
    const Id128 &there = rule.isReplica() ? rule.destination : rule.destinationBucket;
    return std::ranges::find(entry.through, there) == entry.through.end();
}

void RuleSender::Parts::pageRead(const FeedPage &page)
{
    if (!page.trimmed)
        return follow(page);
    // Before the cursor moves, which lets the store forget that the feed was trimmed.
    isWhole = false;
    isReading = true;
    endComparison(failure(Error::Busy, "The comparison begins anew."));
    fallBehind("Changes were dropped from the feed before they were sent.");
    world.saveProgress(rule, {location.epoch, false}, guarded([this, page](const Status &saved) {
                           isReading = false;
                           if (!saved) {
                               hasMore = true;
                               return goOnLater(saved.error());
                           }
                           beginComparison(true);
                           follow(page);
                       }));
}

void RuleSender::Parts::follow(const FeedPage &page)
{
    std::vector<BatchEntry> entries;
    std::map<VersionName, std::size_t> places;
    // Its first place stands for all others, since what is sent there is at least as new as the page; where
    // it fails, so do all of them.
    for (const FeedEntry &entry : page.entries) {
        if (!travels(entry))
            continue;
        const auto [place, isFirst] = places.try_emplace(entry.name, entries.size());
        if (isFirst)
            entries.push_back({.what = BatchEntry::What::State, .name = entry.name, .stamp = {}});
        entries[place->second].size = entry.size;
        entries[place->second].position = entry.position;
    }
    hasMore |= page.more;
    if (!page.more) {
        if (!isPageStale)
            catchUp.sawEnd(page.next);
        inRound = false;
    }
    isPageStale = false;
    add(Lane::Feed, std::move(entries), readTo, page.next);
    readTo = page.next;
    carrier.pump();
    goOn();
}

// A name may have changed several times within `from` to `to`, so only the last batch reaches `to`.
void RuleSender::Parts::add(Lane lane, std::vector<BatchEntry> entries, std::uint64_t from, std::uint64_t to)
{
    std::vector<BatchEntry> batch;
    std::uint64_t bytes = 0;
    for (BatchEntry &entry : entries) {
        if (batch.size() == kBatchEntries || (bytes > 0 && bytes + entry.size > kBatchBytes)) {
            carrier.add(lane, std::exchange(batch, {}), from);
            bytes = 0;
        }
        bytes += entry.size;
        batch.push_back(std::move(entry));
    }
    if (!batch.empty() || to > from)
        carrier.add(lane, std::move(batch), to);
}

// --- What the carrier tells

BatchHeader RuleSender::Parts::headerOf(std::uint64_t to) const
{
    return {.rule = rule.id,
            .bucket = rule.bucket,
            .destinationBucket = rule.destinationBucket,
            .location = location,
            .to = to,
            .complete = complete,
            .whole = isWhole,
            .degraded = isDegraded()};
}

void RuleSender::Parts::landed(Lane lane, std::uint64_t to)
{
    if (lane == Lane::Comparison || to <= acknowledged)
        return;
    acknowledged = to;
    world.acknowledge(rule, to);
    waits.reach(to);
}

void RuleSender::Parts::passed(std::uint64_t position, const std::string &error)
{
    world.tell(rule, RuleEvent::ObjectFails, error);
    passedTo = std::max(passedTo, position);
    if (rule.policy == ReplicationRule::Policy::Continue)
        fallBehind("An object could not be sent: " + error);
    else
        waits.fail(position,
                   Error(Error::TimedOut, "The destination could not take the object yet: " + error));
}

void RuleSender::Parts::linkChanged(bool reachable, const std::string &error)
{
    world.tell(rule, reachable ? RuleEvent::Reached : RuleEvent::Unreachable, error);
    if (!reachable && verified)
        endComparison(failure(Error::Closed, "The destination does not answer: " + error));
}

void RuleSender::Parts::superseded(const records::Location &newer)
{
    isSuperseded = true;
    carrier.stop();
    for (TimerId *timer : {&retryTimer, &pollTimer, &waitTimer})
        world.cancel(std::exchange(*timer, 0));
    const auto error = failure(Error::Closed, "Another node owns the bucket now: ask it whether the write "
                                              "exists.");
    endComparison(error);
    waits.endAll(error);
    world.tell(rule, RuleEvent::Superseded, error.error().message);
    world.superseded(rule, newer);
}

// --- Synchronous writes

bool RuleSender::Parts::isDegraded() const
{
    return rule.isSynchronous() && catchUp.phase() != Phase::CaughtUp;
}

void RuleSender::Parts::fallBehind(const std::string &why)
{
    const bool wasWaiting = rule.isSynchronous() && catchUp.phase() != Phase::Behind;
    catchUp.fallBehind();
    catchUp.release(waits.greatest());
    hasMore = true;
    isPageStale = isReading;
    if (wasWaiting)
        world.tell(rule, RuleEvent::Degraded, why);
    waits.endAll({});
}

void RuleSender::Parts::updateCatchUp()
{
    if (isStopped())
        return;
    const bool isComplete = isWhole && carrier.queued() == 0;
    if (isComplete)
        complete = std::max(complete, acknowledged);
    if (catchUp.update(acknowledged, isComplete))
        world.tell(rule, RuleEvent::CaughtUp, "The destination has everything.");
    if (isComplete)
        world.completed(rule, location, complete);
}

void RuleSender::Parts::setWaitTimer()
{
    const auto due = waits.dueMs();
    if (waitTimer != 0 || !due)
        return;
    waitTimer = world.after(std::max<std::int64_t>(*due - world.steadyMs(), 0), [this] {
        waitTimer = 0;
        const auto now = world.steadyMs();
        if (const auto first = waits.dueMs(); first && *first <= now) {
            if (rule.policy == ReplicationRule::Policy::Continue)
                fallBehind("The destination did not confirm a write within 5 seconds.");
            else
                waits.expire(now, Error(Error::TimedOut, "The destination did not confirm the write within 5 "
                                                         "seconds: it may or may not exist."));
        }
        setWaitTimer();
    });
}

}  // namespace maxiofs::cluster::rules
