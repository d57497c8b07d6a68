// SPDX-License-Identifier: GPL-3.0-or-later
#include "cluster/rules/record_sync.h"

#include <QJsonDocument>

#include <algorithm>

namespace maxiofs::cluster::rules {

using records::Kind;
using records::Record;
using records::RecordKey;

namespace {

// About what it takes on the wire.
std::size_t sizeOf(const Record &record)
{
    constexpr std::size_t kRest = 160;  // kind, stamp and the like
    return kRest + record.id.size() + record.secret.size() * 2 +
           static_cast<std::size_t>(QJsonDocument(record.body).toJson(QJsonDocument::Compact).size());
}

bool travels(Kind kind)
{
    return syncGroupOf(kind).has_value();
}

bool allTravel(std::span<const Kind> kinds)
{
    return std::ranges::all_of(kinds, travels);
}

std::unexpected<Error> refusal()
{
    return failure(Error::InvalidArgument, "records of this kind are not exchanged");
}

}  // namespace

// What one member has. Changes are numbered: those up to m_sent went out or were given up, and where a push
// failed only a comparison tells what the member has.
struct RecordSync::Member {
    Peer peer;
    std::uint64_t serial = 0;  // a member that goes and comes again is another one

    std::uint64_t sent = 0;
    std::uint64_t pushedTo = 0;    // all pushes up to here have ended
    std::uint64_t failedTo = 0;    // the last change whose push failed
    std::uint64_t comparedTo = 0;  // the last change before a comparison that ended well
    bool pushing = false;
    std::size_t openPushes = 0;
    std::uint64_t windowEnd = 0;
    bool windowFailed = false;

    std::shared_ptr<Comparison> comparison;
    std::uint64_t comparingFrom = 0;
    bool comparisonFailed = false;
    std::vector<std::shared_ptr<Round>> rounds;      // that the running comparison serves
    std::vector<std::shared_ptr<Round>> nextRounds;  // that came while it ran
    TimerId retryTimer = 0;
    std::int64_t retryMs = kRetryMs;

