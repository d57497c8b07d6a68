// SPDX-License-Identifier: GPL-3.0-or-later
#include "cluster/replication/source_rules.h"

#include "cluster/replication/manifest_codec.h"
#include "cluster/replication/replica_service.h"
#include "cluster/replication/store_views.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <algorithm>

namespace maxiofs::cluster::replication {

namespace {

constexpr std::int64_t kMsPerSecond = 1000;
constexpr std::chrono::milliseconds kPrepareLimit{10'000};

rules::ReplicationRule machineRuleOf(const records::ReplicationRule &record, const BucketId &destination)
{
    const protocol::ReplicationRuleOptions &options = record.options;
    rules::ReplicationRule rule;
    rule.id = Id128::fromUuid(record.id).value_or(Id128());
    rule.bucket = record.sourceBucketId;
    rule.destination = record.destinationNode;
    rule.destinationBucket = destination;
    rule.intervalMs = options.syncIntervalSeconds * kMsPerSecond;
    rule.enabled = options.enabled;
    rule.deletes = options.replicateDeletes;
    rule.metadata = options.replicateMetadata;
    rule.prefix = options.prefix;
    rule.priority = options.priority;
    rule.policy = options.policy == protocol::ReplicationPolicy::Continue
                      ? rules::ReplicationRule::Policy::Continue
                      : rules::ReplicationRule::Policy::Fail;
    rule.bytesPerSecond = static_cast<std::uint64_t>(options.bandwidthLimitBytesPerSecond);
    return rule;
}

// What travels by the rule, and where to: another one needs another machine.
bool isSameWay(const rules::ReplicationRule &a, const rules::ReplicationRule &b)
{
    return a.destination == b.destination && a.destinationBucket == b.destinationBucket &&
           a.bucket == b.bucket;
}

bool isSameSelection(const rules::ReplicationRule &a, const rules::ReplicationRule &b)
{
    return a.prefix == b.prefix && a.deletes == b.deletes && a.metadata == b.metadata;
}

}  // namespace

std::int64_t SourceRules::untilVerification(std::int64_t lastMs, std::int64_t nowMs)
{
    const std::int64_t since = nowMs - lastMs;
    // A clock that was wrong neither hurries nor puts off for long.
    return since < 0 ? kVerifyMs : std::max<std::int64_t>(kVerifyMs - since, 0);
}

SourceRules::Entry *SourceRules::find(const std::string &ruleId)
{
    const auto found = m_entries.find(ruleId);
    return found == m_entries.end() ? nullptr : &found->second;
}

void SourceRules::follow()
{
    const NodeId self = m_needs.records.nodeId();
    std::set<std::string> wanted;
    std::map<BucketId, std::set<Id128>> consumers;
    for (const records::ReplicationRulePtr &rule : m_needs.rules.all()) {
        const auto bucket = m_needs.buckets.findById(rule->sourceBucketId);
        if (!bucket || (*bucket)->location.owner != self || rule->destinationNode == self)
            continue;
        wanted.insert(rule->id);
        consumers[(*bucket)->id].insert(Id128::fromUuid(rule->id).value_or(Id128()));
        followRule(rule, **bucket);
    }
    std::set<BucketId> touched;
    for (auto entry = m_entries.begin(); entry != m_entries.end();) {
        if (wanted.contains(entry->first)) {
            ++entry;
            continue;
        }
        touched.insert(entry->second.record->sourceBucketId);
        stopSender(entry->second);
        entry = m_entries.erase(entry);
    }
    for (const BucketId &bucket : touched)
        dropConsumers(bucket, consumers[bucket]);
    // What ended while the node was stopped.
    for (const auto &[bucket, rules] : consumers) {
        if (m_cleaned.insert(bucket).second)
            dropConsumers(bucket, rules);
    }
}

void SourceRules::followRule(const records::ReplicationRulePtr &rule, const records::BucketRecord &bucket)
{
    Entry &entry = m_entries[rule->id];
    entry.record = rule;
    const Result<BucketId> destination = destinationOf(entry, bucket);
    if (!destination) {
        entry.problem = destination.error().message;
        stopSender(entry);
        return;
    }
    entry.problem.clear();
    const rules::ReplicationRule wanted = machineRuleOf(*rule, *destination);
    const bool isSameMachine = entry.sender != nullptr && isSameWay(entry.sender->rule(), wanted) &&
                               entry.epoch == bucket.location.epoch;
    const bool isSame = isSameMachine && isSameSelection(entry.sender->rule(), wanted);
    if (isSame) {
        if (!(entry.sender->rule() == wanted))
            entry.sender->update(wanted);
        return;
    }
    stopSender(entry);
    if (!entry.isLoaded) {
        entry.isLoaded = true;
        if (const auto note = m_needs.rules.note(rule->id))
            entry.before = *note;
        entry.written = entry.before;
        entry.verifyAtMs =
            m_needs.thread.steadyMs() +
            untilVerification(entry.before.verifiedMs.value_or(rule->createdMs), m_needs.thread.wallMs());
    }
    // What was not selected before is not at the destination.
    if (isSameMachine) {
        m_needs.keeper.submit([this, id = rule->id] {
            auto kept = m_needs.rules.note(id);
            if (!kept)
                return;
            kept->compared = false;
            // Else the daily comparison finds it.
            [[maybe_unused]] const Status written = m_needs.rules.writeNotes({{id, *kept}});
        });
    }
    entry.epoch = bucket.location.epoch;
    entry.sender = std::make_unique<rules::RuleSender>(m_needs.world, wanted, bucket.location);
    entry.sender->start();
}

Result<BucketId> SourceRules::destinationOf(Entry &entry, const records::BucketRecord &bucket)
{
    if (entry.record->isReplica())
        return bucket.id;
    const std::string &name = entry.record->destinationBucket;
    if (const auto there = m_needs.buckets.find(name)) {
        if ((*there)->location.owner == entry.record->destinationNode)
            return (*there)->id;
        return failure(Error::AlreadyExists, "The bucket " + name +
                                                 " is on another node than the rule's destination: make a "
                                                 "rule to that node, or to another name.");
    }
    if (entry.prepared)
        return *entry.prepared;
    if (!entry.isPreparing && m_needs.thread.steadyMs() >= entry.retryAtMs)
        prepare(entry.record->id, bucket);
    return failure(Error::Busy, entry.problem.empty()
                                    ? "The bucket " + name + " is being made at the destination."
                                    : entry.problem);
}

void SourceRules::prepare(const std::string &ruleId, const records::BucketRecord &bucket)
{
    Entry &entry = m_entries[ruleId];
    entry.isPreparing = true;
    entry.retryAtMs = m_needs.thread.steadyMs() + kRetryMs;
    QJsonObject question = ReplicaService::prepareQuestion(bucket.id, entry.record->destinationBucket);
    auto asked = [](PeerCalls &calls, NodeId node, QJsonObject body) -> net::Awaitable<Result<BucketId>> {
        CO_TRY_ASSIGN(const QJsonObject answer, co_await calls.call(node, ReplicaService::kPrepareRoute,
                                                                    std::move(body), kPrepareLimit));
        co_return ReplicaService::preparedBucket(answer);
    };
    boost::asio::co_spawn(m_needs.threads.at(0).executor(),
                          asked(m_needs.calls, entry.record->destinationNode, std::move(question)),
                          [this, ruleId](const std::exception_ptr &thrown, Result<BucketId> made) {
                              if (thrown)
                                  std::rethrow_exception(thrown);
                              m_needs.thread.post([this, ruleId, made = std::move(made)] {
                                  Entry *const waiting = find(ruleId);
                                  if (waiting == nullptr)
                                      return;
                                  waiting->isPreparing = false;
                                  if (made)
                                      waiting->prepared = *made;
                                  else
                                      waiting->problem = made.error().message;
                                  if (made)
                                      follow();
                              });
                          });
}

void SourceRules::stopSender(Entry &entry)
{
    if (entry.sender == nullptr)
        return;
    const rules::RuleStatus status = entry.sender->status();
    m_ended.objects += status.objectsReplicated;
    m_ended.bytes += status.bytesReplicated;
    m_ended.errors += status.errors;
    entry.before = noteOf(entry);
    entry.isVerifying = false;
    entry.sender.reset();
}

void SourceRules::dropConsumers(const BucketId &bucket, const std::set<Id128> &wanted)
{
    m_needs.keeper.submit([&store = m_needs.store, bucket, wanted] {
        for (const Id128 &consumer : store.consumers(bucket)) {
            // One that stays is trimmed after some days, and ended at the next start.
            if (!wanted.contains(consumer)) [[maybe_unused]]
                const Status removed = store.removeConsumer(bucket, consumer);
        }
    });
}

void SourceRules::bucketChanged(const BucketId &bucket)
{
    for (auto &[id, entry] : m_entries) {
        if (entry.sender != nullptr && entry.record->sourceBucketId == bucket)
            entry.sender->changed();
    }
}

void SourceRules::tellProgress(const BucketId &bucket)
{
    for (auto &[id, entry] : m_entries) {
        if (entry.sender == nullptr || entry.record->sourceBucketId != bucket)
            continue;
        m_needs.world.tellProgress(entry.sender->rule().id);
        entry.sender->syncNow();
    }
}

void SourceRules::waitFor(const BucketId &bucket, std::uint64_t position, Waited done)
{
    struct Waits {
        std::size_t left = 1;
        Result<bool> result = true;
        Waited done;

        void end(Status status)
        {
            if (!status)
                result = failure(std::move(status).error());
            if (--left == 0)
                done(std::move(result));
        }
    };
    const auto waits = std::make_shared<Waits>();
    waits->done = std::move(done);
    for (auto &[id, entry] : m_entries) {
        if (entry.sender == nullptr || entry.record->sourceBucketId != bucket ||
            !entry.sender->rule().isSynchronous())
            continue;
        if (m_needs.ownership != nullptr && m_needs.ownership->isDegraded(bucket, entry.sender->rule().id))
            continue;
        ++waits->left;
        entry.sender->waitFor(position, [waits](Status status) { waits->end(std::move(status)); });
    }
    waits->end({});
}

std::set<BucketId> SourceRules::synchronousBuckets() const
{
    std::set<BucketId> buckets;
    for (const auto &[id, entry] : m_entries) {
        if (entry.sender != nullptr && entry.sender->rule().isSynchronous())
            buckets.insert(entry.record->sourceBucketId);
    }
    return buckets;
}

void SourceRules::tick()
{
    const std::int64_t now = m_needs.thread.steadyMs();
    bool mustFollow = false;
    for (auto &[id, entry] : m_entries) {
        if (entry.sender == nullptr) {
            mustFollow = mustFollow || (!entry.isPreparing && now >= entry.retryAtMs);
            continue;
        }
        const rules::RuleStatus status = entry.sender->status();
        entry.rates.sample(now, status);
        const bool isSilent = m_needs.isSilent(entry.record->destinationNode);
        if (entry.wasUnreachable && !isSilent)
            entry.sender->reached();
        entry.wasUnreachable = isSilent;
        if (now >= entry.verifyAtMs && entry.record->options.enabled && !verify(entry))
            entry.verifyAtMs = now + kVerifyAgainMs;
        if (!status.backlog)
            entry.counted.reset();
        else if (!entry.counted)
            count(entry);
    }
    if (mustFollow)
        follow();
}

std::optional<SourceRules::Amount> SourceRules::backlogOf(const Entry &entry) const
{
    if (entry.sender == nullptr || !entry.sender->status().backlog)
        return std::nullopt;
    const rules::ReplicationRule &rule = entry.sender->rule();
    if (!rule.prefix.empty())
        return entry.counted;
    const auto counters = m_needs.counters(rule.bucket);
    if (!counters)
        return std::nullopt;
    return Amount{counters->currentObjects + counters->noncurrentObjects,
                  counters->currentBytes + counters->noncurrentBytes};
}

// The store has counters for whole buckets alone.
void SourceRules::count(Entry &entry)
{
    const rules::ReplicationRule &rule = entry.sender->rule();
    if (rule.prefix.empty() || entry.isCounting)
        return;
    entry.isCounting = true;
    m_needs.keeper.submit([this, id = entry.record->id, bucket = rule.bucket, prefix = rule.prefix] {
        Amount amount;
        std::optional<rules::VersionName> after;
        for (bool more = true; more;) {
            const auto page = readManifest(m_needs.store, bucket, prefix, after, kMaxManifestEntries);
            if (!page)
                break;
            for (const rules::ManifestEntry &each : page->entries) {
                amount.versions += each.kind != rules::ManifestEntry::Kind::Tombstone ? 1 : 0;
                amount.bytes += each.size;
            }
            more = page->more && !page->entries.empty();
            if (more)
                after = page->entries.back().name;
        }
        m_needs.thread.post([this, id, amount] {
            if (Entry *const waiting = find(id)) {
                waiting->isCounting = false;
                waiting->counted = amount;
            }
        });
    });
}

Status SourceRules::verify(Entry &entry)
{
    if (entry.isVerifying || entry.sender == nullptr)
        return {};
    if (entry.sender->status().state == rules::RuleStatus::State::Starting || entry.sender->status().backlog)
        return failure(Error::Busy,
                       "The rule compares both nodes already, for what was there before it: ask again when "
                       "it has caught up.",
                       entry.record->id);
    entry.isVerifying = true;
    entry.verifyAtMs = m_needs.thread.steadyMs() + kVerifyMs;
    entry.verifyStartedMs = m_needs.thread.wallMs();
    entry.sender->verify([this, id = entry.record->id](Result<rules::ComparisonCounts> counts) {
        Entry *const verified = find(id);
        if (verified == nullptr)
            return;
        verified->isVerifying = false;
        verified->hasVerified = true;
        verified->verifyFinishedMs = m_needs.thread.wallMs();
        verified->verifyError.reset();
        if (counts)
            verified->before.verifiedMs = verified->verifyFinishedMs;
        if (counts)
            verified->verified = *counts;
        else
            verified->verifyError = counts.error().message;
    });
    return {};
}

records::ReplicationRuleNote SourceRules::noteOf(const Entry &entry)
{
    records::ReplicationRuleNote note = entry.before;
    if (entry.sender == nullptr)
        return note;
    const rules::RuleStatus status = entry.sender->status();
    if (status.lastSyncMs)
        note.lastSyncMs = status.lastSyncMs;
    note.lastError = status.lastError.empty() ? std::nullopt : std::optional(status.lastError);
    note.objectsReplicated += static_cast<std::int64_t>(status.objectsReplicated);
    note.bytesReplicated += static_cast<std::int64_t>(status.bytesReplicated);
    return note;
}

std::map<std::string, records::ReplicationRuleNote> SourceRules::notes()
{
    std::map<std::string, records::ReplicationRuleNote> notes;
    for (auto &[id, entry] : m_entries) {
        if (entry.sender == nullptr)
            continue;
        records::ReplicationRuleNote note = noteOf(entry);
        if (note == entry.written)
            continue;
        entry.written = note;
        notes.emplace(id, std::move(note));
    }
    return notes;
}

}  // namespace maxiofs::cluster::replication
