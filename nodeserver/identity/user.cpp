// SPDX-License-Identifier: GPL-3.0-or-later
#include "identity/user.h"

#include <algorithm>

namespace maxiofs::identity {

bool User::has(Role role) const
{
    return std::ranges::find(roles, role) != roles.end();
}

}  // namespace maxiofs::identity
