// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/bytes.h"

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

namespace maxiofs::test {

// What a format's golden file holds. With MAXIOFS_WRITE_GOLDEN set, `now` is written to it first: for a new
// format or version, never to make a test pass.
inline Bytes goldenFile(const std::string &name, ByteView now)
{
    const std::string path = MAXIOFS_TEST_DATA "/golden/" + name;
    if (std::getenv("MAXIOFS_WRITE_GOLDEN") != nullptr)
        std::ofstream(path, std::ios::binary) << asText(now);
    std::ifstream file(path, std::ios::binary);
    return toBytes(std::string(std::istreambuf_iterator<char>(file), {}));
}

}  // namespace maxiofs::test
