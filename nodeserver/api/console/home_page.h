// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

namespace maxiofs::api::console {

/// The plain page at GET / of the console's port. `nodeFingerprint` is what an administrator compares before
/// the password of this node is given to another; empty: not told.
[[nodiscard]] std::string homePage(std::string_view nodeName, std::string_view version, bool clusterEnabled,
                                   std::string_view nodeFingerprint);

}  // namespace maxiofs::api::console
