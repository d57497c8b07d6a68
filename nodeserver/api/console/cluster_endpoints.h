// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "api/console/call.h"

namespace maxiofs::api::console {

[[nodiscard]] Result<Answer> getClusterConfig(Call &call);
[[nodiscard]] Result<Answer> listNodes(Call &call);
[[nodiscard]] Result<Answer> getNode(Call &call);
[[nodiscard]] Result<Answer> changeNode(Call &call);
[[nodiscard]] Result<Answer> getNodeHealth(Call &call);
[[nodiscard]] Result<Answer> getClusterHealth(Call &call);
[[nodiscard]] Result<Answer> refreshHealth(Call &call);
[[nodiscard]] Result<Answer> getCacheStats(Call &call);
[[nodiscard]] Result<Answer> clearCache(Call &call);

/// The node that the path's first parameter names.
[[nodiscard]] Result<records::ClusterNode> findNode(const Call &call);

}  // namespace maxiofs::api::console
