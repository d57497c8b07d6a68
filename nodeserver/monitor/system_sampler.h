// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "os/file_system.h"

namespace maxiofs::monitor {

// What the operating system has counted so far. Counts of time are in milliseconds; a figure that the system
// does not give is 0.
struct SystemTotals {
    unsigned cores = 0;
    std::uint64_t cpuMs = 0;      // of all cores, busy or not
    std::uint64_t cpuBusyMs = 0;  // of all cores
    std::uint64_t processCpuMs = 0;
    std::uint64_t memoryTotal = 0;
    std::uint64_t memoryAvailable = 0;
    std::uint64_t processMemory = 0;  // resident
    std::uint64_t diskReadBytes = 0;
    std::uint64_t diskWrittenBytes = 0;
    std::uint64_t diskBusyMs = 0;
    std::uint64_t diskQueueMs = 0;  // time that requests waited or ran, added up
};

// Reads /proc. The disk is the one that holds `dataDirectory`. One thread at a time.
class SystemSampler {
public:
    /// `procDirectory` is another one in tests.
    SystemSampler(os::FileSystem &fileSystem, std::string dataDirectory, std::string procDirectory = "/proc");

    [[nodiscard]] SystemTotals sample();

private:
    [[nodiscard]] std::string read(const std::string &name) const;
    [[nodiscard]] std::string findDevice() const;

    os::FileSystem &m_fileSystem;
    const std::string m_dataDirectory;
    const std::string m_proc;
    std::string m_device;  // "8:1"
};

}  // namespace maxiofs::monitor
