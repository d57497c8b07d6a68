// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string_view>

namespace maxiofs::text {

/// True for well-formed UTF-8 (no overlong forms, no surrogates, nothing above U+10FFFF).
[[nodiscard]] bool isValidUtf8(std::string_view text);

}  // namespace maxiofs::text
