// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "identity/directory.h"

namespace maxiofs::api::s3 {

/// The access control list of a bucket or object: its owner has full control, and nothing else is enforced
/// through lists.
[[nodiscard]] std::string renderAcl(identity::Directory &identities, std::string_view ownerId);

}  // namespace maxiofs::api::s3
