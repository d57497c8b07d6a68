// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "api/console/call.h"

namespace maxiofs::api::console {

[[nodiscard]] Result<Answer> login(Call &call);
[[nodiscard]] Result<Answer> refresh(Call &call);
[[nodiscard]] Result<Answer> logout(Call &call);
[[nodiscard]] Result<Answer> me(Call &call);
[[nodiscard]] Result<Answer> s3Credentials(Call &call);

}  // namespace maxiofs::api::console
