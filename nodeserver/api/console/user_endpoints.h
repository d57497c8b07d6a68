// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "api/console/call.h"

namespace maxiofs::api::console {

[[nodiscard]] Result<Answer> listUsers(Call &call);
[[nodiscard]] Result<Answer> createUser(Call &call);
[[nodiscard]] Result<Answer> getUser(Call &call);
[[nodiscard]] Result<Answer> changeUser(Call &call);
[[nodiscard]] Result<Answer> deleteUser(Call &call);

}  // namespace maxiofs::api::console
