// SPDX-License-Identifier: GPL-3.0-or-later
#include "os/posix_file.h"

#include <array>
#include <cerrno>
#include <climits>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

namespace maxiofs::os {

namespace {

// Repeats a call that a signal interrupted.
template <typename Call>
auto retried(Call call)
{
    auto result = call();
    while (result < 0 && errno == EINTR)
        result = call();
    return result;
}

}  // namespace

PosixFile::PosixFile(int descriptor, std::string path) : m_descriptor(descriptor), m_path(std::move(path)) {}

PosixFile::~PosixFile()
{
    ::close(m_descriptor);
}

Result<std::size_t> PosixFile::readAt(std::uint64_t offset, std::span<std::byte> into)
{
    std::size_t done = 0;
    while (done < into.size()) {
        const ssize_t got = retried([&] {
            return ::pread(m_descriptor, into.data() + done, into.size() - done,
                           static_cast<off_t>(offset + done));
        });
        if (got < 0)
            return failure(systemError("read", m_path, errno));
        if (got == 0)
            break;
        done += static_cast<std::size_t>(got);
    }
    return done;
}

Result<std::size_t> PosixFile::readCached(std::uint64_t offset, std::span<std::byte> into)
{
    const auto wouldBlock = [this] {
        return failure(Error::WouldBlock, m_path + " is not in memory", m_path);
    };
    std::size_t done = 0;
    while (done < into.size()) {
        const iovec piece{into.data() + done, into.size() - done};
        const ssize_t got = retried([&] {
            return ::preadv2(m_descriptor, &piece, 1, static_cast<off_t>(offset + done), RWF_NOWAIT);
        });
        // Some file systems have no such read: then every read is one that may block.
        if (got < 0 && (errno == EAGAIN || errno == EOPNOTSUPP))
            return wouldBlock();
        if (got < 0)
            return failure(systemError("read", m_path, errno));
        if (got == 0) {
            // Linux 5.9 and 5.10 may answer 0 before the end of the file (preadv2(2), BUGS).
            TRY_ASSIGN(const std::uint64_t end, size());
            if (offset + done < end)
                return wouldBlock();
            break;
        }
        done += static_cast<std::size_t>(got);
    }
    return done;
}

Status PosixFile::writeAt(std::uint64_t offset, std::span<const ByteView> pieces)
{
    std::array<iovec, IOV_MAX> batch;
    std::size_t next = 0;         // first piece that is not written whole
    std::size_t nextWritten = 0;  // bytes of it that are
    while (next < pieces.size()) {
        std::size_t used = 0;
        for (std::size_t i = next; i < pieces.size() && used < batch.size(); ++i) {
            const ByteView left = i == next ? pieces[i].subspan(nextWritten) : pieces[i];
            if (!left.empty())
                batch[used++] = {const_cast<std::byte *>(left.data()), left.size()};
            else if (used == 0) {
                next = i + 1;
                nextWritten = 0;
            }
        }
        if (used == 0)
            break;
        const ssize_t got = retried([&] {
            return ::pwritev(m_descriptor, batch.data(), static_cast<int>(used), static_cast<off_t>(offset));
        });
        if (got <= 0)
            return failure(systemError("write", m_path, got == 0 ? EIO : errno));
        offset += static_cast<std::uint64_t>(got);
        nextWritten += static_cast<std::size_t>(got);
        while (next < pieces.size() && nextWritten >= pieces[next].size()) {
            nextWritten -= pieces[next].size();
            ++next;
        }
    }
    return {};
}

Status PosixFile::sync()
{
    if (retried([&] { return ::fdatasync(m_descriptor); }) < 0)
        return failure(systemError("sync", m_path, errno));
    // ext4 may report success for a sync that was under way while the volume shut down or its journal aborted
    // (what failed was the conversion of unwritten extents, which it does not pass on). The next call tells.
    if (retried([&] { return ::pwrite(m_descriptor, "", 0, 0); }) < 0)
        return failure(systemError("sync", m_path, errno));
    return {};
}

Status PosixFile::truncate(std::uint64_t size)
{
    if (retried([&] { return ::ftruncate(m_descriptor, static_cast<off_t>(size)); }) < 0)
        return failure(systemError("truncate", m_path, errno));
    return {};
}

Result<std::uint64_t> PosixFile::size()
{
    struct stat status;
    if (::fstat(m_descriptor, &status) < 0)
        return failure(systemError("ask for the size of", m_path, errno));
    return static_cast<std::uint64_t>(status.st_size);
}

void PosixFile::startWriteback(std::uint64_t offset, std::uint64_t length)
{
    // Only a hint, and without waiting: a write error stays to be reported by the next sync.
    ::sync_file_range(m_descriptor, static_cast<off_t>(offset), static_cast<off_t>(length),
                      SYNC_FILE_RANGE_WRITE);
}

}  // namespace maxiofs::os
