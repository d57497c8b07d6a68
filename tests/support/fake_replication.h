// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cluster/replication.h"

namespace maxiofs::test {

// An engine that says what a test wants it to say and remembers what it was asked.
class FakeReplication final : public cluster::Replication {
public:
    std::map<std::string, protocol::ReplicationState> states() const override { return rules; }
    std::optional<protocol::ReplicationState> state(const std::string &ruleId) const override
    {
        const auto found = rules.find(ruleId);
        return found == rules.end() ? std::nullopt : std::optional(found->second);
    }
    Result<protocol::Page<protocol::ReplicationQueueEntry>>
    queue(const std::string &ruleId, std::optional<protocol::ReplicationQueueStatus> status,
          const std::string &after, std::size_t limit) const override
    {
        TRY_STATUS(know(ruleId));
        protocol::Page<protocol::ReplicationQueueEntry> page;
        for (const protocol::ReplicationQueueEntry &entry : entries) {
            if (entry.replicationRuleId != ruleId || entry.id <= after || (status && entry.status != *status))
                continue;
            if (page.items.size() == limit) {
                page.next = page.items.back().id;
                break;
            }
            page.items.push_back(entry);
        }
        return page;
    }
    Status syncNow(const std::string &ruleId) override
    {
        TRY_STATUS(know(ruleId));
        if (rules.at(ruleId).status == protocol::ReplicationStatus::Paused)
            return failure(Error::PreconditionFailed, "The rule is paused: resume it first.", ruleId);
        synced.push_back(ruleId);
        return {};
    }
    Result<protocol::ReplicationVerification> verify(const std::string &ruleId) override
    {
        TRY_STATUS(know(ruleId));
        if (refusal)
            return failure(*refusal);
        last.state = protocol::ReplicationVerifyState::Running;
        verified.push_back(ruleId);
        return last;
    }
    Result<protocol::ReplicationVerification> verification(const std::string &ruleId) const override
    {
        TRY_STATUS(know(ruleId));
        return last;
    }
    Totals totals() const override { return sums; }

    std::map<std::string, protocol::ReplicationState> rules;  // of the buckets that this node owns
    std::vector<protocol::ReplicationQueueEntry> entries;     // in order of id
    protocol::ReplicationVerification last;
    Totals sums;
    std::vector<std::string> synced;
    std::vector<std::string> verified;
    std::optional<Error> refusal;  // of verify()

private:
    [[nodiscard]] Status know(const std::string &ruleId) const
    {
        if (!rules.contains(ruleId))
            return failure(Error::NotFound, "There is no replication rule " + ruleId + ".", ruleId);
        return {};
    }
};

}  // namespace maxiofs::test
