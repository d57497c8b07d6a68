// SPDX-License-Identifier: GPL-3.0-or-later
#include "records/replication_rules.h"

#include "base/log_line.h"

#include <algorithm>

namespace maxiofs::records {

namespace {

constexpr std::int64_t kMsPerSecond = 1000;

std::unexpected<Error> noSuchRule(const std::string &id)
{
    return failure(Error::NotFound, "There is no replication rule " + id + ".", id);
}

std::optional<std::int64_t> secondsOf(const std::optional<std::int64_t> &unixMs)
{
    return unixMs ? std::optional(*unixMs / kMsPerSecond) : std::nullopt;
}

// Whether the second would send again what the first sends. Of a replica there is one rule: it is one thing.
bool isSameWay(const ReplicationRule &a, const ReplicationRule &b)
{
    return a.sourceBucketId == b.sourceBucketId && a.destinationNode == b.destinationNode &&
           a.destinationBucket == b.destinationBucket &&
           (a.isReplica() || a.options.prefix == b.options.prefix);
}

}  // namespace

Result<std::unique_ptr<ReplicationRules>> ReplicationRules::load(Records &records)
{
    std::unique_ptr<ReplicationRules> rules(new ReplicationRules(records));
    TRY_ASSIGN(const auto stored, records.load(Kind::ReplicationRule));
    RuleMap loaded;
    for (const Record &record : stored) {
        TRY_ASSIGN(ReplicationRule rule, replicationRuleOf(record));
        loaded.emplace(record.id, std::make_shared<const ReplicationRule>(std::move(rule)));
    }
    const base::MutexLock change(rules->m_changeMutex);
    rules->publish(loaded);
    rules->m_listening =
        records.whenChanged([raw = rules.get()](const std::vector<RecordKey> &keys, Origin origin) {
            if (origin == Origin::Merged)
                raw->refresh(keys);
        });
    return rules;
}

Result<ReplicationRulePtr> ReplicationRules::find(const std::string &id) const
{
    const base::MutexLock lock(m_mutex);
    const auto found = m_rules.find(id);
    if (found == m_rules.end())
        return noSuchRule(id);
    return found->second;
}

std::vector<ReplicationRulePtr> ReplicationRules::all() const
{
    std::vector<ReplicationRulePtr> rules;
    const base::MutexLock lock(m_mutex);
    rules.reserve(m_rules.size());
    for (const auto &[id, rule] : m_rules)
        rules.push_back(rule);
    return rules;
}

std::vector<ReplicationRulePtr> ReplicationRules::ofBucket(const BucketId &source) const
{
    std::vector<ReplicationRulePtr> rules;
    const base::MutexLock lock(m_mutex);
    const auto found = m_ofBucket.find(source);
    if (found == m_ofBucket.end())
        return rules;
    for (const auto &[id, rule] : found->second)
        rules.push_back(rule);
    return rules;
}

Status ReplicationRules::checkNew(const ReplicationRule &rule, const std::vector<ReplicationRulePtr> &others)
{
    TRY_STATUS(checkOptions(rule.options));
    for (const ReplicationRulePtr &other : others) {
        if (other->id != rule.id && isSameWay(*other, rule))
            return failure(Error::AlreadyExists,
                           "There is already a rule that sends the bucket " + rule.sourceBucket + " there (" +
                               other->id + "): change that one.",
                           other->id);
    }
    return {};
}

Result<ReplicationRulePtr> ReplicationRules::write(ReplicationRule rule)
{
    TRY_STATUS(checkNew(rule, ofBucket(rule.sourceBucketId)));
    std::vector<Change> changes;
    changes.push_back(Change::put(Kind::ReplicationRule, rule.id, bodyOf(rule)));
    TRY_STATUS(m_records.apply(changes));

    const auto written = std::make_shared<const ReplicationRule>(std::move(rule));
    publish({{written->id, written}});
    return written;
}

Result<ReplicationRulePtr> ReplicationRules::create(ReplicationRule rule)
{
    std::vector<ReplicationRule> one;
    one.push_back(std::move(rule));
    return std::move(createAll(std::move(one)).front());
}

std::vector<Result<ReplicationRulePtr>> ReplicationRules::createAll(std::vector<ReplicationRule> rules)
{
    const base::MutexLock change(m_changeMutex);
    std::vector<Result<ReplicationRulePtr>> answers;
    std::vector<Change> changes;
    RuleMap made;
    std::map<BucketId, std::vector<ReplicationRulePtr>> madeOf;
    for (ReplicationRule &rule : rules) {
        if (rule.id.empty())
            rule.id = Id128::random().uuid();
        rule.createdMs = m_records.clock().unixMs();
        rule.updatedMs = rule.createdMs;
        Status fine = checkNew(rule, ofBucket(rule.sourceBucketId));
        if (fine)
            fine = checkNew(rule, madeOf[rule.sourceBucketId]);
        if (!fine) {
            answers.emplace_back(failure(std::move(fine.error())));
            continue;
        }
        changes.push_back(Change::put(Kind::ReplicationRule, rule.id, bodyOf(rule)));
        const auto added = std::make_shared<const ReplicationRule>(std::move(rule));
        madeOf[added->sourceBucketId].push_back(added);
        made.emplace(added->id, added);
        answers.emplace_back(added);
    }
    if (made.empty())
        return answers;
    if (const Status written = m_records.apply(changes); !written) {
        for (auto &answer : answers)
            answer = failure(written.error());
        return answers;
    }
    publish(made);
    return answers;
}

Result<ReplicationRulePtr> ReplicationRules::edit(const std::string &id,
                                                  const std::function<Status(ReplicationRule &)> &change)
{
    const base::MutexLock lock(m_changeMutex);
    TRY_ASSIGN(const ReplicationRulePtr existing, find(id));
    ReplicationRule rule = *existing;
    TRY_STATUS(change(rule));
    rule.id = existing->id;
    rule.createdMs = existing->createdMs;
    rule.updatedMs = existing->updatedMs;
    if (rule == *existing)
        return existing;
    rule.updatedMs = m_records.clock().unixMs();
    return write(std::move(rule));
}

Status ReplicationRules::remove(const std::string &id)
{
    const base::MutexLock change(m_changeMutex);
    TRY_ASSIGN(const ReplicationRulePtr existing, find(id));
    std::vector<Change> changes;
    changes.push_back(Change::remove(Kind::ReplicationRule, existing->id));
    TRY_STATUS(m_records.apply(changes));

    publish({{existing->id, nullptr}});
    return {};
}

Result<bool> ReplicationRules::isStale(const ReplicationRule &rule) const
{
    if (m_records.clusterId().empty())
        return true;
    const std::string bucket = rule.sourceBucketId.hex();
    TRY_ASSIGN(const auto records, m_records.findAll({{Kind::Location, bucket},
                                                      {Kind::Bucket, bucket},
                                                      {Kind::Node, rule.destinationNode.uuid()}}));
    bool isOurs = false;
    bool isOver = false;
    for (const Record &record : records) {
        if (record.kind == Kind::Location)
            isOurs = locationOf(record.body).owner == m_records.nodeId();
        else
            isOver = isOver || record.deleted;
    }
    return isOurs && isOver;
}

Result<std::vector<ReplicationRulePtr>> ReplicationRules::endStale()
{
    const base::MutexLock change(m_changeMutex);
    std::vector<ReplicationRulePtr> ended;
    std::vector<Change> changes;
    RuleMap gone;
    for (const ReplicationRulePtr &rule : all()) {
        TRY_ASSIGN(const bool stale, isStale(*rule));
        if (!stale)
            continue;
        ended.push_back(rule);
        changes.push_back(Change::remove(Kind::ReplicationRule, rule->id));
        gone.emplace(rule->id, nullptr);
    }
    if (ended.empty())
        return ended;
    TRY_STATUS(m_records.apply(changes));

    publish(gone);
    return ended;
}

void ReplicationRules::refresh(const std::vector<RecordKey> &keys)
{
    std::vector<RecordKey> wanted;
    std::ranges::copy_if(keys, std::back_inserter(wanted),
                         [](const RecordKey &key) { return key.kind == Kind::ReplicationRule; });
    if (wanted.empty())
        return;
    const base::MutexLock change(m_changeMutex);
    auto stored = m_records.findAll(wanted);
    if (!stored) {
        base::errorLine("replication rules that changed cannot be read")
            .with("error", stored.error().message);
        return;
    }
    RuleMap changed;
    for (const RecordKey &key : wanted)
        changed.emplace(key.id, nullptr);
    for (const Record &record : *stored) {
        if (record.deleted)
            continue;
        auto rule = replicationRuleOf(record);
        if (rule) {
            changed[record.id] = std::make_shared<const ReplicationRule>(*std::move(rule));
        } else {
            base::warningLine("a replication rule stays as it was").with("error", rule.error().message);
            changed.erase(record.id);
        }
    }
    publish(changed);
}

void ReplicationRules::publish(const RuleMap &changed)
{
    std::vector<std::pair<Event, ReplicationRulePtr>> events;
    {
        const base::MutexLock lock(m_mutex);
        for (const auto &[id, rule] : changed) {
            const auto before = m_rules.find(id);
            const bool isNew = before == m_rules.end();
            if (rule == nullptr) {
                if (isNew)
                    continue;
                events.emplace_back(Event::Removed, before->second);
                forget(before);
            } else if (isNew || *before->second != *rule) {
                if (!isNew)
                    forget(before);
                m_rules.insert_or_assign(id, rule);
                m_ofBucket[rule->sourceBucketId].insert_or_assign(id, rule);
                events.emplace_back(isNew ? Event::Created : Event::Changed, rule);
            }
        }
    }
    for (const auto &[event, rule] : events) {
        for (const Watcher &watcher : m_watchers)
            watcher(event, *rule);
    }
}

void ReplicationRules::forget(RuleMap::iterator at)
{
    const ReplicationRulePtr rule = at->second;
    m_rules.erase(at);
    const auto of = m_ofBucket.find(rule->sourceBucketId);
    of->second.erase(rule->id);
    if (of->second.empty())
        m_ofBucket.erase(of);
}

Result<ReplicationRuleNote> ReplicationRules::note(const std::string &id) const
{
    ReplicationRuleNote note;
    TRY_STATUS(m_records.database().read([&](db::Connection &connection) -> Status {
        TRY_ASSIGN(auto row,
                   connection.prepare("SELECT last_sync_at, last_error, objects_replicated,"
                                      " bytes_replicated, compared, compared_epoch,"
                                      " compared_epoch_node, verified_at FROM cluster_bucket_replication"
                                      " WHERE id = ? AND deleted = 0"));
        row.bind(id);
        TRY_ASSIGN(const bool there, row.step());
        if (!there)
            return noSuchRule(id);
        if (!row.isNull(0))
            note.lastSyncMs = row.integer(0) * kMsPerSecond;
        if (!row.isNull(1))
            note.lastError = row.text(1);
        note.objectsReplicated = row.integer(2);
        note.bytesReplicated = row.integer(3);
        note.compared = row.integer(4) != 0;
        note.comparedUnder = {static_cast<std::uint64_t>(row.integer(5)),
                              NodeId::fromUuid(row.text(6)).value_or(NodeId())};
        if (!row.isNull(7))
            note.verifiedMs = row.integer(7) * kMsPerSecond;
        return {};
    }));
    return note;
}

Status ReplicationRules::writeNotes(const std::map<std::string, ReplicationRuleNote> &notes)
{
    return m_records.database().write([&](db::Connection &connection) -> Status {
        TRY_ASSIGN(
            auto update,
            connection.prepare("UPDATE cluster_bucket_replication SET last_sync_at = ?,"
                               " last_error = ?, objects_replicated = ?, bytes_replicated = ?,"
                               " compared = ?, compared_epoch = ?, compared_epoch_node = ?, verified_at = ?"
                               " WHERE id = ? AND deleted = 0"));
        for (const auto &[id, note] : notes) {
            update.bind(secondsOf(note.lastSyncMs), note.lastError, note.objectsReplicated,
                        note.bytesReplicated, note.compared,
                        static_cast<std::int64_t>(note.comparedUnder.number), note.comparedUnder.node.uuid(),
                        secondsOf(note.verifiedMs), id);
            TRY_STATUS(update.run());
        }
        return {};
    });
}

Result<std::map<std::string, std::int64_t>> ReplicationRules::replicaTimes() const
{
    std::map<std::string, std::int64_t> times;
    TRY_STATUS(m_records.database().read([&](db::Connection &connection) -> Status {
        TRY_ASSIGN(auto rows, connection.prepare("SELECT id, replica_as_of FROM cluster_bucket_replication"
                                                 " WHERE deleted = 0 AND replica_as_of IS NOT NULL"));
        for (;;) {
            TRY_ASSIGN(const bool there, rows.step());
            if (!there)
                return {};
            times.emplace(rows.text(0), rows.integer(1));
        }
    }));
    return times;
}

Status ReplicationRules::writeReplicaTimes(const std::map<std::string, std::int64_t> &times)
{
    return m_records.database().write([&](db::Connection &connection) -> Status {
        TRY_ASSIGN(auto update, connection.prepare("UPDATE cluster_bucket_replication SET replica_as_of = ?"
                                                   " WHERE id = ? AND deleted = 0"));
        for (const auto &[id, unixMs] : times) {
            update.bind(unixMs, id);
            TRY_STATUS(update.run());
        }
        return {};
    });
}

}  // namespace maxiofs::records
