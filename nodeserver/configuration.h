// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/log_line.h"
#include "base/result.h"

#include <QStringList>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace maxiofs {

// What a node is started with. A flag wins over the environment (MAXIOFS_<NAME>), that over the file
// (maxiofs.conf, INI), that over the default; unknown names are errors.
struct Configuration {
    std::string dataDir;
    std::string listen = ":8080";
    std::string consoleListen = ":8081";
    base::LogLevel logLevel = base::LogLevel::Info;
    std::string advertise;  // URL by which others reach this node; empty: made from the host name and port
    std::string nodeName;   // of a first start; empty: the computer's name
    std::string tlsCert;    // PEM files; empty: an own certificate, made at the first start
    std::string tlsKey;
    std::string keysDir;        // empty: <data-dir>/keys
    std::string masterKeyFile;  // empty: <keys-dir>/master
    std::vector<std::string> s3Domains;
    std::string trustedProxies;
    std::string metricsToken;
    std::string clusterToken;  // a lone node accepts an invitation that is signed with it
    std::uint64_t drainSeconds = 5;
    std::uint64_t indexMemoryBytes = 96ULL << 20;
    std::uint64_t reserveBytes = 0;  // 0: the smaller of 1 GiB and 5 % of the volume
    std::uint64_t maxConnections = 10'000;
    std::uint64_t maxConnectionsPerAddress = 1'000;

    // Environment only: secrets do not stand on command lines.
    std::string adminPassword;
    std::string accessKey;
    std::string secretKey;
};

// What the command line asks for.
struct Invocation {
    enum class Command {
        Serve,
        Version,
        Help,
        ResetPassword,
        DumpRecords,
        RotateKeys,
        ExportKeys,
        ImportKeys,
        RebuildIndex
    };
    Command command = Command::Serve;
    Configuration configuration;
    std::string argument;  // of the command: a user name, a file
    std::string helpText;
};

using Environment = std::function<std::optional<std::string>(const std::string &name)>;

/// Reads arguments (without the program's name), environment and file. InvalidArgument says which name or
/// value is wrong and what is allowed.
[[nodiscard]] Result<Invocation> readInvocation(const QStringList &arguments, const Environment &environment);

}  // namespace maxiofs
