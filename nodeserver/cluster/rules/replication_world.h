// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cluster/rules/replication.h"
#include "cluster/rules/world.h"

#include <functional>

namespace maxiofs::cluster::rules {

// All that a rule at its source may do to the world. Everything is called on the machines' thread; what is
// answered is called once, later on that thread and never from inside the call, or not at all after the end.
class ReplicationWorld {
public:
    template <typename T>
    using Done = std::move_only_function<void(Result<T>)>;
    using Finished = std::move_only_function<void(Status)>;

    virtual ~ReplicationWorld() = default;

    [[nodiscard]] virtual std::int64_t wallMs() const = 0;
    [[nodiscard]] virtual std::int64_t steadyMs() const = 0;
    virtual TimerId after(std::int64_t delayMs, std::move_only_function<void()> call) = 0;
    virtual void cancel(TimerId timer) = 0;

    // --- The source's store

    /// Registers the rule as a consumer where it is none yet; durable when it answers.
    virtual void openFeed(const ReplicationRule &rule, Done<OpenedFeed> done) = 0;
    /// NotFound: the consumer is not known (any more).
    virtual void readFeed(const ReplicationRule &rule, std::uint64_t after, std::size_t most,
                          Done<FeedPage> done) = 0;
    /// The destination has all up to here. Need not be durable soon: what is sent again changes nothing.
    virtual void acknowledge(const ReplicationRule &rule, std::uint64_t position) = 0;
    /// From the source's own bucket, names after `after` (all for an empty one) that begin with the prefix.
    virtual void readManifest(const ReplicationRule &rule, const std::optional<VersionName> &after,
                              std::size_t most, Done<ManifestPage> done) = 0;
    /// Cheap; what is in flight counts as unsent.
    [[nodiscard]] virtual FeedLag lag(const ReplicationRule &rule) const = 0;

    // --- The destination. An error says that it cannot be reached, or cannot take anything for the moment

    /// Reads each entry's state from the store, sends it, and answers when all is durable there or refused.
    /// What cannot be read here is that entry's failure. A State that came through the destination's bucket
    /// is Gone, and with rule.deletes off a tombstone or marker.
    virtual void sendBatch(const ReplicationRule &rule, Batch batch, Done<BatchAnswer> done) = 0;
    virtual void readTheirs(const ReplicationRule &rule, const BatchHeader &header,
                            const std::optional<VersionName> &after, std::size_t most,
                            Done<TheirManifest> done) = 0;
    // --- What is kept of the rule: durable when it is answered, and written in the order of the calls

    virtual void loadProgress(const ReplicationRule &rule, Done<RuleProgress> done) = 0;
    virtual void saveProgress(const ReplicationRule &rule, const RuleProgress &progress, Finished done) = 0;
    /// At most RuleQueue::kMost.
    virtual void loadQueue(const ReplicationRule &rule, Done<std::vector<FailingObject>> done) = 0;
    virtual void keepInQueue(const ReplicationRule &rule, std::vector<FailingObject> objects,
                             Finished done) = 0;
    virtual void dropFromQueue(const ReplicationRule &rule, std::vector<VersionName> names) = 0;

    /// For events, alerts and logs. `text` is a sentence.
    virtual void tell(const ReplicationRule &rule, RuleEvent event, const std::string &text) = 0;
    /// The destination has everything up to here; told again and again.
    virtual void completed(const ReplicationRule &, const records::Location &, std::uint64_t /*position*/) {}
    /// The destination knows of another owner; the rule has stopped for good.
    virtual void superseded(const ReplicationRule &rule, const records::Location &location) = 0;
};

}  // namespace maxiofs::cluster::rules
