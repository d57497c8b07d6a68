// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/mutex.h"
#include "os/file_system.h"
#include "os/memory_faults.h"
#include "os/memory_tree.h"

#include <set>

namespace maxiofs::os {

// A file system in memory that knows what a power cut would leave: bytes are durable after sync() of their
// file, names after syncDirectory() of their directory, and nothing else is. It fails on request. The twin of
// the operating system's in tests of whatever must survive crashes. Any thread; must outlive its files.
class MemoryFileSystem final : public FileSystem {
public:
    using Random = MemoryContent::Random;

    explicit MemoryFileSystem(std::uint64_t seed = 1);

    /// What the next start finds after a power cut now: a new file system without faults, all of it durable.
    /// This one is left as it is, so that many outcomes of one moment can be tried.
    [[nodiscard]] std::unique_ptr<MemoryFileSystem> crash(Random &random) const;
    /// Makes everything durable: the starting point of a test.
    void syncAll();

    void inject(Fault fault);
    void stopAfter(std::uint64_t changes);
    [[nodiscard]] bool stopped() const;
    void clearFaults();
    /// Beyond so many bytes in all, writes are cut short and fail with Error::StorageFull.
    void limitSpace(std::uint64_t bytes);
    /// Without it (the start has it), readCached() answers Error::WouldBlock.
    void setCached(bool cached);
    /// Modification time of what is written from now on.
    void setTime(std::int64_t unixMs);
    /// Damages one stored byte, now and for good; false where there is none.
    bool flipByte(const std::string &path, std::uint64_t offset, std::byte mask = std::byte{1});

    [[nodiscard]] std::uint64_t count(Operation operation) const;
    /// Operations that changed something: a run of n changes has the crash points stopAfter(0..n).
    [[nodiscard]] std::uint64_t changes() const;

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

private:
    class OpenFile;
    class HeldLock;

    [[nodiscard]] Status meet(Operation operation, std::string_view action, const std::string &path)
        REQUIRES(m_mutex);
    [[nodiscard]] Status createOne(const std::string &path) REQUIRES(m_mutex);
    [[nodiscard]] Status write(MemoryNode &node, const std::string &path, std::uint64_t offset,
                               std::span<const ByteView> pieces) REQUIRES(m_mutex);
    void resize(MemoryNode &node, std::uint64_t size) REQUIRES(m_mutex);

    mutable base::Mutex m_mutex;
    MemoryTree m_tree GUARDED_BY(m_mutex);
    MemoryFaults m_faults GUARDED_BY(m_mutex);
    Random m_random GUARDED_BY(m_mutex);  // what a failed sync leaves
    std::set<std::string> m_locks GUARDED_BY(m_mutex);
    std::uint64_t m_used GUARDED_BY(m_mutex) = 0;
    std::uint64_t m_limit GUARDED_BY(m_mutex) = std::uint64_t{1} << 40;
    std::int64_t m_timeMs GUARDED_BY(m_mutex) = 1'700'000'000'000;
    bool m_cached GUARDED_BY(m_mutex) = true;
};

}  // namespace maxiofs::os
