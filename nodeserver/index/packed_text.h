// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/byte_io.h"

#include <string>
#include <string_view>

namespace maxiofs::index {

// Text that is mostly lower-case hex in half its length: varint (size * 2 + whether it is packed), bytes.
// One text has one form: what could be packed is, and another form is refused.
void writePackedText(ByteWriter &writer, std::string_view text);
/// False for what writePackedText() does not write.
[[nodiscard]] bool readPackedText(ByteReader &reader, std::string &text);

}  // namespace maxiofs::index
