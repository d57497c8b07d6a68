// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "http/exchange.h"

namespace maxiofs::api::s3 {

/// Answers a request that comes before the store is loaded: 503 ServiceUnavailable with Retry-After, which
/// S3 clients obey by themselves. The exchange outlives the coroutine; `hostId` is taken along.
net::Awaitable<void> answerStarting(http::Exchange &exchange, std::string hostId);

}  // namespace maxiofs::api::s3
