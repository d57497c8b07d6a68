// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"

#include <cstdint>
#include <string>

namespace maxiofs::bench {

// What to ask of the server, from the command line. `path` may hold {n}, the request's index in seven digits,
// and {m}, the index modulo 1,000 in three; both path and query are sent as they are, so they must be
// encoded.
struct Options {
    std::uint16_t port = 0;
    std::string method = "GET";
    std::string path = "/";
    std::string query;
    std::uint64_t size = 0;  // bytes of each PUT's body
    bool signedPayload = true;
    std::uint64_t keys = 1;      // indices run from firstKey to firstKey + keys - 1, again and again
    std::uint64_t firstKey = 0;  //
    bool randomOrder = false;
    unsigned connections = 1;
    std::uint64_t requests = 0;  // stop after so many; 0: after `seconds`
    double seconds = 5;
    double warmUpSeconds = 0;  // not counted
    std::uint64_t rate = 0;    // requests a second at most, in all; 0: as many as go
    std::string accessKey = "bench";
    std::string secretKey = "bench-secret";
};

/// Reads `--name value` pairs; an unknown name or a bad value is an error that names it.
[[nodiscard]] Result<Options> parseOptions(int argc, char **argv);

}  // namespace maxiofs::bench
