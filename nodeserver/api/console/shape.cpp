// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/console/shape.h"

#include "protocol/tenant.h"
#include "protocol/user.h"

#include <QJsonArray>

using namespace Qt::StringLiterals;

namespace maxiofs::api::console {

QJsonObject newUserSchema(protocol::Schemas &into)
{
    const QJsonObject needed{{"required"_L1, QJsonArray{"username"_L1, "password"_L1, "roles"_L1}}};
    return {{"allOf"_L1, QJsonArray{protocol::schemaOf<protocol::UserChange>(into), needed}}};
}

QJsonObject newTenantSchema(protocol::Schemas &into)
{
    const QJsonObject needed{{"required"_L1, QJsonArray{"name"_L1}}};
    return {{"allOf"_L1, QJsonArray{protocol::schemaOf<protocol::TenantChange>(into), needed}}};
}

QJsonObject settingsSchema(protocol::Schemas &)
{
    return {{"type"_L1, "object"_L1},
            {"additionalProperties"_L1, QJsonObject()},
            {"description"_L1, "The settings of GET /settings by name; null sets the standard value."_L1}};
}

}  // namespace maxiofs::api::console
