// SPDX-License-Identifier: GPL-3.0-or-later
#include "cluster/rules/rule_carrier.h"

#include <algorithm>

namespace maxiofs::cluster::rules {

using Outcome = EntryAnswer::Outcome;

namespace {

// Errors of an entry that say nothing of the object: the others would meet them too.
bool concernsDestination(Error::Code code)
{
    switch (code) {
    case Error::StorageFull:
    case Error::ReadOnly:
    case Error::Quota:
    case Error::Stopping:
    case Error::Busy:
    case Error::NoSuchBucket: return true;
    default: return false;
    }
}

}  // namespace

RuleCarrier::RuleCarrier(ReplicationWorld &world, const ReplicationRule &rule, Owner &owner)
    : m_world(world),
      m_rule(rule),
      m_owner(owner)
{
}

RuleCarrier::~RuleCarrier()
{
    m_world.cancel(m_timer);
}

void RuleCarrier::loadQueue(std::vector<FailingObject> objects)
{
    m_queue.load(std::move(objects));
    pump();
}

bool RuleCarrier::hasRoom(Lane lane) const
{
    return line(lane).flights.size() < kWindow;
}

void RuleCarrier::add(Lane lane, std::vector<BatchEntry> entries, std::uint64_t to)
{
    line(lane).flights.add(++m_lastMoment, std::move(entries), to);
}

void RuleCarrier::setPaused(bool paused)
{
    m_paused = paused;
    pump();
}

void RuleCarrier::wake()
{
    m_quietUntilMs = 0;
    m_pauseMs = kFirstPauseMs;
    pump();
}

void RuleCarrier::hurryQueue()
{
    m_queue.hurry();
}

void RuleCarrier::stop()
{
    m_stopped = true;
    m_world.cancel(std::exchange(m_timer, 0));
}

std::uint64_t RuleCarrier::inFlight() const
{
    return line(Lane::Feed).flights.objects() + line(Lane::Comparison).flights.objects();
}

// --- Sending

bool RuleCarrier::mayCall() const
{
    return !m_stopped && !m_paused && m_world.steadyMs() >= m_quietUntilMs;
}

void RuleCarrier::pump()
{
    for (Line &each : m_lines)
        if (each.flights.size() > 0 && !m_stopped)
            land(static_cast<Lane>(&each - m_lines.data()));
    while (mayCall() && m_world.steadyMs() >= m_paceMs) {
        // A destination that did not answer is asked with one batch.
        const bool open = m_sendingQueue || line(Lane::Feed).open > 0 || line(Lane::Comparison).open > 0;
        if (!isReachable() && open)
            break;
        if (!sendNext(Lane::Feed) && !sendNext(Lane::Comparison) && !sendQueued())
            break;
    }
    setTimer();
}

void RuleCarrier::goOn()
{
    pump();
    if (!m_stopped)
        m_owner.goOn();
}

bool RuleCarrier::sendNext(Lane lane)
{
    Line &own = line(lane);
    if (own.open >= kWindow)
        return false;
    Flight *flight = own.flights.next(m_world.steadyMs());
    if (flight == nullptr)
        return false;
    flight->inFlight = true;
    ++own.open;
    std::vector<BatchEntry> entries;
    entries.reserve(flight->left.size());
    std::ranges::transform(flight->left, std::back_inserter(entries), &RuleFlights::Carried::entry);
    const std::uint64_t id = flight->id;
    const std::uint64_t moment = ++m_lastMoment;
    send(std::move(entries), flight->to,
         [this, lane, id, moment](const Result<BatchAnswer> &answer) { answered(lane, id, moment, answer); });
    return true;
}

bool RuleCarrier::sendQueued()
{
    if (m_sendingQueue)
        return false;
    auto names = m_queue.takeDue(m_world.wallMs(), kQueueBatch);
    if (names.empty())
        return false;
    m_sendingQueue = true;
    std::vector<BatchEntry> entries;
    entries.reserve(names.size());
    for (const VersionName &name : names)
        entries.push_back({.what = BatchEntry::What::State, .name = name, .stamp = {}});
    const std::uint64_t moment = ++m_lastMoment;
    send(std::move(entries), 0, [this, moment, names = std::move(names)](const Result<BatchAnswer> &answer) {
        queueAnswered(names, moment, answer);
    });
    return true;
}

void RuleCarrier::send(std::vector<BatchEntry> entries, std::uint64_t to,
                       std::move_only_function<void(Result<BatchAnswer>)> done)
{
    Batch batch{m_owner.headerOf(to), std::move(entries)};
    if (m_rule.bytesPerSecond > 0) {
        const std::uint64_t takesMs = batch.bytes() * 1000 / m_rule.bytesPerSecond;
        m_paceMs = std::max(m_paceMs, m_world.steadyMs()) + static_cast<std::int64_t>(takesMs);
    }
    m_world.sendBatch(m_rule, std::move(batch), guarded(std::move(done)));
}

// --- Answers

bool RuleCarrier::isTaken(const Result<BatchAnswer> &answer, std::size_t count)
{
    if (!answer) {
        failed(answer.error().message);
        return false;
    }
    if (answer->verdict == Verdict::Superseded) {
        stop();
        m_owner.superseded(answer->location);
        return false;
    }
    if (answer->verdict == Verdict::NotReady || answer->entries.size() != count) {
        failed(answer->reason.empty() ? "the destination's answer does not fit the batch" : answer->reason);
        return false;
    }
    // The rest of the batch may have been taken; what was not comes again.
    const auto refused = std::ranges::find_if(answer->entries, [](const EntryAnswer &entry) {
        return entry.outcome == Outcome::Failed && concernsDestination(entry.error.code);
    });
    if (refused != answer->entries.end()) {
        failed(refused->error.message);
        return false;
    }
    return true;
}

void RuleCarrier::took(const VersionName &name, const EntryAnswer &answer, std::uint64_t moment)
{
    m_totals.objects += answer.outcome == Outcome::Applied ? 1 : 0;
    m_totals.bytes += answer.bytes;
    if (m_queue.drop(name, moment))
        m_world.dropFromQueue(m_rule, {name});
}

void RuleCarrier::answered(Lane lane, std::uint64_t id, std::uint64_t moment,
                           const Result<BatchAnswer> &answer)
{
    if (m_stopped)
        return;
    Line &own = line(lane);
    Flight *flight = own.flights.find(id);
    --own.open;
    if (isTaken(answer, flight->left.size())) {
        succeeded();
        std::vector<RuleFlights::Carried> left;
        bool isLost = false;
        for (std::size_t i = 0; i < flight->left.size(); ++i) {
            RuleFlights::Carried &carried = flight->left[i];
            const EntryAnswer &entry = answer->entries[i];
            if (entry.outcome != Outcome::Failed) {
                own.applied += entry.outcome == Outcome::Applied ? 1 : 0;
                took(carried.entry.name, entry, moment);
                continue;
            }
            ++m_totals.errors;
            m_totals.lastError = entry.error.message;
            carried.error = entry.error.message;
            isLost |= ++carried.failures >= kMostFailures || m_queue.contains(carried.entry.name);
            left.push_back(std::move(carried));
        }
        flight->left = std::move(left);
        flight->notBeforeMs = m_world.steadyMs() + kAgainMs;
        if (isLost)
            enqueue(lane, *flight);
    }
    flight->inFlight = false;  // only now: those who were told may have pumped
    goOn();
}

void RuleCarrier::queueAnswered(const std::vector<VersionName> &names, std::uint64_t moment,
                                const Result<BatchAnswer> &answer)
{
    if (m_stopped)
        return;
    m_sendingQueue = false;
    m_queue.giveBack();
    if (isTaken(answer, names.size())) {
        succeeded();
        std::vector<FailingObject> rows;
        for (std::size_t i = 0; i < names.size(); ++i) {
            const EntryAnswer &entry = answer->entries[i];
            if (entry.outcome != Outcome::Failed) {
                took(names[i], entry, moment);
                continue;
            }
            ++m_totals.errors;
            m_totals.lastError = entry.error.message;
            if (!m_queue.contains(names[i]))
                continue;
            rows.push_back(m_queue.failed(names[i], entry.error.message, m_world.wallMs()));
            m_queue.keep(rows.back(), ++m_lastMoment);
        }
        if (!rows.empty())
            m_world.keepInQueue(m_rule, std::move(rows), [](const Status &) {});
    }
    goOn();
}

// --- The queue

void RuleCarrier::enqueue(Lane lane, Flight &flight)
{
    std::vector<FailingObject> rows;
    for (const RuleFlights::Carried &carried : flight.left)
        if (carried.failures >= kMostFailures || m_queue.contains(carried.entry.name))
            rows.push_back(m_queue.failed(carried.entry.name, carried.error, m_world.wallMs()));
    if (m_queue.isFull()) {
        flight.notBeforeMs = m_world.steadyMs() + RuleQueue::kFirstPauseMs;
        return;
    }
    flight.queueing = true;
    m_world.keepInQueue(m_rule, rows,
                        guarded([this, lane, id = flight.id, rows](const Status &status) mutable {
                            enqueued(lane, id, std::move(rows), status);
                        }));
}

void RuleCarrier::enqueued(Lane lane, std::uint64_t id, std::vector<FailingObject> rows, const Status &status)
{
    if (m_stopped)
        return;
    Line &own = line(lane);
    Flight *flight = own.flights.find(id);
    flight->queueing = false;
    if (!status) {
        flight->notBeforeMs = m_world.steadyMs() + kAgainMs;
        m_totals.lastError = status.error().message;
        goOn();
        return;
    }
    std::uint64_t passed = 0;
    std::string error;
    for (FailingObject &row : rows) {
        const auto found = std::ranges::find(
            flight->left, row.name, [](const RuleFlights::Carried &carried) { return carried.entry.name; });
        passed = std::max(passed, found->entry.position);
        error = row.error;
        ++own.queued;
        flight->left.erase(found);
        m_queue.keep(std::move(row), ++m_lastMoment);
    }
    m_owner.passed(passed, error);
    goOn();
}

void RuleCarrier::land(Lane lane)
{
    if (const auto to = line(lane).flights.land())
        m_owner.landed(lane, *to);
}

// --- The destination

void RuleCarrier::called(const Status &status)
{
    if (m_stopped)
        return;
    if (status)
        succeeded();
    else
        failed(status.error().message);
    goOn();
}

void RuleCarrier::failed(const std::string &error)
{
    const std::int64_t now = m_world.steadyMs();
    // Batches that were under way together fail together.
    if (now >= m_quietUntilMs) {
        m_quietUntilMs = now + m_pauseMs;
        m_pauseMs = std::min(m_pauseMs * 2, kLongestPauseMs);
    }
    ++m_totals.errors;
    m_totals.lastError = error;
    if (std::exchange(m_error, error).empty())
        m_owner.linkChanged(false, error);
}

void RuleCarrier::succeeded()
{
    m_pauseMs = kFirstPauseMs;
    m_quietUntilMs = 0;
    m_totals.lastSyncMs = m_world.wallMs();
    m_totals.lastError.clear();
    if (!std::exchange(m_error, {}).empty())
        m_owner.linkChanged(true, {});
}

void RuleCarrier::setTimer()
{
    m_world.cancel(std::exchange(m_timer, 0));
    if (m_stopped || m_paused)
        return;
    const std::int64_t now = m_world.steadyMs();
    std::optional<std::int64_t> due;
    const auto consider = [&due](std::optional<std::int64_t> at) {
        if (at)
            due = std::min(due.value_or(*at), *at);
    };
    for (const Line &each : m_lines)
        if (each.open < kWindow)
            consider(each.flights.dueMs());
    if (const auto queueDue = m_queue.dueMs(); queueDue && !m_sendingQueue)
        consider(now + *queueDue - m_world.wallMs());
    if (m_quietUntilMs > now)
        due = m_quietUntilMs;
    else if (due)
        due = std::max(*due, m_paceMs);
    // What is due now waits for an answer, which pumps again.
    if (due && *due > now)
        m_timer = m_world.after(*due - now, [this] {
            m_timer = 0;
            goOn();
        });
}

}  // namespace maxiofs::cluster::rules
