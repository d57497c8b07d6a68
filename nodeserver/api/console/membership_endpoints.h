// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "api/console/call.h"

namespace maxiofs::api::console {

// Forming and dissolving a cluster. Each waits for the outcome; after an error all nodes are as they were,
// unless it says that the outcome is not known. Errors are for membership_refusals.h. No token is in the
// audit log.
[[nodiscard]] Result<Answer> initializeCluster(Call &call);
[[nodiscard]] Result<Answer> addNode(Call &call);
[[nodiscard]] Result<Answer> removeNode(Call &call);
[[nodiscard]] Result<Answer> leaveCluster(Call &call);
[[nodiscard]] Result<Answer> rotateToken(Call &call);

}  // namespace maxiofs::api::console
