// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "api/s3/call.h"
#include "api/s3/operation_id.h"

namespace maxiofs::api::s3 {

inline constexpr unsigned kMaxHops = 3;              // of nodes that say that another one is the owner
inline constexpr unsigned kMaxSeeks = 8;             // at once: each holds a thread of the pool
inline constexpr std::size_t kMaxSoughtBytes = 128;  // of a name
inline constexpr const char *kRetryAfterSeconds = "1";

/// 503 with the reason and Retry-After.
[[nodiscard]] S3Error unavailable(std::string why);
/// 503 that names the node, which is probed at once.
[[nodiscard]] S3Error unreachable(const ClusterLinks &links, const cluster::Route &route);

/// What a member says of a request that it passed on to this node; empty for a request of a client, and where
/// the header is not genuine.
[[nodiscard]] std::optional<cluster::link::Forwarded> forwardedBy(const Context &context,
                                                                  const http::RequestHead &head);

/// Asks the other members once for a bucket (by name) or an access key that this node does not know: whether
/// it came. SlowDown when too many are being asked for. A lone node asks nobody.
net::Awaitable<S3Result<bool>> seek(const Context &context, records::Kind kind, std::string name);

/// Buckets::find(), with the other members asked where this node knows none.
net::Awaitable<S3Result<records::BucketPtr>> findBucket(const Context &context, std::string name,
                                                        Subject subject);

/// Sends the request to the route's node and its answer back; notes why where that fails. `toReplica`: as
/// link::Forwarded has it.
net::Awaitable<S3Result<cluster::ForwardOutcome>> forward(Call &call, cluster::Route route, bool toReplica);

// How a request that this node does not answer itself came to its end.
struct PassedOn {
    std::string to;  // the node's name; empty when the request was turned away with 421
    Reply reply;
};
/// Passes the request on to the node that owns its bucket, a read whose owner cannot be reached to a full
/// replica; empty when this node is to answer, as the owner or, with Call::replicaLag, from its replica. A
/// request that was passed on already gets 421 with the Location record instead. Errors: ServiceUnavailable.
net::Awaitable<S3Result<std::optional<PassedOn>>> passOn(Call &call, OperationId operation,
                                                         std::optional<cluster::link::Forwarded> forwarded);

/// Waits until the other members know what was changed, at most as long as Cluster::settle().
net::Awaitable<void> settle(const Context &context);

}  // namespace maxiofs::api::s3
