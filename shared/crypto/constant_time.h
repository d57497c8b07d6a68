// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/bytes.h"

namespace maxiofs::crypto {

/// Compares secrets in a time that depends on their lengths alone.
[[nodiscard]] bool equalConstantTime(ByteView a, ByteView b);
[[nodiscard]] bool equalConstantTime(std::string_view a, std::string_view b);

}  // namespace maxiofs::crypto
