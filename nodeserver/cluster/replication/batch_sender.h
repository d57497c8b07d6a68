// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cluster/peer_calls.h"
#include "cluster/replication/batch.h"
#include "cluster/replication/send_workers.h"

#include <set>

namespace maxiofs::cluster::replication {

// Reads what the entries of a batch are by now, sends that to the rule's destination in as many messages as
// it takes, and puts the answers together. Any thread; what it answers comes on any.
class BatchSender {
public:
    static constexpr std::size_t kMessageBytes = std::size_t{4} << 20;  // then another message begins
    static constexpr std::chrono::milliseconds kLimit{30'000};          // for an answer, and
    static constexpr std::uint64_t kSlowest = 1ULL << 20;               // bytes a second of what is fetched

    struct Needs {
        store::VersionExchange &store;
        PeerCalls &calls;
        SendWorkers &workers;
        std::function<bool(const NodeId &)> isSilent;             // waiting for the node makes no sense
        std::function<std::string(const BucketId &)> bucketName;  // for the log; any thread
    };
    explicit BatchSender(Needs needs) : m_needs(std::move(needs)) {}

    using Done = std::move_only_function<void(Result<rules::BatchAnswer>)>;
    void send(const rules::ReplicationRule &rule, rules::Batch batch, Done done);
    /// Gives up what is under way to nodes that do not answer any more. To be called each second.
    void giveUpSilent();
    /// What is under way for a rule.
    [[nodiscard]] std::set<rules::VersionName> inFlight(const Id128 &rule) const;

private:
    struct Flight;
    void tellLog(const rules::ReplicationRule &rule, const std::string &key) const;
    void run(const std::shared_ptr<Flight> &flight);

    const Needs m_needs;
    mutable base::Mutex m_mutex;
    std::map<std::uint64_t, std::weak_ptr<Flight>> m_flights GUARDED_BY(m_mutex);
    std::uint64_t m_lastFlight GUARDED_BY(m_mutex) = 0;
};

}  // namespace maxiofs::cluster::replication
