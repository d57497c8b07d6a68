// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cluster/rules/replication_world.h"

#include <memory>

namespace maxiofs::cluster::rules {

// One replication rule at the owner of its source bucket: compares manifests where nothing tells what the
// destination has, follows the bucket's changes, sends them in batches, several in flight, and moves its
// cursor over what was acknowledged. A machine: one thread, no world but the one given. Made anew when the
// rule's destination or the bucket's epoch changes.
//
// What it promises, and the simulation checks: the cursor passes only what the destination has durably or the
// durable queue holds; once all can be reached again the destination has what the source has; a synchronous
// wait that ends well while the rule is not degraded means that the destination has it. It sends states, not
// changes, so that losing, doubling and reordering of batches is harmless.
class RuleSender {
public:
    static constexpr std::size_t kBatchEntries = 1000;
    static constexpr std::uint64_t kBatchBytes = 8ULL << 20;
    static constexpr std::size_t kFeedPage = 2000;

    /// `location` is the bucket's, with this node as owner.
    RuleSender(ReplicationWorld &world, ReplicationRule rule, const records::Location &location);
    ~RuleSender();
    RuleSender(const RuleSender &) = delete;
    RuleSender &operator=(const RuleSender &) = delete;

    void start();
    /// The bucket has changed: sends at once, but for a rule in rounds.
    void changed();
    /// The destination answers again.
    void reached();
    /// Other interval, limit, policy, priority or enabled. Destination, bucket, prefix and what travels need
    /// a new machine, and with the last two a new comparison.
    void update(const ReplicationRule &rule);
    void pause();
    void resume();
    /// Sends what is there now, also for a rule in rounds, and tries the queue again.
    void syncNow();
    /// Compares whole, contents too, and repairs. Closed while the destination cannot be reached, Busy while
    /// another comparison runs.
    void verify(std::move_only_function<void(Result<ComparisonCounts>)> done);

    /// A synchronous rule: calls with success when the destination has all up to `position`, at once where
    /// the rule need not be waited for (asynchronous, paused, degraded); else with the reason why it is not
    /// known to have it, at the latest after RuleWaits::kLimitMs. A write whose wait fails may or may not
    /// exist.
    void waitFor(std::uint64_t position, std::move_only_function<void(Status)> done);

    [[nodiscard]] const ReplicationRule &rule() const;
    [[nodiscard]] RuleStatus status() const;

private:
    struct Parts;
    std::unique_ptr<Parts> m_parts;
};

}  // namespace maxiofs::cluster::rules
