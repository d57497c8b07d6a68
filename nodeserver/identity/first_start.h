// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "identity/directory.h"
#include "os/file_system.h"

namespace maxiofs::identity {

struct FirstStart {
    std::string dataDirectory;
    std::string adminPassword;  // MAXIOFS_ADMIN_PASSWORD; empty: a random one
    std::string accessKey;      // MAXIOFS_ACCESS_KEY and MAXIOFS_SECRET_KEY: both or none
    std::string secretKey;
};

struct FirstStartAnswer {
    bool adminMade = false;
    std::string passwordFile;    // where the random password is, while it is in use; else empty
    std::string randomPassword;  // only when it was made now: for a terminal, never for a log
};

/// Makes the built-in administrator where there is none, with the password given or a random one kept in
/// <data>/initial-admin-password (0600), and the first access key where it does not exist yet. Called at each
/// start. InvalidArgument for a weak password or half a key pair.
[[nodiscard]] Result<FirstStartAnswer> prepareFirstStart(os::FileSystem &fileSystem, Directory &directory,
                                                         const FirstStart &options);

/// Removes initial-admin-password once the administrator's password was changed; to be called after that.
[[nodiscard]] Status forgetInitialPassword(os::FileSystem &fileSystem, const std::string &dataDirectory);

}  // namespace maxiofs::identity
