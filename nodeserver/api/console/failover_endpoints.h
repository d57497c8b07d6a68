// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "api/console/call.h"
#include "api/console/refusal.h"

namespace maxiofs::api::console {

// Who takes a bucket over when its owner is gone, and doing so by hand. Any node answers: the owner may be
// away.

[[nodiscard]] Result<Answer> getFailover(Call &call);
[[nodiscard]] Result<Answer> setFailover(Call &call);
[[nodiscard]] Result<Answer> promoteBucket(Call &call);

[[nodiscard]] std::optional<Refusal> failoverRefusal(const Error &error);

}  // namespace maxiofs::api::console
