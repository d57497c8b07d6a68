// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QJsonObject>

#include <string>

namespace maxiofs::api::console::fixture {

/// Why `value` does not fit an OpenAPI schema, naming the field; empty when it does. A field that the schema
/// does not name does not fit either. `components` are the schemas that references name.
[[nodiscard]] std::string misfit(const QJsonValue &value, const QJsonObject &schema,
                                 const QJsonObject &components);

}  // namespace maxiofs::api::console::fixture
