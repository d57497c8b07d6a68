// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

namespace maxiofs::api::console {

/// The plain page at GET / of the console's port.
[[nodiscard]] std::string homePage(std::string_view nodeName, std::string_view version, bool clusterEnabled);

}  // namespace maxiofs::api::console
