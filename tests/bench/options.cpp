// SPDX-License-Identifier: GPL-3.0-or-later
#include "bench/options.h"

#include <charconv>
#include <cstdlib>
#include <cstring>
#include <string_view>

namespace maxiofs::bench {

namespace {

template <typename T>
Status readNumber(std::string_view name, std::string_view text, T &into)
{
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), into);
    if (problem != std::errc{} || end != text.data() + text.size())
        return failure(Error::InvalidArgument,
                       std::string(name) + " needs a number, not " + std::string(text));
    return {};
}

Status setOption(Options &options, std::string_view name, const std::string &value)
{
    if (name == "--port")
        return readNumber(name, value, options.port);
    if (name == "--size")
        return readNumber(name, value, options.size);
    if (name == "--keys")
        return readNumber(name, value, options.keys);
    if (name == "--first-key")
        return readNumber(name, value, options.firstKey);
    if (name == "--connections")
        return readNumber(name, value, options.connections);
    if (name == "--requests")
        return readNumber(name, value, options.requests);
    if (name == "--rate")
        return readNumber(name, value, options.rate);
    if (name == "--seconds")
        return readNumber(name, value, options.seconds);
    if (name == "--warm-up")
        return readNumber(name, value, options.warmUpSeconds);
    if (name == "--method")
        options.method = value;
    else if (name == "--path")
        options.path = value;
    else if (name == "--query")
        options.query = value;
    else if (name == "--payload" && (value == "signed" || value == "unsigned"))
        options.signedPayload = value == "signed";
    else if (name == "--order" && (value == "random" || value == "sequential"))
        options.randomOrder = value == "random";
    else
        return failure(Error::InvalidArgument, "unknown option " + std::string(name) + " " + value);
    return {};
}

}  // namespace

Result<Options> parseOptions(int argc, char **argv)
{
    Options options;
    for (int i = 1; i < argc; i += 2) {
        if (i + 1 >= argc)
            return failure(Error::InvalidArgument, std::string(argv[i]) + " needs a value");
        TRY_STATUS(setOption(options, argv[i], argv[i + 1]));
    }
    if (options.port == 0 || options.connections == 0 || options.keys == 0)
        return failure(Error::InvalidArgument, "--port, --connections and --keys must be above 0");
    // Secrets come by the environment: a command line is visible to every user of the machine.
    if (const char *key = std::getenv("MAXIOFS_ACCESS_KEY"))
        options.accessKey = key;
    if (const char *secret = std::getenv("MAXIOFS_SECRET_KEY"))
        options.secretKey = secret;
    return options;
}

}  // namespace maxiofs::bench
