// SPDX-License-Identifier: GPL-3.0-or-later
#include "os/memory_file_system.h"

#include <algorithm>
#include <cstring>

namespace maxiofs::os {

using base::MutexLock;

class MemoryFileSystem::OpenFile final : public File {
public:
    OpenFile(MemoryFileSystem &fileSystem, std::string path, MemoryNodePtr node, bool writable)
        : m_fileSystem(fileSystem),
          m_path(std::move(path)),
          m_node(std::move(node)),
          m_writable(writable)
    {
    }

    Result<std::size_t> readAt(std::uint64_t offset, std::span<std::byte> into) override
    {
        const MutexLock lock(m_fileSystem.m_mutex);
        TRY_STATUS(m_fileSystem.meet(Operation::Read, "read", m_path));
        return copyFrom(offset, into);
    }
    Result<std::size_t> readCached(std::uint64_t offset, std::span<std::byte> into) override
    {
        const MutexLock lock(m_fileSystem.m_mutex);
        if (!m_fileSystem.m_cached)
            return failure(Error::WouldBlock, m_path + " is not in memory", m_path);
        TRY_STATUS(m_fileSystem.meet(Operation::Read, "read", m_path));
        return copyFrom(offset, into);
    }
    Status writeAt(std::uint64_t offset, std::span<const ByteView> pieces) override
    {
        const MutexLock lock(m_fileSystem.m_mutex);
        if (!m_writable)
            return failure(systemError("write", m_path, EBADF));
        return m_fileSystem.write(*m_node, m_path, offset, pieces);
    }
    Status sync() override
    {
        const MutexLock lock(m_fileSystem.m_mutex);
        Status met = m_fileSystem.meet(Operation::Sync, "sync", m_path);
        if (met)
            m_node->content.sync();
        else if (!m_fileSystem.m_faults.stopped())
            m_node->content.failSync(m_fileSystem.m_random);
        return met;
    }
    Status truncate(std::uint64_t size) override
    {
        const MutexLock lock(m_fileSystem.m_mutex);
        if (!m_writable)
            return failure(systemError("truncate", m_path, EBADF));
        TRY_STATUS(m_fileSystem.meet(Operation::Truncate, "truncate", m_path));
        m_fileSystem.resize(*m_node, size);
        return {};
    }
    Result<std::uint64_t> size() override
    {
        const MutexLock lock(m_fileSystem.m_mutex);
        TRY_STATUS(m_fileSystem.meet(Operation::List, "ask for the size of", m_path));
        return m_node->content.current().size();
    }
    void startWriteback(std::uint64_t, std::uint64_t) override {}  // promises nothing

private:
    std::size_t copyFrom(std::uint64_t offset, std::span<std::byte> into) const
    {
        const Bytes &bytes = m_node->content.current();
        if (offset >= bytes.size() || into.empty())
            return 0;
        const auto count = std::min<std::size_t>(into.size(), bytes.size() - offset);
        std::memcpy(into.data(), bytes.data() + offset, count);
        return count;
    }

