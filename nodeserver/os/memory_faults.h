// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"

#include <array>
#include <cerrno>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace maxiofs::os {

enum class Operation {
    Open,    // of a file that exists
    Create,  // of a file or directory
    Read,
    Write,
    Sync,
    Truncate,
    Rename,
    Remove,
    SyncDirectory,
    List,  // also exists, size, space
};
inline constexpr std::size_t kOperations = 10;

// One failure to come: the `nth` (1 = the next) operation of its kind on a path that contains `pathPart`, and
// the `times` - 1 after it, fail with `errorNumber`.
struct Fault {
    Operation operation = Operation::Write;
    std::uint64_t nth = 1;
    int errorNumber = EIO;
    std::uint64_t times = 1;
    std::string pathPart = {};
    std::uint64_t writtenBytes = 0;  // of a write: so many bytes get into the file before it fails
};

// Counts the operations of a MemoryFileSystem and decides which of them fail. No locks of its own.
class MemoryFaults {
public:
    void add(Fault fault);
    void clear();
    /// After so many more operations that change something, every operation fails with Error::Io.
    void stopAfter(std::uint64_t changes) { m_changesLeft = changes; }
    [[nodiscard]] bool stopped() const { return m_changesLeft == 0; }

    /// Counts the operation; the fault that it meets, if any.
    [[nodiscard]] std::optional<Fault> meet(Operation operation, const std::string &path);
    [[nodiscard]] std::uint64_t count(Operation operation) const
    {
        return m_counts[static_cast<std::size_t>(operation)];
    }
    [[nodiscard]] std::uint64_t changes() const { return m_changes; }

private:
    std::array<std::uint64_t, kOperations> m_counts{};
    std::uint64_t m_changes = 0;
    std::optional<std::uint64_t> m_changesLeft;
    std::vector<Fault> m_faults;
};

}  // namespace maxiofs::os
