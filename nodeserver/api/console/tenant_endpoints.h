// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "api/console/call.h"

namespace maxiofs::api::console {

[[nodiscard]] Result<Answer> listTenants(Call &call);
[[nodiscard]] Result<Answer> createTenant(Call &call);
[[nodiscard]] Result<Answer> getTenant(Call &call);
[[nodiscard]] Result<Answer> changeTenant(Call &call);
[[nodiscard]] Result<Answer> deleteTenant(Call &call);

}  // namespace maxiofs::api::console
