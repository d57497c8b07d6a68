// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QJsonObject>

#include <string>

namespace maxiofs::api::console {

struct Endpoint;

/// The table of endpoints as an OpenAPI 3.0 document in YAML: what resources/openapi.yaml holds.
[[nodiscard]] std::string openApiDocument();

/// The document's schemas by name.
[[nodiscard]] QJsonObject componentSchemas();
/// The schema of the whole body that an endpoint answers with when it succeeds; for the stream of events,
/// that of an event's data.
[[nodiscard]] QJsonObject answerSchema(const Endpoint &endpoint);

}  // namespace maxiofs::api::console