    MemoryFileSystem &m_fileSystem;
    const std::string m_path;
    const MemoryNodePtr m_node;  // touched with the file system's mutex held
    const bool m_writable;
};

class MemoryFileSystem::HeldLock final : public Lock {
public:
    HeldLock(MemoryFileSystem &fileSystem, std::string path)
        : m_fileSystem(fileSystem),
          m_path(std::move(path))
    {
    }
    ~HeldLock() override
    {
        const MutexLock lock(m_fileSystem.m_mutex);
        m_fileSystem.m_locks.erase(m_path);
    }
    HeldLock(const HeldLock &) = delete;
    HeldLock &operator=(const HeldLock &) = delete;

private:
    MemoryFileSystem &m_fileSystem;
    const std::string m_path;
};

MemoryFileSystem::MemoryFileSystem(std::uint64_t seed) : m_random(seed) {}

std::unique_ptr<MemoryFileSystem> MemoryFileSystem::crash(Random &random) const
{
    auto after = std::make_unique<MemoryFileSystem>(random());
    const MutexLock lock(m_mutex);
    const MutexLock lockAfter(after->m_mutex);
    after->m_tree = m_tree.survivors(random);
    after->m_used = after->m_tree.usedBytes();
    after->m_timeMs = m_timeMs;
    return after;
}

void MemoryFileSystem::syncAll()
{
    const MutexLock lock(m_mutex);
    m_tree.syncAll();
}

void MemoryFileSystem::inject(Fault fault)
{
    const MutexLock lock(m_mutex);
    m_faults.add(std::move(fault));
}

void MemoryFileSystem::stopAfter(std::uint64_t changes)
{
    const MutexLock lock(m_mutex);
    m_faults.stopAfter(changes);
}

bool MemoryFileSystem::stopped() const
{
    const MutexLock lock(m_mutex);
    return m_faults.stopped();
}

void MemoryFileSystem::clearFaults()
{
    const MutexLock lock(m_mutex);
    m_faults.clear();
}

void MemoryFileSystem::limitSpace(std::uint64_t bytes)
{
    const MutexLock lock(m_mutex);
    m_limit = bytes;
}

void MemoryFileSystem::setCached(bool cached)
{
    const MutexLock lock(m_mutex);
    m_cached = cached;
}

void MemoryFileSystem::setTime(std::int64_t unixMs)
{
    const MutexLock lock(m_mutex);
    m_timeMs = unixMs;
}

bool MemoryFileSystem::flipByte(const std::string &path, std::uint64_t offset, std::byte mask)
{
    const MutexLock lock(m_mutex);
    const auto place = m_tree.find("damage", path);
    return place && place->node && place->node->content.flip(offset, mask);
}

std::uint64_t MemoryFileSystem::count(Operation operation) const
{
    const MutexLock lock(m_mutex);
    return m_faults.count(operation);
}

std::uint64_t MemoryFileSystem::changes() const
{
    const MutexLock lock(m_mutex);
    return m_faults.changes();
}

Result<std::unique_ptr<File>> MemoryFileSystem::open(const std::string &path, OpenMode mode)
{
    const MutexLock lock(m_mutex);
    const bool creates = mode == OpenMode::CreateNew;
    const char *action = creates ? "create" : "open";
    TRY_STATUS(meet(creates ? Operation::Create : Operation::Open, action, path));
    TRY_ASSIGN(auto place, m_tree.find(action, path));
    if (creates && place.node)
        return failure(Error::AlreadyExists, "cannot create " + path + ": it exists already", path);
    if (creates) {
        place.node = std::make_shared<MemoryNode>();
        place.node->modifiedMs = m_timeMs;
        m_tree.link(place, place.node);
    }
    if (!place.node)
        return failure(systemError(action, path, ENOENT));
    if (place.node->isDirectory)
        return failure(systemError(action, path, EISDIR));
    return std::make_unique<OpenFile>(*this, path, place.node, mode != OpenMode::Read);
}

Status MemoryFileSystem::createDirectories(const std::string &path)
{
    const MutexLock lock(m_mutex);
    for (std::size_t slash = path.find('/', 1); slash != std::string::npos; slash = path.find('/', slash + 1))
        TRY_STATUS(createOne(path.substr(0, slash)));
    return createOne(path);
}

Result<std::vector<DirectoryEntry>> MemoryFileSystem::list(const std::string &path)
{
    const MutexLock lock(m_mutex);
    TRY_STATUS(meet(Operation::List, "list", path));
    TRY_ASSIGN(const auto place, m_tree.find("list", path));
    if (!place.node || !place.node->isDirectory)
        return failure(systemError("list", path, place.node ? ENOTDIR : ENOENT));
    std::vector<DirectoryEntry> entries;
    for (const auto &[name, node] : place.node->entries)
        entries.push_back({.name = name,
                           .isDirectory = node->isDirectory,
                           .size = node->content.current().size(),
                           .modifiedMs = node->modifiedMs});
    return entries;
}

Result<bool> MemoryFileSystem::exists(const std::string &path)
{
    const MutexLock lock(m_mutex);
    TRY_STATUS(meet(Operation::List, "look for", path));
    const auto place = m_tree.find("look for", path);
    return place && place->node;
}

Status MemoryFileSystem::rename(const std::string &from, const std::string &to)
{
    const MutexLock lock(m_mutex);
    TRY_STATUS(meet(Operation::Rename, "rename", from + " to " + to));
    TRY_ASSIGN(const auto source, m_tree.find("rename", from));
    TRY_ASSIGN(const auto target, m_tree.find("rename", to));
    if (!source.node || source.name.empty())
        return failure(systemError("rename", from + " to " + to, source.node ? EBUSY : ENOENT));
    if (source.node == target.node)
        return {};
    if (target.node && target.node->isDirectory)
        return failure(
            systemError("rename", from + " to " + to, source.node->isDirectory ? ENOTEMPTY : EISDIR));
    if (target.node)
        m_used -= target.node->content.current().size();
    m_tree.move(source, target);
    return {};
}

Status MemoryFileSystem::remove(const std::string &path)
{
    const MutexLock lock(m_mutex);
    TRY_STATUS(meet(Operation::Remove, "remove", path));
    TRY_ASSIGN(const auto place, m_tree.find("remove", path));
    if (!place.node || place.node->isDirectory)
        return failure(systemError("remove", path, place.node ? EISDIR : ENOENT));
    m_used -= place.node->content.current().size();
    m_tree.unlink(place);
    return {};
}

Status MemoryFileSystem::removeDirectory(const std::string &path)
{
    const MutexLock lock(m_mutex);
    TRY_STATUS(meet(Operation::Remove, "remove the directory", path));
    TRY_ASSIGN(const auto place, m_tree.find("remove the directory", path));
    if (!place.node || !place.node->isDirectory)
        return failure(systemError("remove the directory", path, place.node ? ENOTDIR : ENOENT));
    if (!place.node->entries.empty() || place.name.empty())
        return failure(systemError("remove the directory", path, ENOTEMPTY));
    m_tree.unlink(place);
    return {};
}

Status MemoryFileSystem::syncDirectory(const std::string &path)
{
    const MutexLock lock(m_mutex);
    TRY_STATUS(meet(Operation::SyncDirectory, "sync the directory", path));
    TRY_ASSIGN(const auto place, m_tree.find("sync the directory", path));
    if (!place.node || !place.node->isDirectory)
        return failure(systemError("sync the directory", path, place.node ? ENOTDIR : ENOENT));
    m_tree.syncDirectory(place.node);
    return {};
}

Result<Space> MemoryFileSystem::space(const std::string &path)
{
    const MutexLock lock(m_mutex);
    TRY_STATUS(meet(Operation::List, "ask for the free space of", path));
    return Space{.total = m_limit, .available = m_limit - std::min(m_limit, m_used)};
}

Result<std::unique_ptr<Lock>> MemoryFileSystem::lock(const std::string &path)
{
    const MutexLock guard(m_mutex);
    TRY_STATUS(meet(Operation::Open, "lock", path));
    if (!m_locks.insert(path).second)
        return failure(Error::Locked,
                       path + " is held by this process: only one node may use this directory.", path);
    return std::make_unique<HeldLock>(*this, path);
}

Status MemoryFileSystem::meet(Operation operation, std::string_view action, const std::string &path)
{
    const auto fault = m_faults.meet(operation, path);
    if (fault)
        return failure(systemError(action, path, fault->errorNumber));
    return {};
}

Status MemoryFileSystem::createOne(const std::string &path)
{
    TRY_ASSIGN(const auto place, m_tree.find("create the directory", path));
    if (place.node && place.node->isDirectory)
        return {};
    TRY_STATUS(meet(Operation::Create, "create the directory", path));
    if (place.node)
        return failure(systemError("create the directory", path, EEXIST));
    auto directory = std::make_shared<MemoryNode>();
    directory->isDirectory = true;
    directory->modifiedMs = m_timeMs;
    m_tree.link(place, std::move(directory));
    return {};
}

Status MemoryFileSystem::write(MemoryNode &node, const std::string &path, std::uint64_t offset,
                               std::span<const ByteView> pieces)
{
    const auto fault = m_faults.meet(Operation::Write, path);
    std::uint64_t mayWrite = fault ? fault->writtenBytes : ~std::uint64_t{0};
    int reason = fault ? fault->errorNumber : 0;
    node.modifiedMs = m_timeMs;
    for (ByteView piece : pieces) {
        const std::uint64_t oldSize = node.content.current().size();
        const std::uint64_t room = oldSize + (m_limit - std::min(m_limit, m_used));
        const std::uint64_t fits = std::min(mayWrite, room - std::min(room, offset));
        const bool cut = fits < piece.size();
        if (cut) {
            reason = reason != 0 ? reason : ENOSPC;
            piece = piece.first(fits);
        }
        node.content.write(offset, piece);
        if (node.linked)
            m_used += node.content.current().size() - oldSize;
        offset += piece.size();
        mayWrite -= piece.size();
        if (cut)
            break;
    }
    if (reason != 0)
        return failure(systemError("write", path, reason));
    return {};
}

void MemoryFileSystem::resize(MemoryNode &node, std::uint64_t size)
{
    const std::uint64_t oldSize = node.content.current().size();
    node.content.truncate(size);
    node.modifiedMs = m_timeMs;
    if (node.linked)
        m_used = m_used - oldSize + size;
}

}  // namespace maxiofs::os
