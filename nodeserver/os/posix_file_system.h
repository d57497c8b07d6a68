// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "os/file_system.h"

namespace maxiofs::os {

// The file system of the operating system (Linux). No state: any thread.
class PosixFileSystem final : public FileSystem {
public:
    [[nodiscard]] Result<std::unique_ptr<File>> open(const std::string &path, OpenMode mode) override;
    [[nodiscard]] Status createDirectories(const std::string &path) override;
    [[nodiscard]] Result<std::vector<DirectoryEntry>> list(const std::string &path) override;
    [[nodiscard]] Result<bool> exists(const std::string &path) override;
    [[nodiscard]] Status rename(const std::string &from, const std::string &to) override;
    [[nodiscard]] Status remove(const std::string &path) override;
    [[nodiscard]] Status removeDirectory(const std::string &path) override;
    [[nodiscard]] Status syncDirectory(const std::string &path) override;
    [[nodiscard]] Result<Space> space(const std::string &path) override;
    [[nodiscard]] Result<std::unique_ptr<Lock>> lock(const std::string &path) override;
};

}  // namespace maxiofs::os
