// SPDX-License-Identifier: GPL-3.0-or-later
#include "cluster/replication/replication_engine.h"

#include "base/log_line.h"
#include "cluster/replication/queue_view.h"
#include "cluster/replication/rule_view.h"

#include <algorithm>

namespace maxiofs::cluster::replication {

namespace {

constexpr unsigned kPoolThreads = 16;

std::unexpected<Error> notSentFromHere(const std::string &ruleId)
{
    return failure(Error::NotFound, "This node does not send by a rule " + ruleId + ".", ruleId);
}

std::unexpected<Error> paused(const std::string &ruleId)
{
    return failure(Error::PreconditionFailed, "The rule is paused: resume it first.", ruleId);
}

Status checkSending(const SourceRules::Entry &entry)
{
    if (!entry.record->options.enabled)
        return paused(entry.record->id);
    if (entry.sender == nullptr)
        return failure(Error::Busy, entry.problem, entry.record->id);
    return {};
}

}  // namespace

ReplicationEngine::ReplicationEngine(Needs needs)
    : m_needs(std::move(needs)),
      m_clientStore({m_needs.store, [this](const BucketId &bucket) { return isSynchronous(bucket); },
                     [this](const BucketId &bucket, std::uint64_t position, SynchronousStore::Waited waited) {
                         waitFor(bucket, position, std::move(waited));
                     },
                     m_needs.gates, m_needs.ownership}),
      m_pool(kPoolThreads, "replica"),
      m_keeper(1, "replica-db"),
      m_thread("replication", m_needs.clock, {}),
      m_workers(m_pool, kWorkers),
      m_fetcher(m_needs.store, m_needs.cluster.calls(), m_pool),
      m_applier(m_needs.store, m_fetcher, m_pool),
      m_giver(m_needs.store, m_pool),
      m_sender({m_needs.store, m_needs.cluster.calls(), m_workers,
                [this](const NodeId &node) { return m_needs.cluster.isSilent(node); },
                [this](const BucketId &id) {
                    const auto bucket = m_needs.buckets.findById(id);
                    return bucket ? (*bucket)->name : id.hex();
                }}),
      m_replicas({m_needs.store, m_needs.records, m_needs.buckets, m_needs.rules, m_needs.identities,
                  m_needs.cluster, m_needs.ownership}),
      m_service({m_needs.store, m_needs.buckets, m_replicas, m_applier, m_giver, m_thread, m_pool,
                 [this] { return m_needs.store.health().damage.empty(); }, m_needs.ownership}),
      m_freshness({m_needs.records, m_needs.buckets, m_needs.rules, m_needs.cluster.calls(), m_needs.threads,
                   m_pool, m_needs.clock,
                   [this](const NodeId &node) { return m_needs.cluster.isSilent(node); },
                   [this](const NodeId &destination, const std::vector<std::string> &rules) {
                       return lagsTo(destination, rules);
                   }}),
      m_queue(m_needs.records),
      m_world({m_needs.store, m_needs.rules, m_queue, m_needs.cluster.calls(), m_sender, m_thread, m_pool,
               m_keeper, [this] { return m_needs.store.health().damage.empty(); }, m_needs.ownership}),
      m_rules({m_needs.records, m_needs.buckets, m_needs.rules, m_needs.store, m_world, m_thread,
               m_needs.cluster.calls(), m_keeper, m_needs.threads,
               [this](const NodeId &node) { return m_needs.cluster.isSilent(node); },
               [this](const BucketId &bucket) { return m_needs.store.counters(bucket); }, m_needs.ownership}),
      m_healSources({m_needs.records, m_needs.buckets, m_needs.rules}),
      m_healer({m_needs.store, m_needs.store, m_healSources, m_fetcher, m_needs.cluster.calls(), m_thread,
                m_pool, m_needs.threads,
                [this](const NodeId &node) { return m_needs.cluster.isSilent(node); },
                [this](const Healer::Healed &healed) {
                    if (m_needs.whenHealed)
                        m_needs.whenHealed(healed.version.bucket, healed.from);
                }})
{
}

ReplicationEngine::~ReplicationEngine()
{
    stop();
}

void ReplicationEngine::addTo(link::InternalHandlers &handlers)
{
    m_service.addHandlers(handlers);
    m_freshness.addHandlers(handlers);
    m_thread.start();
    m_needs.rules.whenChanged([this](records::ReplicationRules::Event, const records::ReplicationRule &rule) {
        if (rule.isReplica())
            m_replicas.follow(rule.sourceBucketId);
        followLater();
        m_healer.wake();  // a new destination may have what is damaged
    });
    // Rules to a node that was removed end.
    m_listening =
        m_needs.records.whenChanged([this](const std::vector<records::RecordKey> &keys, records::Origin) {
            if (std::ranges::find(keys, records::Kind::Node, &records::RecordKey::kind) != keys.end())
                followLater();
        });
    m_needs.store.setChangeHook([this](const BucketId &bucket, std::uint64_t) {
        m_thread.post([this, bucket] { m_rules.bucketChanged(bucket); });
    });
}

Status ReplicationEngine::takeReplicas()
{
    m_replicas.followAll();
    return m_freshness.load();
}

void ReplicationEngine::start()
{
    // Before clients are answered: from now on it is known which writes have to wait.
    [[maybe_unused]] const bool began = m_thread.runAndWait([this] {
        m_isSending = true;
        follow();
        tick();
    });
    m_healer.start();
}

void ReplicationEngine::stop()
{
    if (std::exchange(m_stopped, true))
        return;
    m_healer.stop();
    m_workers.stop();
    [[maybe_unused]] const bool kept = m_thread.runAndWait([this] { keepNotes(); });
    m_thread.stop();
    m_needs.store.setChangeHook(nullptr);
    m_keeper.stop();
    m_pool.stop();
    m_freshness.keep();
    m_rules.end();
}

void ReplicationEngine::bucketChanged(const BucketId &bucket)
{
    m_replicas.follow(bucket);
    followLater();
}

// Many records may change at once.
void ReplicationEngine::followLater()
{
    if (m_mustFollow.exchange(true))
        return;
    m_thread.post([this] {
        m_mustFollow = false;
        follow();
    });
}

void ReplicationEngine::follow()
{
    if (!m_isSending)
        return;
    m_rules.follow();
    {
        const base::MutexLock lock(m_synchronousMutex);
        m_synchronous = m_rules.synchronousBuckets();
        m_hasSynchronous = !m_synchronous.empty();
    }
    m_keeper.submit([this] {
        // What stays is ended by the next change of a record.
        if (const auto ended = m_needs.rules.endStale(); !ended)
            base::warningLine("Rules that mean nothing any more could not be ended")
                .with("reason", ended.error().message);
    });
}

bool ReplicationEngine::isSynchronous(const BucketId &bucket) const
{
    if (!m_hasSynchronous)
        return false;
    const base::MutexLock lock(m_synchronousMutex);
    return m_synchronous.contains(bucket);
}

void ReplicationEngine::waitFor(const BucketId &bucket, std::uint64_t position,
                                SynchronousStore::Waited waited)
{
    auto sure = orStopping<bool>([waited = std::move(waited)](Result<bool> result) mutable {
        waited(result ? Status() : failure(std::move(result).error()));
    });
    m_thread.post([this, bucket, position, sure = std::move(sure)]() mutable {
        m_rules.waitFor(bucket, position, std::move(sure));
    });
}

ReplicaFreshness::Lags ReplicationEngine::lagsTo(const NodeId &destination,
                                                 const std::vector<std::string> &rules) const
{
    ReplicaFreshness::Lags lags;
    [[maybe_unused]] const bool ran = m_thread.runAndWait([&] {
        for (const std::string &id : rules) {
            const SourceRules::Entry *const entry = m_rules.find(id);
            if (entry == nullptr || entry->record->destinationNode != destination)
                continue;
            if (const auto lagMs = lagOf(*entry))
                lags.emplace(id, *lagMs);
        }
    });
    return lags;
}

// How long ago the destination had everything; nothing where that is not known.
std::optional<std::int64_t> ReplicationEngine::lagOf(const SourceRules::Entry &entry) const
{
    using State = rules::RuleStatus::State;
    if (entry.sender == nullptr)
        return std::nullopt;
    const rules::RuleStatus status = entry.sender->status();
    if (!status.whole || status.state == State::Starting || status.state == State::Superseded)
        return std::nullopt;
    const rules::ReplicationRule &rule = entry.sender->rule();
    const auto lag = m_needs.store.feedLag(rule.bucket, rule.id);
    if (!lag || lag->trimmed)
        return std::nullopt;
    return lag->oldestMs ? std::max<std::int64_t>(m_thread.wallMs() - *lag->oldestMs, 0) : 0;
}

void ReplicationEngine::tick()
{
    m_sender.giveUpSilent();
    m_rules.tick();
    m_freshness.tick();
    if (++m_ticks % kNotesEvery == 0)
        keepNotes();
    m_thread.after(kTickMs, [this] { tick(); });
}

void ReplicationEngine::keepNotes()
{
    auto notes = m_rules.notes();
    if (notes.empty())
        return;
    m_keeper.submit([this, notes = std::move(notes)] {
        std::map<std::string, records::ReplicationRuleNote> written;
        for (const auto &[id, note] : notes) {
            auto now = m_needs.rules.note(id);
            if (!now)
                continue;
            now->lastSyncMs = note.lastSyncMs;
            now->lastError = note.lastError;
            now->objectsReplicated = note.objectsReplicated;
            now->bytesReplicated = note.bytesReplicated;
            now->verifiedMs = note.verifiedMs;
            written.emplace(id, *now);
        }
        // Figures only: the next ones are written again.
        [[maybe_unused]] const Status kept = m_needs.rules.writeNotes(written);
    });
}

template <typename T>
Result<T> ReplicationEngine::withRule(const std::string &ruleId,
                                      std::function<Result<T>(SourceRules::Entry &)> call) const
{
    return m_thread.await<T>([&](auto done) {
        SourceRules::Entry *const entry = m_rules.find(ruleId);
        if (entry == nullptr)
            done(notSentFromHere(ruleId));
        else
            done(call(*entry));
    });
}

std::map<std::string, protocol::ReplicationState> ReplicationEngine::states() const
{
    std::map<std::string, protocol::ReplicationState> states;
    [[maybe_unused]] const bool ran = m_thread.runAndWait([&] {
        for (const auto &[id, entry] : m_rules.entries())
            states.emplace(id, stateOf(entry, m_rules.backlogOf(entry)));
    });
    return states;
}

std::optional<protocol::ReplicationState> ReplicationEngine::state(const std::string &ruleId) const
{
    auto state = withRule<protocol::ReplicationState>(
        ruleId, [this](SourceRules::Entry &entry) -> Result<protocol::ReplicationState> {
            return stateOf(entry, m_rules.backlogOf(entry));
        });
    return state ? std::optional(std::move(*state)) : std::nullopt;
}

Result<protocol::Page<protocol::ReplicationQueueEntry>>
ReplicationEngine::queue(const std::string &ruleId, std::optional<protocol::ReplicationQueueStatus> status,
                         const std::string &after, std::size_t limit) const
{
    TRY_ASSIGN(const records::ReplicationRulePtr rule,
               withRule<records::ReplicationRulePtr>(
                   ruleId, [](SourceRules::Entry &entry) -> Result<records::ReplicationRulePtr> {
                       return entry.record;
                   }));
    const auto id = Id128::fromUuid(ruleId).value_or(Id128());
    return queuePage({m_needs.store, m_queue, *rule, m_sender.inFlight(id), status}, after, limit);
}

Status ReplicationEngine::syncNow(const std::string &ruleId)
{
    const auto done = withRule<bool>(ruleId, [](SourceRules::Entry &entry) -> Result<bool> {
        TRY_STATUS(checkSending(entry));
        entry.sender->syncNow();
        return true;
    });
    return done ? Status() : failure(done.error());
}

Result<protocol::ReplicationVerification> ReplicationEngine::verify(const std::string &ruleId)
{
    using Verification = protocol::ReplicationVerification;
    return withRule<Verification>(ruleId, [this](SourceRules::Entry &entry) -> Result<Verification> {
        TRY_STATUS(checkSending(entry));
        TRY_STATUS(m_rules.verify(entry));
        return verificationOf(entry);
    });
}

Result<protocol::ReplicationVerification> ReplicationEngine::verification(const std::string &ruleId) const
{
    using Verification = protocol::ReplicationVerification;
    return withRule<Verification>(
        ruleId, [](SourceRules::Entry &entry) -> Result<Verification> { return verificationOf(entry); });
}

Replication::Totals ReplicationEngine::totals() const
{
    Totals totals;
    [[maybe_unused]] const bool ran = m_thread.runAndWait([&] {
        totals = {m_rules.ended().objects, m_rules.ended().bytes, m_rules.ended().errors, 0};
        for (const auto &[id, entry] : m_rules.entries()) {
            if (entry.sender == nullptr)
                continue;
            const rules::RuleStatus status = entry.sender->status();
            totals.objectsReplicated += status.objectsReplicated;
            totals.bytesReplicated += status.bytesReplicated;
            totals.errors += status.errors;
        }
    });
    totals.objectsHealed = m_healer.healed();
    return totals;
}

}  // namespace maxiofs::cluster::replication
