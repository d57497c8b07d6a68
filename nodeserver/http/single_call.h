// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "http/client.h"

namespace maxiofs::http {

/// Client::call() on the thread's own connections. On that thread.
net::Awaitable<Result<Answer>> makeSingleCall(ClientThread &thread, Call call);

}  // namespace maxiofs::http
