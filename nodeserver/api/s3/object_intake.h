// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "api/s3/call.h"
#include "api/s3/checksums.h"
#include "api/s3/payload_reader.h"

namespace maxiofs::api::s3 {

/// The declared length of an object or part, from the head alone: MissingContentLength, EntityTooLarge.
[[nodiscard]] S3Result<std::uint64_t> declaredObjectLength(const PayloadReader &reader);

/// Streams the body into `session` and finishes it: small ones on this thread, others with reading, hashing
/// and writing overlapped on the pool, in at most three buffers. Checks signature, Content-MD5 and checksum.
net::Awaitable<S3Result<store::PutSession::Digests>>
receiveObject(Call &call, store::PutSession &session, PayloadReader &reader, const BodyPromises &promises);

/// Commits on this thread or on the pool, and waits until the object would survive a power cut.
net::Awaitable<Result<store::Committed>>
commit(const Context &context, std::unique_ptr<store::PutSession> session, store::WriteConditions conditions);

}  // namespace maxiofs::api::s3
