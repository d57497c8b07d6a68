// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "identity/directory.h"
#include "os/file_system.h"

namespace maxiofs::identity {

// `maxiofs admin ...`, on a stopped node: the caller holds the data directory's lock.

/// Gives the user (by name) a new random password, activates it and ends its sessions; the built-in
/// administrator also gets the role admin again. The password.
[[nodiscard]] Result<std::string> resetPassword(os::FileSystem &fileSystem, Directory &directory,
                                                const std::string &dataDirectory, std::string_view username);

/// All records as JSON, without secrets.
[[nodiscard]] Result<QByteArray> dumpRecords(records::Records &records);

}  // namespace maxiofs::identity
