// SPDX-License-Identifier: GPL-3.0-or-later
#include "cluster/rules/rule_sender.h"

#include "cluster/rules/rule_sender_parts.h"

namespace maxiofs::cluster::rules {

namespace {

const Error &movedAway()
{
    static const Error error(Error::Closed,
                             "Another node owns the bucket now: ask it whether the write exists.");
    return error;
}

}  // namespace

RuleSender::RuleSender(ReplicationWorld &world, ReplicationRule rule, const records::Location &location)
    : m_parts(std::make_unique<Parts>(world, std::move(rule), location))
{
}

RuleSender::~RuleSender() = default;

void RuleSender::start()
{
    m_parts->carrier.setPaused(m_parts->isStopped());
    m_parts->prepare();
    m_parts->poll();
}

const ReplicationRule &RuleSender::rule() const
{
    return m_parts->rule;
}

void RuleSender::changed()
{
    m_parts->hasMore = true;
    m_parts->readFeed();
}

void RuleSender::reached()
{
    if (m_parts->isSuperseded)
        return;
    m_parts->carrier.wake();
    m_parts->goOn();
}

void RuleSender::update(const ReplicationRule &rule)
{
    const bool wasSynchronous = m_parts->rule.isSynchronous();
    const bool wasStopped = m_parts->isStopped();
    m_parts->rule = rule;
    if (m_parts->isSuperseded)
        return;
    if (wasSynchronous != rule.isSynchronous())
        m_parts->fallBehind("The rule has just become synchronous.");
    if (!wasStopped && m_parts->isStopped())
        m_parts->fallBehind("The rule is paused.");
    m_parts->inRound = true;
    m_parts->carrier.setPaused(m_parts->isStopped());
    m_parts->poll();
}

void RuleSender::pause()
{
    m_parts->pausedByHand = true;
    m_parts->fallBehind("The rule is paused.");
    m_parts->carrier.setPaused(true);
}

void RuleSender::resume()
{
    m_parts->pausedByHand = false;
    m_parts->carrier.setPaused(m_parts->isStopped());
    syncNow();
}

void RuleSender::syncNow()
{
    if (m_parts->isSuperseded)
        return;
    m_parts->inRound = true;
    m_parts->hasMore = true;
    m_parts->carrier.hurryQueue();
    m_parts->carrier.wake();
    m_parts->goOn();
}

void RuleSender::verify(std::move_only_function<void(Result<ComparisonCounts>)> done)
{
    if (m_parts->isSuperseded)
        return done(failure(movedAway()));
    if (m_parts->isStopped())
        return done(failure(Error::Busy, "The rule is paused: resume it, then compare."));
    if (!m_parts->isReady || m_parts->comparison)
        return done(failure(Error::Busy, "The rule is comparing already: wait until it has ended."));
    if (!m_parts->carrier.isReachable())
        return done(failure(Error::Closed,
                            "The destination does not answer: " + m_parts->carrier.totals().lastError));
    m_parts->verified = std::move(done);
    m_parts->beginComparison(false);
}

void RuleSender::waitFor(std::uint64_t position, std::move_only_function<void(Status)> done)
{
    if (m_parts->isSuperseded)
        return done(failure(movedAway()));
    if (!m_parts->rule.isSynchronous() || m_parts->isStopped() ||
        m_parts->catchUp.phase() == Parts::Phase::Behind) {
        m_parts->catchUp.release(position);
        return done({});
    }
    if (position <= m_parts->passedTo && m_parts->carrier.queued() > 0)
        return done(failure(Error::TimedOut, "The destination could not take the object yet: " +
                                                 m_parts->carrier.totals().lastError));
    if (position <= m_parts->acknowledged)
        return done({});
    m_parts->waits.add(position, m_parts->world.steadyMs(), std::move(done));
    m_parts->setWaitTimer();
}

RuleStatus RuleSender::status() const
{
    using State = RuleStatus::State;
    const Parts &parts = *m_parts;
    const RuleCarrier::Totals &totals = parts.carrier.totals();
    RuleStatus status;
    status.whole = parts.isWhole && parts.carrier.queued() == 0;
    status.degraded = parts.isDegraded();
    status.lag = parts.world.lag(parts.rule);
    if (status.lag.oldestMs)
        status.lagMs = std::max<std::int64_t>(parts.world.wallMs() - *status.lag.oldestMs, 0);
    status.acknowledged = parts.acknowledged;
    status.inFlight = parts.carrier.inFlight();
    status.queued = parts.carrier.queued();
    status.lastSyncMs = totals.lastSyncMs;
    status.lastError = parts.prepareError.empty() ? totals.lastError : parts.prepareError;
    status.objectsReplicated = totals.objects;
    status.bytesReplicated = totals.bytes;
    status.errors = totals.errors;
    status.backlog = parts.backlog();
    status.comparison = parts.comparison ? parts.comparison->counts : parts.lastCounts;
    if (parts.isSuperseded)
        status.state = State::Superseded;
    else if (parts.isStopped())
        status.state = State::Paused;
    else if (!parts.carrier.isReachable())
        status.state = State::Unreachable;
    else if (!parts.isReady)
        status.state = State::Starting;
    else if (parts.comparison)
        status.state = State::Comparing;
    else if (status.degraded)
        status.state = State::Degraded;
    else
        status.state = status.inFlight > 0 ? State::Running : State::Idle;
    return status;
}

}  // namespace maxiofs::cluster::rules
