// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/bytes.h"
#include "base/result.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace maxiofs::os {

// An open file. Reads may come from many threads at once; writes, sync and truncate from one at a time.
// Unlinking the file does not disturb an open one. Closing (the destructor) syncs nothing.
class File {
public:
    virtual ~File() = default;

    /// Reads at `offset` until `into` is full or the file ends; the count read.
    [[nodiscard]] virtual Result<std::size_t> readAt(std::uint64_t offset, std::span<std::byte> into) = 0;
    /// The same from memory alone: Error::WouldBlock where the disk would be asked.
    [[nodiscard]] virtual Result<std::size_t> readCached(std::uint64_t offset, std::span<std::byte> into) = 0;
    /// Writes all pieces one after the other from `offset`, with as few calls as the system allows. After an
    /// error (also a short write) the file may hold any part of them.
    [[nodiscard]] virtual Status writeAt(std::uint64_t offset, std::span<const ByteView> pieces) = 0;
    /// Data and size are on the disk when it returns. A failure is final: what was written since the last
    /// success may be lost although a later call succeeds.
    [[nodiscard]] virtual Status sync() = 0;
    [[nodiscard]] virtual Status truncate(std::uint64_t size) = 0;
    [[nodiscard]] virtual Result<std::uint64_t> size() = 0;
    /// Asks the system to begin writing out what lies in the range, so that a later sync has less to do.
    virtual void startWriteback(std::uint64_t offset, std::uint64_t length) = 0;
};

enum class OpenMode {
    Read,       // must exist
    ReadWrite,  // must exist
    CreateNew,  // must not exist; mode 0600
};

struct Space {
    std::uint64_t total = 0;      // bytes on the volume
    std::uint64_t available = 0;  // bytes that this process may still write
};

struct DirectoryEntry {
    std::string name;
    bool isDirectory = false;
    std::uint64_t size = 0;
    std::int64_t modifiedMs = 0;  // Unix milliseconds
};

// Held for as long as the object lives; ends with the process.
class Lock {
public:
    virtual ~Lock() = default;
};

// The only door to the file system. Paths are native, `/`-separated. A change of a directory (a new file, a
// rename, a removal) is durable after syncDirectory() of it. All functions may be called by any thread.
class FileSystem {
public:
    virtual ~FileSystem() = default;

    [[nodiscard]] virtual Result<std::unique_ptr<File>> open(const std::string &path, OpenMode mode) = 0;
    /// Makes the directory (0700) and its missing parents; an existing one is no error.
    [[nodiscard]] virtual Status createDirectories(const std::string &path) = 0;
    [[nodiscard]] virtual Result<std::vector<DirectoryEntry>> list(const std::string &path) = 0;
    [[nodiscard]] virtual Result<bool> exists(const std::string &path) = 0;
    [[nodiscard]] virtual Status rename(const std::string &from, const std::string &to) = 0;
    /// Unlinks a file; a missing one is Error::NotFound.
    [[nodiscard]] virtual Status remove(const std::string &path) = 0;
    [[nodiscard]] virtual Status removeDirectory(const std::string &path) = 0;
    [[nodiscard]] virtual Status syncDirectory(const std::string &path) = 0;
    [[nodiscard]] virtual Result<Space> space(const std::string &path) = 0;
    /// Takes the lock file; Error::Locked with the holder's process id when another process has it.
    [[nodiscard]] virtual Result<std::unique_ptr<Lock>> lock(const std::string &path) = 0;
};

/// Whole small files: `limit` refuses a larger one with Error::EntityTooLarge.
[[nodiscard]] Result<Bytes> readWholeFile(FileSystem &fileSystem, const std::string &path,
                                          std::uint64_t limit);
/// Replaces `path` so that a crash leaves the old or the new content: temporary file, sync, rename, directory
/// sync.
[[nodiscard]] Status replaceFile(FileSystem &fileSystem, const std::string &path, ByteView content);

/// The directory that holds `path`: "/" or "." where the path names none.
[[nodiscard]] std::string parentOf(std::string_view path);

/// The operating system's file system.
[[nodiscard]] FileSystem &posixFileSystem();

}  // namespace maxiofs::os
