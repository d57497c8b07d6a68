// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "records/records.h"
#include "records/replication_rule.h"

#include <functional>
#include <map>
#include <memory>

namespace maxiofs::records {

using ReplicationRulePtr = std::shared_ptr<const ReplicationRule>;

// What the owner of a rule's source bucket keeps of it beside the record: columns that are never synced.
struct ReplicationRuleNote {
    std::optional<std::int64_t> lastSyncMs;
    std::optional<std::string> lastError;
    std::int64_t objectsReplicated = 0;
    std::int64_t bytesReplicated = 0;
    bool compared = false;  // all that was there before the feed began is at the destination,
    Epoch comparedUnder;    // as this epoch's owner found
    std::optional<std::int64_t> verifiedMs =
        {};  // when both sides were last compared by a daily or asked-for verification

    bool operator==(const ReplicationRuleNote &) const = default;
};

// The cluster's replication rules: in memory for whoever sends by them, in auth.db for the next start. Any
// thread; a change is durable, and seen by every later call, when its own returns.
class ReplicationRules {
public:
    [[nodiscard]] static Result<std::unique_ptr<ReplicationRules>> load(Records &records);

    /// NotFound when there is none.
    [[nodiscard]] Result<ReplicationRulePtr> find(const std::string &id) const;
    /// In order of id.
    [[nodiscard]] std::vector<ReplicationRulePtr> all() const;
    [[nodiscard]] std::vector<ReplicationRulePtr> ofBucket(const BucketId &source) const;

    /// Gives it an id where it has none, and its times. InvalidArgument as checkOptions(); AlreadyExists,
    /// with the other's id as subject, for one with the same bucket, destination and, of a copy, prefix.
    [[nodiscard]] Result<ReplicationRulePtr> create(ReplicationRule rule);
    /// Each by itself made or refused, in the order given; what is made is made in one transaction, whose
    /// failure is all of theirs.
    [[nodiscard]] std::vector<Result<ReplicationRulePtr>> createAll(std::vector<ReplicationRule> rules);
    /// `change` alters all but id and times. Errors are its own, and those of create().
    [[nodiscard]] Result<ReplicationRulePtr> edit(const std::string &id,
                                                  const std::function<Status(ReplicationRule &)> &change);
    [[nodiscard]] Status remove(const std::string &id);
    /// Ends the rules that mean nothing any more: whose destination was removed from the cluster or whose
    /// bucket was deleted, by the owner of that bucket; all those of a lone node. Answers what it ended. To
    /// be called after merges, not from a listener.
    [[nodiscard]] Result<std::vector<ReplicationRulePtr>> endStale();

    enum class Event { Created, Changed, Removed };
    using Watcher = std::function<void(Event, const ReplicationRule &)>;
    /// Called after each change, wherever it was made, on the changing thread; not to change rules from
    /// there. Only before the node serves.
    void whenChanged(Watcher call) { m_watchers.push_back(std::move(call)); }

    /// NotFound for a rule that is not there.
    [[nodiscard]] Result<ReplicationRuleNote> note(const std::string &id) const;
    /// In one transaction; those of rules that are not there are left out.
    [[nodiscard]] Status writeNotes(const std::map<std::string, ReplicationRuleNote> &notes);

    // What the destination of a rule keeps of it, by the rule's id: when it was last known to have
    // everything. Unix milliseconds; only rules of which it was ever known.
    [[nodiscard]] Result<std::map<std::string, std::int64_t>> replicaTimes() const;
    /// As writeNotes().
    [[nodiscard]] Status writeReplicaTimes(const std::map<std::string, std::int64_t> &times);

private:
    using RuleMap = std::map<std::string, ReplicationRulePtr>;

    explicit ReplicationRules(Records &records) : m_records(records) {}
    [[nodiscard]] static Status checkNew(const ReplicationRule &rule,
                                         const std::vector<ReplicationRulePtr> &others);
    [[nodiscard]] Result<ReplicationRulePtr> write(ReplicationRule rule) REQUIRES(m_changeMutex);
    [[nodiscard]] Result<bool> isStale(const ReplicationRule &rule) const;
    void refresh(const std::vector<RecordKey> &keys);
    /// Null: it is gone.
    void publish(const RuleMap &changed) REQUIRES(m_changeMutex);
    void forget(RuleMap::iterator at) REQUIRES(m_mutex);

    Records &m_records;
    std::vector<Watcher> m_watchers;
    base::Mutex m_changeMutex;  // one change at a time; taken before m_mutex
    mutable base::Mutex m_mutex;
    RuleMap m_rules GUARDED_BY(m_mutex);
    std::map<BucketId, RuleMap> m_ofBucket GUARDED_BY(m_mutex);  // by source
    Records::Listening m_listening;                              // last: ends first
};

}  // namespace maxiofs::records
