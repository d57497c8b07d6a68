// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "net/awaitable.h"

#include <chrono>
#include <string>

namespace maxiofs::net {

/// Connects to the first of the host's addresses that answers. `host`: a name, or an address without
/// brackets; a name is looked up beside the I/O thread. Closed, naming the host, when none answers within
/// `limit`. A socket that loses its peer without a word breaks within a minute.
Awaitable<Result<TcpSocket>> connectTo(std::string host, std::uint16_t port, std::chrono::milliseconds limit);

}  // namespace maxiofs::net
