// SPDX-License-Identifier: GPL-3.0-or-later
#include "os/posix_file_system.h"

#include "os/posix_file.h"
#include "os/posix_lock.h"

#include <cerrno>
#include <cstdio>
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

namespace maxiofs::os {

namespace {

constexpr mode_t kFileMode = 0600;
constexpr mode_t kDirectoryMode = 0700;

struct CloseDirectory {
    void operator()(DIR *directory) const { ::closedir(directory); }
};

std::int64_t milliseconds(const timespec &time)
{
    return static_cast<std::int64_t>(time.tv_sec) * 1000 + time.tv_nsec / 1'000'000;
}

Status makeDirectory(const std::string &path)
{
    if (::mkdir(path.c_str(), kDirectoryMode) == 0)
        return {};
    const int reason = errno;
    struct stat status;
    if (reason == EEXIST && ::stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode))
        return {};
    return failure(systemError("create the directory", path, reason));
}

}  // namespace

Result<std::unique_ptr<File>> PosixFileSystem::open(const std::string &path, OpenMode mode)
{
    int flags = O_CLOEXEC | (mode == OpenMode::Read ? O_RDONLY : O_RDWR);
    if (mode == OpenMode::CreateNew)
        flags |= O_CREAT | O_EXCL;
    int descriptor = ::open(path.c_str(), flags, kFileMode);
    while (descriptor < 0 && errno == EINTR)
        descriptor = ::open(path.c_str(), flags, kFileMode);
    if (descriptor < 0 && errno == EEXIST)
        return failure(Error::AlreadyExists, "cannot create " + path + ": it exists already", path);
    if (descriptor < 0)
        return failure(systemError(mode == OpenMode::CreateNew ? "create" : "open", path, errno));
    return std::make_unique<PosixFile>(descriptor, path);
}

Status PosixFileSystem::createDirectories(const std::string &path)
{
    for (std::size_t slash = path.find('/', 1); slash != std::string::npos; slash = path.find('/', slash + 1))
        TRY_STATUS(makeDirectory(path.substr(0, slash)));
    return makeDirectory(path);
}

Result<std::vector<DirectoryEntry>> PosixFileSystem::list(const std::string &path)
{
    const std::unique_ptr<DIR, CloseDirectory> directory(::opendir(path.c_str()));
    if (!directory)
        return failure(systemError("list", path, errno));
    std::vector<DirectoryEntry> entries;
    for (;;) {
        errno = 0;
        const dirent *entry = ::readdir(directory.get());
        if (entry == nullptr && errno != 0)
            return failure(systemError("list", path, errno));
        if (entry == nullptr)
            return entries;
        const std::string name = entry->d_name;
        if (name == "." || name == "..")
            continue;
        struct stat status;
        if (::fstatat(::dirfd(directory.get()), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) < 0) {
            if (errno == ENOENT)  // removed meanwhile
                continue;
            return failure(systemError("list an entry of", path, errno));
        }
        entries.push_back({.name = name,
                           .isDirectory = S_ISDIR(status.st_mode),
                           .size = static_cast<std::uint64_t>(status.st_size),
                           .modifiedMs = milliseconds(status.st_mtim)});
    }
}

Result<bool> PosixFileSystem::exists(const std::string &path)
{
    struct stat status;
    if (::stat(path.c_str(), &status) == 0)
        return true;
    if (errno == ENOENT || errno == ENOTDIR)
        return false;
    return failure(systemError("look for", path, errno));
}

Status PosixFileSystem::rename(const std::string &from, const std::string &to)
{
    if (::rename(from.c_str(), to.c_str()) < 0)
        return failure(systemError("rename", from + " to " + to, errno));
    return {};
}

Status PosixFileSystem::remove(const std::string &path)
{
    if (::unlink(path.c_str()) < 0)
        return failure(systemError("remove", path, errno));
    return {};
}

Status PosixFileSystem::removeDirectory(const std::string &path)
{
    if (::rmdir(path.c_str()) < 0)
        return failure(systemError("remove the directory", path, errno));
    return {};
}

Status PosixFileSystem::syncDirectory(const std::string &path)
{
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0)
        return failure(systemError("sync the directory", path, errno));
    int result = ::fsync(descriptor);
    while (result < 0 && errno == EINTR)
        result = ::fsync(descriptor);
    const int reason = errno;
    ::close(descriptor);
    if (result < 0)
        return failure(systemError("sync the directory", path, reason));
    return {};
}

Result<Space> PosixFileSystem::space(const std::string &path)
{
    struct statvfs status;
    if (::statvfs(path.c_str(), &status) < 0)
        return failure(systemError("ask for the free space of", path, errno));
    return Space{.total = static_cast<std::uint64_t>(status.f_blocks) * status.f_frsize,
                 .available = static_cast<std::uint64_t>(status.f_bavail) * status.f_frsize};
}

Result<std::unique_ptr<Lock>> PosixFileSystem::lock(const std::string &path)
{
    return PosixLock::take(path);
}

FileSystem &posixFileSystem()
{
    static PosixFileSystem fileSystem;
    return fileSystem;
}

}  // namespace maxiofs::os
