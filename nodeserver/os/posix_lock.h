// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "os/file_system.h"

namespace maxiofs::os {

// A lock of the open file (F_OFD_SETLK), which also keeps a second holder in the same process out and which
// the kernel drops with the process, however that ends. The file keeps the holder's process id as text; it is
// never removed, since a removed lock file can be locked twice.
class PosixLock final : public Lock {
public:
    [[nodiscard]] static Result<std::unique_ptr<Lock>> take(const std::string &path);
    ~PosixLock() override;
    PosixLock(const PosixLock &) = delete;
    PosixLock &operator=(const PosixLock &) = delete;

private:
    explicit PosixLock(int descriptor) : m_descriptor(descriptor) {}

    const int m_descriptor;
};

}  // namespace maxiofs::os
