// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "api/console/call.h"
#include "api/console/refusal.h"

namespace maxiofs::api::console {

// What was written twice while nodes did not see each other: the versions that lost. Each node tells of the
// buckets that it owns.

[[nodiscard]] Result<Answer> listConflicts(Call &call);
[[nodiscard]] Result<Answer> restoreConflict(Call &call);
[[nodiscard]] Result<Answer> discardConflict(Call &call);

[[nodiscard]] std::optional<Refusal> conflictRefusal(const Error &error);

}  // namespace maxiofs::api::console
