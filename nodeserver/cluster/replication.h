// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "protocol/replication.h"

#include <map>

namespace maxiofs::cluster {

// What this node knows of the replication of the buckets that it owns, for the APIs; rules themselves are
// records (records/replication_rules.h), and whoever changes those is followed by itself. Any thread; calls
// that return a Result or a Status may wait for the disk and belong on a blocking pool.
//
// NotFound for a rule whose source bucket this node does not own.
class Replication {
public:
    virtual ~Replication() = default;

    /// Of every rule whose source bucket this node owns, by the rule's id; paused ones too.
    [[nodiscard]] virtual std::map<std::string, protocol::ReplicationState> states() const = 0;
    /// Empty for another rule.
    [[nodiscard]] virtual std::optional<protocol::ReplicationState>
    state(const std::string &ruleId) const = 0;

    /// In the order of protocol::ReplicationQueueEntry, after the entry of that id; at most `limit` of them.
    /// `status` leaves the others out.
    [[nodiscard]] virtual Result<protocol::Page<protocol::ReplicationQueueEntry>>
    queue(const std::string &ruleId, std::optional<protocol::ReplicationQueueStatus> status,
          const std::string &after, std::size_t limit) const = 0;

    /// Sends what is unsent without waiting for the interval, and tries again what failed. Returns at once;
    /// PreconditionFailed for a rule that is paused, Busy for one that could not begin.
    [[nodiscard]] virtual Status syncNow(const std::string &ruleId) = 0;

    /// Begins to compare the manifests of both sides and to repair what differs; while that is under way
    /// already it answers how far it is. PreconditionFailed for a rule that is paused; Busy for one that
    /// could not begin, or still compares for its backlog.
    [[nodiscard]] virtual Result<protocol::ReplicationVerification> verify(const std::string &ruleId) = 0;
    /// How the last comparison went, or how far it is; of the daily ones too.
    [[nodiscard]] virtual Result<protocol::ReplicationVerification>
    verification(const std::string &ruleId) const = 0;

    // Since the start, of all rules that this node sent for; they never fall, also when rules end.
    struct Totals {
        std::uint64_t objectsReplicated = 0;
        std::uint64_t bytesReplicated = 0;
        std::uint64_t errors = 0;
        std::uint64_t objectsHealed = 0;  // damaged here, and replaced by those of another node
    };
    [[nodiscard]] virtual Totals totals() const = 0;
};

}  // namespace maxiofs::cluster
