// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

namespace maxiofs::net {

/// Names the calling thread for debuggers and top; the system keeps the first 15 bytes.
void nameThisThread(const std::string &name);

/// A write to a connection that the peer has closed must fail, not end the program: for the calling thread
/// only.
void blockBrokenPipeSignal();

}  // namespace maxiofs::net
