// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "api/console/call.h"

namespace maxiofs::api::console {

[[nodiscard]] Result<Answer> listAccessKeys(Call &call);
[[nodiscard]] Result<Answer> createAccessKey(Call &call);
[[nodiscard]] Result<Answer> changeAccessKey(Call &call);
[[nodiscard]] Result<Answer> deleteAccessKey(Call &call);

}  // namespace maxiofs::api::console
