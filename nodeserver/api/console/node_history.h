// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "api/console/call.h"
#include "protocol/health_history.h"

namespace maxiofs::api::console {

/// A node's recent past: of this node as it measures itself; of another the latency of the beats from here,
/// with the rates that it measured itself, if it answered (call.others).
[[nodiscard]] protocol::HealthHistory historyOf(const Call &call, const NodeId &node,
                                                std::int64_t resolutionSeconds, std::int64_t sinceMs);

/// `beats` with the rates of `rates` at the same times, whose clock is `skewMs` ahead of that of `beats`.
[[nodiscard]] protocol::HealthHistory withRates(protocol::HealthHistory beats,
                                                const protocol::HealthHistory &rates, std::int64_t skewMs);

}  // namespace maxiofs::api::console
