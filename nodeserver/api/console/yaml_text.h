// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QJsonObject>

#include <string>

namespace maxiofs::api::console {

/// An object as the value of a YAML key, from behind the colon to the line's end: on one line where it is
/// short, else a block whose keys have `indent` spaces before them.
[[nodiscard]] std::string yamlBlock(const QJsonObject &object, std::size_t indent);

}  // namespace maxiofs::api::console
