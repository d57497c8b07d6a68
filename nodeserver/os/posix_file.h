// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "os/file_system.h"

namespace maxiofs::os {

// An open file descriptor behind the File interface; owns and closes it.
class PosixFile final : public File {
public:
    PosixFile(int descriptor, std::string path);
    ~PosixFile() override;
    PosixFile(const PosixFile &) = delete;
    PosixFile &operator=(const PosixFile &) = delete;

    [[nodiscard]] Result<std::size_t> readAt(std::uint64_t offset, std::span<std::byte> into) override;
    [[nodiscard]] Result<std::size_t> readCached(std::uint64_t offset, std::span<std::byte> into) override;
    [[nodiscard]] Status writeAt(std::uint64_t offset, std::span<const ByteView> pieces) override;
    [[nodiscard]] Status sync() override;
    [[nodiscard]] Status truncate(std::uint64_t size) override;
    [[nodiscard]] Result<std::uint64_t> size() override;
    void startWriteback(std::uint64_t offset, std::uint64_t length) override;

private:
    const int m_descriptor;
    const std::string m_path;
};

}  // namespace maxiofs::os
