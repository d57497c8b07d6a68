// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "sigv4/authorization.h"
#include "sigv4/signing_key.h"

namespace maxiofs::sigv4 {

/// Checks the signature of a request that parseAuthorization() accepted, in constant time. `key` must be made
/// for the authorization's day, region and service. SignatureDoesNotMatch carries what was computed.
[[nodiscard]] AuthResult<void> verify(const Authorization &authorization, const RequestView &request,
                                      const SigningKey &key);

}  // namespace maxiofs::sigv4
