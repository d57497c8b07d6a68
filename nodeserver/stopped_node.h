// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "configuration.h"

namespace maxiofs {

/// The commands on a stopped node: `admin ...`, `keys ...`, `rebuild-index`. Takes the data directory's lock.
/// The process's exit code; errors go to standard error.
[[nodiscard]] int runOnStoppedNode(const Invocation &invocation, const Environment &environment);

}  // namespace maxiofs
