// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cluster/rules/replication.h"
#include "records/replication_queue.h"
#include "store/version_exchange.h"

#include <set>

namespace maxiofs::cluster::replication {

// What a rule still has to send, for people.
struct QueueQuestion {
    store::VersionExchange &store;
    records::ReplicationQueue &queue;
    const records::ReplicationRule &rule;
    std::set<rules::VersionName> inFlight;
    std::optional<protocol::ReplicationQueueStatus> status;  // the others are left out
};
/// What is tried again, then what waits in the bucket's changes or is under way. May block. InvalidArgument
/// for an `after` that no page told.
[[nodiscard]] Result<protocol::Page<protocol::ReplicationQueueEntry>>
queuePage(const QueueQuestion &question, const std::string &after, std::size_t limit);

}  // namespace maxiofs::cluster::replication
