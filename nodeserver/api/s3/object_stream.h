// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "api/s3/byte_range.h"
#include "api/s3/call.h"

namespace maxiofs::api::s3 {

/// Sends `head` and the bytes of `extent`. Up to 128 KiB in one write, read on this thread when they are in
/// memory; more as a stream that reads the next 256 KiB on the pool while the last are being sent. An error
/// before the first byte was sent is the answer; a later one cuts the connection.
net::Awaitable<S3Result<Reply>> sendObject(Call &call, std::shared_ptr<store::ObjectReader> reader,
                                           Extent extent, http::ResponseHead head);

}  // namespace maxiofs::api::s3
