// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "api/console/call.h"

namespace maxiofs::api::console {

[[nodiscard]] Result<Answer> getSystem(Call &call);
[[nodiscard]] Result<Answer> getLog(Call &call);
[[nodiscard]] Result<Answer> exportKeys(Call &call);
[[nodiscard]] Result<Answer> listSettings(Call &call);
[[nodiscard]] Result<Answer> changeSettings(Call &call);

}  // namespace maxiofs::api::console
