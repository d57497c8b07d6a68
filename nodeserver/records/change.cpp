// SPDX-License-Identifier: GPL-3.0-or-later
#include "records/change.h"

namespace maxiofs::records {

Change Change::put(Kind kind, std::string id, QJsonObject body, crypto::SecretBytes secret)
{
    return {kind, std::move(id), std::move(body), std::move(secret), false};
}

Change Change::remove(Kind kind, std::string id)
{
    return {kind, std::move(id), {}, {}, true};
}

}  // namespace maxiofs::records
