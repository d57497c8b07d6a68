// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "api/console/context.h"
#include "api/console/event_streams.h"
#include "http/exchange.h"

namespace maxiofs::api::console {

/// Answers GET /events with the events of all members: what comes after Last-Event-ID, or after now without
/// one; `reset` where that id is no longer known; a heartbeat every 15 s. Ends when the client goes, the
/// session or its access token ends, or the hub stops. `accessToken` is checked again and again, so that a
/// refused user hears nothing more.
net::Awaitable<void> feedEvents(const Context &context, const EventStreams &streams, http::Exchange &exchange,
                                std::string accessToken);

}  // namespace maxiofs::api::console
