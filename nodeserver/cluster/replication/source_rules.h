// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cluster/replication/rule_rates.h"
#include "cluster/replication/source_world.h"
#include "cluster/rules/rule_sender.h"
#include "index/rows.h"
#include "net/io_threads.h"
#include "records/buckets.h"

namespace maxiofs::cluster::replication {

// The rules whose source bucket this node owns, each with its machine, as the records say. On the machines'
// thread.
class SourceRules {
public:
    static constexpr std::int64_t kRetryMs = 10'000;  // of a copy's bucket that cannot be made
    static constexpr std::int64_t kVerifyMs =
        24 * 3600 * 1000LL;                                 // each rule's manifests are compared so often
    static constexpr std::int64_t kVerifyAgainMs = 60'000;  // where it could not begin

    struct Needs {
        records::Records &records;
        records::Buckets &buckets;
        records::ReplicationRules &rules;
        store::VersionExchange &store;
        SourceWorld &world;
        MachineThread &thread;
        PeerCalls &calls;
        net::BlockingPool &keeper;
        net::IoThreads &threads;
        std::function<bool(const NodeId &)> isSilent;
        std::function<Result<index::BucketCounters>(const BucketId &)> counters;
        const BucketKeeper *ownership = nullptr;
    };
    // Versions and delete markers that a rule's backlog is made of.
    struct Amount {
        std::uint64_t versions = 0;
        std::uint64_t bytes = 0;
    };
    // A rule that is sent, or why it is not.
    struct Entry {
        records::ReplicationRulePtr record;
        std::unique_ptr<rules::RuleSender> sender;  // null: not begun
        records::Epoch epoch;                       // of the bucket, for the sender
        std::string problem;                        // why there is no sender
        bool isPreparing = false;                   // the copy's bucket is asked for
        std::optional<BucketId> prepared;           // that the destination told
        std::int64_t retryAtMs = 0;
        RuleRates rates;
        bool isLoaded = false;
        records::ReplicationRuleNote before;  // what was observed of it before the sender began
        records::ReplicationRuleNote written;
        bool wasUnreachable = false;
        std::int64_t verifyAtMs = 0;
        bool isVerifying = false;
        bool hasVerified = false;
        std::optional<std::string> verifyError;
        std::int64_t verifyStartedMs = 0;
        std::int64_t verifyFinishedMs = 0;
        rules::ComparisonCounts verified;
        bool isCounting = false;        // the versions with the rule's prefix
        std::optional<Amount> counted;  //
    };

    explicit SourceRules(Needs needs) : m_needs(std::move(needs)) {}

    /// Records or owners changed: begins what is to be sent from here, ends the rest.
    void follow();
    void bucketChanged(const BucketId &bucket);
    /// The destinations of the bucket's rules are told how far they are, once they have all up to now.
    void tellProgress(const BucketId &bucket);
    /// Calls once the destinations of the bucket's synchronous rules have all up to `position`, or with why
    /// one of them may not have it.
    using Waited = std::move_only_function<void(Result<bool>)>;
    void waitFor(const BucketId &bucket, std::uint64_t position, Waited done);
    /// The buckets with such rules.
    [[nodiscard]] std::set<BucketId> synchronousBuckets() const;
    /// Each second.
    void tick();
    /// Compares and repairs; does nothing while that is under way. Busy while the rule compares for its
    /// backlog.
    [[nodiscard]] Status verify(Entry &entry);
    /// How long until a rule is to be verified that was last verified, or made, at that Unix time: a day
    /// after it, also where the node was stopped in between.
    [[nodiscard]] static std::int64_t untilVerification(std::int64_t lastMs, std::int64_t nowMs);
    /// What a rule has to compare or send before it follows the changes; empty where no such backlog is under
    /// way, or it is not counted yet.
    [[nodiscard]] std::optional<Amount> backlogOf(const Entry &entry) const;
    /// What is observed of a rule by now, but for its comparison.
    [[nodiscard]] static records::ReplicationRuleNote noteOf(const Entry &entry);
    /// The same of all, where it changed since the last call.
    [[nodiscard]] std::map<std::string, records::ReplicationRuleNote> notes();
    void end() { m_entries.clear(); }

    [[nodiscard]] std::map<std::string, Entry> &entries() { return m_entries; }
    [[nodiscard]] Entry *find(const std::string &ruleId);
    /// Of rules that ended.
    struct Ended {
        std::uint64_t objects = 0;
        std::uint64_t bytes = 0;
        std::uint64_t errors = 0;
    };
    [[nodiscard]] const Ended &ended() const { return m_ended; }

private:
    void followRule(const records::ReplicationRulePtr &rule, const records::BucketRecord &bucket);
    [[nodiscard]] Result<BucketId> destinationOf(Entry &entry, const records::BucketRecord &bucket);
    void prepare(const std::string &ruleId, const records::BucketRecord &bucket);
    void stopSender(Entry &entry);
    void count(Entry &entry);
    void dropConsumers(const BucketId &bucket, const std::set<Id128> &wanted);

    const Needs m_needs;
    std::map<std::string, Entry> m_entries;
    std::set<BucketId> m_cleaned;  // buckets whose other consumers were ended
    Ended m_ended;
};

}  // namespace maxiofs::cluster::replication
