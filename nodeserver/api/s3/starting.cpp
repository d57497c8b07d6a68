// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/s3/starting.h"

#include "api/s3/error_document.h"

// An exchange outlives its handler. NOLINTBEGIN(cppcoreguidelines-avoid-reference-coroutine-parameters)

namespace maxiofs::api::s3 {

namespace {

constexpr const char *kRetrySeconds = "1";

}  // namespace

net::Awaitable<void> answerStarting(http::Exchange &exchange, std::string hostId)
{
    const S3Error error = S3Error(errors::kServiceUnavailable, "The server is starting. Please try again.")
                              .withHeader("Retry-After", kRetrySeconds);
    ErrorDocument document =
        renderError(error, exchange.head().path(), exchange.requestId(), hostId, exchange.head().isHead());
    // A client that has gone needs no answer.
    [[maybe_unused]] const Status sent =
        co_await exchange.respond(std::move(document.head), std::move(document.body));
}

}  // namespace maxiofs::api::s3

// NOLINTEND(cppcoreguidelines-avoid-reference-coroutine-parameters)
