// SPDX-License-Identifier: GPL-3.0-or-later
#include "monitor/system_sampler.h"

#include <algorithm>
#include <charconv>
#include <sstream>

namespace maxiofs::monitor {

namespace {

constexpr std::uint64_t kMsPerTick = 10;  // USER_HZ is 100 on every Linux
constexpr std::uint64_t kBytesPerSector = 512;
constexpr std::uint64_t kBytesPerKib = 1024;
constexpr std::size_t kReadStep = 64 * 1024;
constexpr std::size_t kLargestFile = 4 * 1024 * 1024;

std::vector<std::string> words(const std::string &line)
{
    std::istringstream stream(line);
    std::vector<std::string> found;
    std::string word;
    while (stream >> word)
        found.push_back(word);
    return found;
}

std::uint64_t number(const std::vector<std::string> &fields, std::size_t index)
{
    std::uint64_t value = 0;
    if (index < fields.size()) {
        const std::string &text = fields[index];
        std::from_chars(text.data(), text.data() + text.size(), value);
    }
    return value;
}

template <typename Use>
void eachLine(const std::string &text, Use use)
{
    std::istringstream stream(text);
    std::string line;
    while (std::getline(stream, line))
        use(line);
}

// man 5 proc_stat: user nice system idle iowait irq softirq steal ...
void readCpu(const std::string &text, SystemTotals &totals)
{
    constexpr std::size_t kIdle = 4;
    constexpr std::size_t kIoWait = 5;
    constexpr std::size_t kLast = 8;  // guest time is counted in user time already
    eachLine(text, [&](const std::string &line) {
        if (!line.starts_with("cpu"))
            return;
        const auto fields = words(line);
        if (fields[0] != "cpu") {
            ++totals.cores;
            return;
        }
        std::uint64_t all = 0;
        for (std::size_t i = 1; i <= kLast; ++i)
            all += number(fields, i);
        totals.cpuMs = all * kMsPerTick;
        totals.cpuBusyMs = (all - number(fields, kIdle) - number(fields, kIoWait)) * kMsPerTick;
    });
}

// man 5 proc_pid_stat: the fields after the command's name, which may hold anything, begin with the third.
void readProcess(const std::string &text, SystemTotals &totals)
{
    const std::size_t end = text.rfind(')');
    if (end == text.npos)
        return;
    const auto fields = words(text.substr(end + 1));
    constexpr std::size_t kUserTime = 14 - 3;
    constexpr std::size_t kSystemTime = 15 - 3;
    totals.processCpuMs = (number(fields, kUserTime) + number(fields, kSystemTime)) * kMsPerTick;
}

std::uint64_t kibOf(const std::string &text, std::string_view name)
{
    std::uint64_t bytes = 0;
    eachLine(text, [&](const std::string &line) {
        if (line.starts_with(name))
            bytes = number(words(line), 1) * kBytesPerKib;
    });
    return bytes;
}

// Linux, Documentation/admin-guide/iostats.rst.
void readDisk(const std::string &text, const std::string &device, SystemTotals &totals)
{
    eachLine(text, [&](const std::string &line) {
        const auto fields = words(line);
        if (fields.size() < 14 || fields[0] + ':' + fields[1] != device)
            return;
        totals.diskReadBytes = number(fields, 5) * kBytesPerSector;
        totals.diskWrittenBytes = number(fields, 9) * kBytesPerSector;
        totals.diskBusyMs = number(fields, 12);
        totals.diskQueueMs = number(fields, 13);
    });
}

}  // namespace

SystemSampler::SystemSampler(os::FileSystem &fileSystem, std::string dataDirectory, std::string procDirectory)
    : m_fileSystem(fileSystem),
      m_dataDirectory(std::move(dataDirectory)),
      m_proc(std::move(procDirectory)),
      m_device(findDevice())
{
}

// Files of /proc have no size: they are read to their end. A missing one reads as empty.
std::string SystemSampler::read(const std::string &name) const
{
    const auto file = m_fileSystem.open(m_proc + '/' + name, os::OpenMode::Read);
    Bytes bytes;
    while (file && bytes.size() < kLargestFile) {
        const std::size_t before = bytes.size();
        bytes.resize(before + kReadStep);
        const auto count = (*file)->readAt(before, std::span(bytes).subspan(before));
        bytes.resize(before + count.value_or(0));
        if (bytes.size() < before + kReadStep)
            break;
    }
    return toText(bytes);
}

// man 5 proc_pid_mountinfo: the mount point that is the longest prefix of the folder names the device.
std::string SystemSampler::findDevice() const
{
    std::string device;
    std::size_t longest = 0;
    eachLine(read("self/mountinfo"), [&](const std::string &line) {
        const auto fields = words(line);
        if (fields.size() < 5)
            return;
        const std::string &point = fields[4];
        const bool holds =
            point == "/" || m_dataDirectory == point || m_dataDirectory.starts_with(point + '/');
        if (holds && point.size() >= longest) {
            longest = point.size();
            device = fields[2];
        }
    });
    return device;
}

SystemTotals SystemSampler::sample()
{
    SystemTotals totals;
    readCpu(read("stat"), totals);
    readProcess(read("self/stat"), totals);
    const std::string memory = read("meminfo");
    totals.memoryTotal = kibOf(memory, "MemTotal:");
    totals.memoryAvailable = kibOf(memory, "MemAvailable:");
    totals.processMemory = kibOf(read("self/status"), "VmRSS:");
    readDisk(read("diskstats"), m_device, totals);
    return totals;
}

}  // namespace maxiofs::monitor
