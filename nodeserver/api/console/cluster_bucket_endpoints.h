// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "api/console/call.h"

namespace maxiofs::api::console {

[[nodiscard]] Result<Answer> listClusterBuckets(Call &call);
[[nodiscard]] Result<Answer> getBucketNodes(Call &call);

}  // namespace maxiofs::api::console
