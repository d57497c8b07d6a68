// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

namespace maxiofs::api::console {

/// The table of endpoints as an OpenAPI 3.0 document in YAML: what resources/openapi.yaml holds.
[[nodiscard]] std::string openApiDocument();

}  // namespace maxiofs::api::console
