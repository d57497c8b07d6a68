// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"

namespace maxiofs::identity {

/// Logs that a record of auth.db is not what this program writes. Records come from other nodes too, so one
/// of them must not end the node or keep it from starting: it is left out, or what was known of it stays.
void reportUnreadable(const Error &error);

}  // namespace maxiofs::identity
