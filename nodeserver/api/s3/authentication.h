// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "api/s3/s3_error.h"
#include "http/request_head.h"
#include "identity/access_keys.h"
#include "sigv4/authorization.h"

namespace maxiofs::api::s3 {

// Who sent a request, and what is needed to check its body.
struct Caller {
    identity::Signer signer;
    sigv4::Authorization authorization;
};

/// The one place where S3 requests are authenticated: from the head alone, without the disk. AccessDenied for
/// a request without a signature, InvalidAccessKeyId, SignatureDoesNotMatch and the rest of S3's refusals.
[[nodiscard]] S3Result<Caller> authenticate(const http::RequestHead &head, const identity::AccessKeys &keys,
                                            std::int64_t nowMs);

}  // namespace maxiofs::api::s3
