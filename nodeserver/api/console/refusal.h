// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"

namespace maxiofs::api::console {

// An error as the console API says it.
struct Refusal {
    unsigned status = 500;
    std::string code;
    std::string message;
};

/// `missing` is the code for Error::NotFound. An internal error's details stay in the log: the message names
/// the request id to look for.
[[nodiscard]] Refusal refusalOf(const Error &error, std::string_view missing, std::string_view requestId);

}  // namespace maxiofs::api::console
