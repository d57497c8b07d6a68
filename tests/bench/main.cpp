// SPDX-License-Identifier: GPL-3.0-or-later
// maxiofs-bench: asks an S3 server on this machine for the same thing again and again and prints what it
// took.
#include "bench/load.h"
#include "bench/options.h"

#include <cstdio>

int main(int argc, char **argv)
{
    using namespace maxiofs;
    const Result<bench::Options> options = bench::parseOptions(argc, argv);
    if (!options) {
        std::fprintf(stderr, "maxiofs-bench: %s\n", options.error().message.c_str());
        return 2;
    }
    const Result<bench::Figures> figures = bench::runLoad(*options);
    if (!figures) {
        std::fprintf(stderr, "maxiofs-bench: %s\n", figures.error().message.c_str());
        return 1;
    }
    std::printf("%s\n", bench::toJson(*figures).c_str());
    return 0;
}
