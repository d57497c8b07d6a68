// SPDX-License-Identifier: GPL-3.0-or-later
#include "blob/file_blob_store.h"

#include "base/hex.h"
#include "blob/blob_file_reader.h"

#include <set>

namespace maxiofs::blob {

namespace {

std::uint64_t randomBeginning()
{
    std::uint64_t value = 0;
    fillRandom(std::as_writable_bytes(std::span(&value, 1)));
    return value;
}

}  // namespace

FileBlobStore::FileBlobStore(os::FileSystem &fileSystem, const frame::Keyring &keyring, std::string directory)
    : m_fileSystem(fileSystem),
      m_keyring(keyring),
      m_directory(std::move(directory)),
      m_directorySync(fileSystem),
      m_readers(kOpenFiles),
      m_created(randomBeginning())
{
}

Status FileBlobStore::makeDirectories()
{
    TRY_STATUS(m_fileSystem.createDirectories(m_directory));
    TRY_ASSIGN(const auto entries, m_fileSystem.list(m_directory));
    std::set<std::string> present;
    for (const os::DirectoryEntry &entry : entries)
        present.insert(m_directory + "/" + entry.name);
    for (std::size_t i = 0; i < kDirectories; ++i)
        if (const std::string path = directoryOf(static_cast<std::byte>(i)); !present.contains(path))
            TRY_STATUS(m_fileSystem.createDirectories(path));
    // At every start: an earlier one may have ended between making and syncing them.
    TRY_STATUS(m_fileSystem.syncDirectory(m_directory));
    return m_fileSystem.syncDirectory(os::parentOf(m_directory));
}

Result<std::unique_ptr<BlobWriter>> FileBlobStore::create(const Purpose &purpose)
{
    BlobFileWriter::Origin origin{.id = BlobId::random(), .salt = {}, .dataKey = m_keyring.currentDataKey()};
    const std::uint64_t number = m_created.fetch_add(1, std::memory_order_relaxed);
    origin.id.bytes[0] = static_cast<std::byte>(number / kFilesInARow % kDirectories);
    fillRandom(origin.salt);
    return BlobFileWriter::create(m_fileSystem, m_directorySync, m_keyring, directoryOf(origin.id.bytes[0]),
                                  origin, purpose);
}

Result<std::shared_ptr<BlobReader>> FileBlobStore::openForRead(const BlobId &id, std::uint64_t size)
{
    if (auto reader = m_readers.find(id); reader && reader->size() == size)
        return reader;
    const std::uint64_t removals = m_readers.removals();
    TRY_ASSIGN(std::shared_ptr<BlobReader> reader,
               BlobFileReader::open(m_fileSystem, m_keyring, pathOf(id), id, size));
    m_readers.insert(id, reader, removals);
    return reader;
}

Status FileBlobStore::remove(const BlobId &id)
{
    Status removed = m_fileSystem.remove(pathOf(id));
    m_readers.remove(id);
    if (!removed && removed.error().code == Error::NotFound)
        return {};
    return removed;
}

Status FileBlobStore::forEach(const std::function<bool(const BlobId &, std::int64_t modifiedMs)> &visit)
{
    for (std::size_t i = 0; i < kDirectories; ++i) {
        const auto first = static_cast<std::byte>(i);
        TRY_ASSIGN(const auto entries, m_fileSystem.list(directoryOf(first)));
        for (const os::DirectoryEntry &entry : entries) {
            const auto id = BlobId::fromHex(entry.name);
            if (entry.isDirectory || !id || id->hex() != entry.name || id->bytes[0] != first)
                continue;
            if (!visit(*id, entry.modifiedMs))
                return {};
        }
    }
    return {};
}

Status FileBlobStore::moveToOrphans(const BlobId &id, const std::string &orphans)
{
    TRY_STATUS(m_fileSystem.createDirectories(orphans));
    Status moved = m_fileSystem.rename(pathOf(id), orphans + "/" + id.hex());
    m_readers.remove(id);
    return moved;
}

std::string FileBlobStore::directoryOf(std::byte first) const
{
    return m_directory + "/" + toHex(std::span(&first, 1));
}

std::string FileBlobStore::pathOf(const BlobId &id) const
{
    return directoryOf(id.bytes[0]) + "/" + id.hex();
}

Result<std::unique_ptr<BlobStore>> BlobStore::open(os::FileSystem &fileSystem, frame::Keyring &keyring,
                                                   std::string directory)
{
    auto store = std::make_unique<FileBlobStore>(fileSystem, keyring, std::move(directory));
    TRY_STATUS(store->makeDirectories());
    return store;
}

}  // namespace maxiofs::blob
