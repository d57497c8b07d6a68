// SPDX-License-Identifier: GPL-3.0-or-later
#include "identity/unreadable.h"

#include "base/log_line.h"

namespace maxiofs::identity {

void reportUnreadable(const Error &error)
{
    base::errorLine("Identity: a record could not be read and is left out")
        .with("record", error.subject)
        .with("reason", error.message);
}

}  // namespace maxiofs::identity
