// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "api/s3/elsewhere.h"

namespace maxiofs::api::s3 {

/// The healthy member with more free room than this node, and the most of all; empty when this node has it.
[[nodiscard]] std::optional<NodeId> roomierNode(std::uint64_t ownFreeBytes,
                                                const std::vector<cluster::rules::Observation> &others);

/// A bucket that is to be made goes to the node addressed, or, with the setting `placement`, to the one with
/// the most free room: then the request is passed on to it. Empty when the bucket is to be made here, which
/// it also is when that node cannot be reached.
net::Awaitable<S3Result<std::optional<PassedOn>>> placeElsewhere(Call &call);

}  // namespace maxiofs::api::s3
