// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/sweeper.h"

#include "base/log_line.h"

#include <charconv>
#include <unordered_set>

namespace maxiofs::store {

namespace {

constexpr std::size_t kFilesAtOnce = 500'000;  // ids held in memory
constexpr std::int64_t kOrphansMs = 7LL * 24 * 3600 * 1000;

// The last byte of an id is random; its first ones follow the folder.
std::size_t sliceOf(const Id128 &id, std::size_t slices)
{
    return (static_cast<std::size_t>(id.bytes[14]) << 8 | static_cast<std::size_t>(id.bytes[15])) % slices;
}

}  // namespace

Result<std::size_t> Sweeper::run()
{
    TRY_STATUS(m_parts.fileSystem.createDirectories(m_parts.orphans));
    TRY_STATUS(removeOldOrphans());
    if (!m_parts.damage.empty()) {
        base::infoLine("files without a record are not swept while there is damage");
        return 0;
    }
    std::size_t files = 0;
    TRY_STATUS(m_parts.blobs.forEach([&](const blob::BlobId &, std::int64_t) {
        ++files;
        return !m_parts.cancelled();
    }));
    const std::size_t slices = files / kFilesAtOnce + 1;
    std::size_t moved = 0;
    for (std::size_t slice = 0; slice < slices && !m_parts.cancelled(); ++slice) {
        TRY_ASSIGN(const std::size_t more, sweepSlice(slice, slices));
        moved += more;
    }
    if (moved != 0)
        base::infoLine("moved files without a record to the orphans").with("files", moved);
    return moved;
}

Result<std::size_t> Sweeper::sweepSlice(std::size_t slice, std::size_t slices)
{
    std::unordered_set<Id128> candidates;
    TRY_STATUS(m_parts.blobs.forEach([&](const blob::BlobId &id, std::int64_t modifiedMs) {
        if (modifiedMs < m_parts.startedMs && sliceOf(id, slices) == slice)
            candidates.insert(id);
        return !m_parts.cancelled();
    }));
    // A file older than the start that no row names now is never named again.
    TRY_STATUS(m_parts.index.forEachFile([&](const Id128 &id) {
        candidates.erase(id);
        return !m_parts.cancelled();
    }));
    if (m_parts.cancelled())
        return 0;
    const std::string folder = m_parts.orphans + "/" + std::to_string(m_parts.startedMs);
    std::size_t moved = 0;
    for (const Id128 &id : candidates) {
        // What died meanwhile was unlinked by itself.
        if (auto done = m_parts.blobs.moveToOrphans(id, folder); done)
            ++moved;
        else if (done.error().code != Error::NotFound)
            return std::unexpected(std::move(done).error());
    }
    return moved;
}

// A file keeps its time when it is moved; the folder's name tells when that was.
Status Sweeper::removeOldOrphans()
{
    TRY_ASSIGN(const auto folders, m_parts.fileSystem.list(m_parts.orphans));
    for (const os::DirectoryEntry &folder : folders) {
        std::int64_t sweptMs = 0;
        const char *const end = folder.name.data() + folder.name.size();
        const auto parsed = std::from_chars(folder.name.data(), end, sweptMs);
        if (!folder.isDirectory || parsed.ptr != end || sweptMs >= m_parts.startedMs - kOrphansMs)
            continue;
        const std::string path = m_parts.orphans + "/" + folder.name;
        TRY_ASSIGN(const auto files, m_parts.fileSystem.list(path));
        for (const os::DirectoryEntry &file : files)
            TRY_STATUS(m_parts.fileSystem.remove(path + "/" + file.name));
        TRY_STATUS(m_parts.fileSystem.removeDirectory(path));
    }
    return {};
}

}  // namespace maxiofs::store
