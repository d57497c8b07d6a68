// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

namespace maxiofs::http {

/// Writes the next id, 16 upper-case hex digits. Unique within the process for all practical purposes, and
/// not to be guessed from the one before without a search; not a secret. Any thread.
void nextRequestId(std::string &into);

}  // namespace maxiofs::http
