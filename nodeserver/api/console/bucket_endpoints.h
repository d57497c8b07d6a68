// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "api/console/call.h"

namespace maxiofs::api::console {

[[nodiscard]] Result<Answer> listBuckets(Call &call);
[[nodiscard]] Result<Answer> createBucket(Call &call);
[[nodiscard]] Result<Answer> getBucket(Call &call);
[[nodiscard]] Result<Answer> deleteBucket(Call &call);
[[nodiscard]] Result<Answer> getVersioning(Call &call);
[[nodiscard]] Result<Answer> setVersioning(Call &call);
[[nodiscard]] Result<Answer> getQuota(Call &call);
[[nodiscard]] Result<Answer> setQuota(Call &call);
[[nodiscard]] Result<Answer> listGrants(Call &call);
[[nodiscard]] Result<Answer> giveGrant(Call &call);
[[nodiscard]] Result<Answer> takeGrant(Call &call);

}  // namespace maxiofs::api::console
