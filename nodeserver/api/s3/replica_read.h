// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "api/s3/elsewhere.h"
#include "api/s3/operation_id.h"

namespace maxiofs::api::s3 {

inline constexpr std::string_view kReplicaLagHeader = "x-maxiofs-replica-lag";

/// Whether a replica has all that the operation tells of: not of uploads, which their owner alone knows.
[[nodiscard]] bool canReadReplica(OperationId operation);

/// Whether this node answers, from its full replica, a read that a member passed on because the bucket's
/// owner does not answer it; then it notes how old the answer may be.
[[nodiscard]] bool answersFromReplica(Call &call, OperationId operation,
                                      const cluster::link::Forwarded &forwarded);

// What became of a read whose bucket's owner cannot be reached.
struct ReplicaRead {
    enum class Outcome {
        Here,      // this node's replica is to answer; Call::replicaLag is set
        PassedOn,  // another node's replica has answered
        Moved,     // the bucket has another owner by now
        Nobody     // there is no replica that can be reached and ever had everything
    };
    Outcome outcome = Outcome::Nobody;
    std::string to;  // with PassedOn: the node's name
};
/// Goes to the freshest full replica that can be reached. `route` leads to the owner.
net::Awaitable<S3Result<ReplicaRead>> readReplica(Call &call, cluster::Route route);

/// x-maxiofs-replica-lag in whole seconds, the next greater ones; nothing for an answer of the owner.
void addReplicaLag(http::ResponseHead &head, const std::optional<std::chrono::milliseconds> &lag);

}  // namespace maxiofs::api::s3
