// SPDX-License-Identifier: GPL-3.0-or-later
#include "os/posix_lock.h"

#include <array>
#include <cerrno>
#include <charconv>
#include <fcntl.h>
#include <unistd.h>

namespace maxiofs::os {

namespace {

constexpr std::size_t kPidLength = 20;  // digits, more than any process id has

std::string holderOf(int descriptor)
{
    std::array<char, kPidLength> text{};
    const ssize_t got = ::pread(descriptor, text.data(), text.size(), 0);
    long pid = 0;
    if (got > 0 && std::from_chars(text.data(), text.data() + got, pid).ec == std::errc() && pid > 0)
        return "process " + std::to_string(pid);
    return "another process";
}

}  // namespace

Result<std::unique_ptr<Lock>> PosixLock::take(const std::string &path)
{
    const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (descriptor < 0)
        return failure(systemError("open the lock file", path, errno));
    std::unique_ptr<PosixLock> lock(new PosixLock(descriptor));

    struct flock whole{};
    whole.l_type = F_WRLCK;
    whole.l_whence = SEEK_SET;
    if (::fcntl(descriptor, F_OFD_SETLK, &whole) < 0) {
        if (errno != EAGAIN && errno != EACCES)
            return failure(systemError("lock", path, errno));
        return failure(Error::Locked,
                       path + " is held by " + holderOf(descriptor) +
                           ": only one node may use this directory. Stop that process first.",
                       path);
    }
    const std::string pid = std::to_string(::getpid()) + "\n";
    if (::ftruncate(descriptor, 0) < 0 ||
        ::pwrite(descriptor, pid.data(), pid.size(), 0) != static_cast<ssize_t>(pid.size()))
        return failure(systemError("write the process id to", path, errno));
    return lock;
}

PosixLock::~PosixLock()
{
    ::close(m_descriptor);
}

}  // namespace maxiofs::os