    [[nodiscard]] std::uint64_t confirmed() const
    {
        return failedTo > comparedTo ? comparedTo : std::max(pushedTo, comparedTo);
    }
    [[nodiscard]] bool isBehind() const { return comparisonFailed || failedTo > comparedTo; }
    void giveUpTo(std::uint64_t change)
    {
        sent = std::max(sent, change);
        failedTo = std::max(failedTo, change);
        if (!pushing)
            pushedTo = sent;
    }
};

RecordSync::RecordSync(World &world, const Members &members, records::RecordStore &store)
    : m_world(world),
      m_members(members),
      m_store(store),
      m_seeker(world, members, store, [this](const std::vector<RecordKey> &keys) { applied(keys); }),
      m_tombstones(world, members, store,
                   [this](Tombstones::Compared call) { compareAllNow(std::move(call)); })
{
}

RecordSync::~RecordSync()
{
    for (const auto &[id, member] : m_known) {
        m_world.cancel(member->retryTimer);
        if (member->comparison)
            member->comparison->stop();
    }
    for (const Settling &settling : m_settling)
        m_world.cancel(settling.timer);
    m_world.cancel(m_timer);
}

void RecordSync::start()
{
    m_started = true;
    compareAll();
    m_tombstones.start();
}

void RecordSync::setInterval(std::int64_t intervalMs)
{
    m_intervalMs = intervalMs;
}

// --- Members

RecordSync::Member *RecordSync::find(const NodeId &id, std::uint64_t serial)
{
    const auto found = m_known.find(id);
    return found != m_known.end() && found->second->serial == serial ? found->second.get() : nullptr;
}

void RecordSync::refreshMembers()
{
    const std::vector<Peer> others = m_members.others();
    std::vector<std::shared_ptr<Round>> left;
    for (auto it = m_known.begin(); it != m_known.end();) {
        Member &member = *it->second;
        if (std::ranges::find(others, it->first, &Peer::id) != others.end()) {
            ++it;
            continue;
        }
        m_world.cancel(member.retryTimer);
        if (member.comparison)
            member.comparison->stop();
        std::ranges::move(member.rounds, std::back_inserter(left));
        std::ranges::move(member.nextRounds, std::back_inserter(left));
        it = m_known.erase(it);
    }
    for (const Peer &peer : others) {
        auto &known = m_known[peer.id];
        if (known) {
            known->peer = peer;
            continue;
        }
        known = std::make_unique<Member>();
        known->peer = peer;
        known->serial = ++m_lastSerial;
        known->giveUpTo(m_lastChange);
        if (m_started)
            compare(*known);
    }
    trimChanges();
    for (const auto &round : left)
        if (--round->open == 0)
            round->call(round->members);
}

void RecordSync::reached(const NodeId &member)
{
    refreshMembers();
    const auto found = m_known.find(member);
    if (found != m_known.end() && found->second->isBehind())
        compare(*found->second);
}

// --- Comparing

void RecordSync::compareAll()
{
    refreshMembers();
    for (const auto &[id, member] : m_known)
        compare(*member);
    m_timer = m_world.after(m_intervalMs, [this] { compareAll(); });
}

void RecordSync::compare(Member &member)
{
    if (member.comparison)
        return;
    m_world.cancel(std::exchange(member.retryTimer, 0));
    member.comparingFrom = m_lastChange;
    member.comparison = std::make_shared<Comparison>(
        m_world, m_store, member.peer, [this](const std::vector<RecordKey> &keys) { applied(keys); },
        [this, id = member.peer.id, serial = member.serial](bool complete) {
            compared(id, serial, complete);
        });
    member.comparison->start();
}

void RecordSync::compared(const NodeId &id, std::uint64_t serial, bool complete)
{
    Member *member = find(id, serial);
    if (member == nullptr)
        return;
    member->comparison.reset();
    member->comparisonFailed = !complete;
    if (complete) {
        member->comparedTo = member->comparingFrom;
        member->retryMs = kRetryMs;
    }
    const auto ended = std::exchange(member->rounds, std::exchange(member->nextRounds, {}));
    if (!member->rounds.empty())
        compare(*member);
    else if (member->isBehind())
        retryLater(*member);
    // From here on others are called, who may change the members.
    tellSettled();
    for (const auto &round : ended) {
        if (complete)
            round->members.insert(id);
        if (--round->open == 0)
            round->call(round->members);
    }
}

void RecordSync::retryLater(Member &member)
{
    if (member.retryTimer != 0 || member.comparison)
        return;
    const std::int64_t delay = m_members.isHealthy(member.peer.id) ? kRetryMs : member.retryMs;
    member.retryMs = std::min(member.retryMs * 2, m_intervalMs);
    member.retryTimer = m_world.after(delay, [this, id = member.peer.id, serial = member.serial] {
        Member *again = find(id, serial);
        if (again == nullptr)
            return;
        again->retryTimer = 0;
        if (again->isBehind())
            compare(*again);
    });
}

void RecordSync::compareAllNow(Tombstones::Compared call)
{
    refreshMembers();
    if (m_known.empty()) {
        call({});
        return;
    }
    const auto round = std::make_shared<Round>();
    round->open = m_known.size();
    round->call = std::move(call);
    for (const auto &[id, member] : m_known) {
        // One that runs may be past what the caller wants compared.
        if (member->comparison) {
            member->nextRounds.push_back(round);
        } else {
            member->rounds.push_back(round);
            compare(*member);
        }
    }
}

void RecordSync::syncNow(std::move_only_function<void()> call)
{
    compareAllNow([call = std::move(call)](const std::set<NodeId> &) mutable { call(); });
}

// --- Pushing

void RecordSync::changed(const std::vector<RecordKey> &keys)
{
    m_seeker.recordsCame(keys);
    refreshMembers();
    for (const RecordKey &key : keys) {
        ++m_lastChange;
        if (!m_known.empty())
            m_changes.push_back({m_lastChange, key});
    }
    while (m_changes.size() > kMaxWaiting) {
        for (const auto &[id, member] : m_known)
            if (member->sent < m_changes.front().number)
                member->giveUpTo(m_changes.front().number);
        m_changes.pop_front();
    }
    for (const auto &[id, member] : m_known)
        pump(*member);
    trimChanges();
}

void RecordSync::pump(Member &member)
{
    while (!member.pushing && member.sent < m_lastChange) {
        if (member.isBehind() && !m_members.isHealthy(member.peer.id))
            member.giveUpTo(m_lastChange);  // it is away, and a comparison is due when it is back
        else
            sendWindow(member);
    }
    if (member.isBehind())
        retryLater(member);
}

void RecordSync::sendWindow(Member &member)
{
    std::map<std::size_t, std::vector<Record>> groups;
    std::set<RecordKey> seen;
    std::size_t bytes = 0;
    member.windowFailed = false;
    auto entry = m_changes.begin() + static_cast<std::ptrdiff_t>(member.sent + 1 - m_changes.front().number);
    for (; entry != m_changes.end() && seen.size() < kMaxPush && bytes < kPageBytes; ++entry) {
        member.sent = entry->number;
        const auto group = syncGroupOf(entry->key.kind);
        if (!group || !seen.insert(entry->key).second)
            continue;
        auto record = m_store.find(entry->key.kind, entry->key.id);
        if (!record)
            member.windowFailed = true;
        else if (*record) {
            bytes += sizeOf(**record);
            groups[*group].push_back(std::move(**record));
        }
    }
    member.windowEnd = member.sent;
    member.openPushes = groups.size();
    member.pushing = !groups.empty();
    if (groups.empty()) {
        member.pushedTo = member.windowEnd;
        if (member.windowFailed)
            member.failedTo = member.windowEnd;
        return;
    }
    for (auto &[group, records] : groups)
        m_world.ask(member.peer, PushRecords{std::move(records)}, kPushLimitMs,
                    [this, id = member.peer.id, serial = member.serial](const Result<Answer> &answer) {
                        pushed(id, serial, answer && std::holds_alternative<PushRecordsAnswer>(*answer));
                    });
}

void RecordSync::pushed(const NodeId &id, std::uint64_t serial, bool taken)
{
    Member *member = find(id, serial);
    if (member == nullptr)
        return;
    member->windowFailed |= !taken;
    if (--member->openPushes > 0)
        return;
    member->pushing = false;
    member->pushedTo = member->windowEnd;
    if (member->windowFailed)
        member->failedTo = std::max(member->failedTo, member->windowEnd);
    pump(*member);
    trimChanges();
    tellSettled();
}

// Forgets what all members have been sent.
void RecordSync::trimChanges()
{
    std::uint64_t sent = m_lastChange;
    for (const auto &[id, member] : m_known)
        sent = std::min(sent, member->sent);
    while (!m_changes.empty() && m_changes.front().number <= sent)
        m_changes.pop_front();
}

bool RecordSync::isSettled(std::uint64_t number) const
{
    return std::ranges::all_of(m_known, [&](const auto &known) {
        return known.second->confirmed() >= number || !m_members.isHealthy(known.first);
    });
}

void RecordSync::whenSettled(std::move_only_function<void()> call)
{
    refreshMembers();
    if (isSettled(m_lastChange)) {
        call();
        return;
    }
    const auto settling = m_settling.insert(m_settling.end(), {m_lastChange, std::move(call), 0});
    settling->timer = m_world.after(kPushLimitMs, [this, settling] {
        auto late = std::move(settling->call);
        m_settling.erase(settling);
        late();
    });
}

void RecordSync::tellSettled()
{
    std::list<Settling> ready;
    for (auto it = m_settling.begin(); it != m_settling.end();) {
        const auto next = std::next(it);
        if (isSettled(it->number))
            ready.splice(ready.end(), m_settling, it);
        it = next;
    }
    for (Settling &settling : ready) {
        m_world.cancel(settling.timer);
        settling.call();
    }
}

// --- What comes

void RecordSync::seek(Kind kind, const std::string &name, std::move_only_function<void(bool)> call)
{
    m_seeker.seek(kind, name, std::move(call));
}

void RecordSync::applied(const std::vector<RecordKey> &keys)
{
    m_seeker.recordsCame(keys);
    if (std::ranges::find(keys, Kind::Node, &RecordKey::kind) != keys.end())
        refreshMembers();
}

Result<PushRecordsAnswer> RecordSync::onPush(PushRecords request)
{
    if (!std::ranges::all_of(request.records, travels, &Record::kind))
        return refusal();
    if (request.forget)
        return m_tombstones.onWord(std::move(request.records));
    TRY_ASSIGN(const auto merged, m_store.merge(std::move(request.records)));
    applied(merged.applied);
    return PushRecordsAnswer{merged.applied.size(), merged.ignored};
}

Result<CompareRecordsAnswer> RecordSync::onCompare(const CompareRecords &request)
{
    if (!allTravel(request.kinds))
        return refusal();
    const std::string own = m_store.checksum(request.kinds);
    if (own.empty())
        return failure(Error::Io, "the records of this node cannot be read");
    return CompareRecordsAnswer{own == request.checksum};
}

Result<AskDigestsAnswer> RecordSync::onDigests(const AskDigests &request)
{
    if (!travels(request.kind))
        return refusal();
    return AskDigestsAnswer{m_store.digests(request.kind)};
}

Result<PullRecordsAnswer> RecordSync::onPull(const PullRecords &request)
{
    if (!travels(request.kind))
        return refusal();
    TRY_ASSIGN(auto page, m_store.page(request.kind, request.slots, request.after, kPageBytes));
    return PullRecordsAnswer{std::move(page)};
}

}  // namespace maxiofs::cluster::rules
