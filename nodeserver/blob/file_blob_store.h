// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "blob/blob_file_writer.h"
#include "blob/blob_store.h"
#include "blob/reader_cache.h"
#include "blob/shared_directory_sync.h"

#include <atomic>

namespace maxiofs::blob {

// The large-object files of a node. A file lies in the directory of its id's first byte. That byte is not
// random: files made one after the other share a directory, so that uploads which end together share its
// sync.
class FileBlobStore final : public BlobStore {
public:
    static constexpr std::size_t kDirectories = 256;
    static constexpr std::uint64_t kFilesInARow = 64;  // in one directory, then the next
    static constexpr std::size_t kOpenFiles = 256;

    FileBlobStore(os::FileSystem &fileSystem, const frame::Keyring &keyring, std::string directory);

    /// The missing ones of the 256 directories, durably.
    [[nodiscard]] Status makeDirectories();

    [[nodiscard]] Result<std::unique_ptr<BlobWriter>> create(const Purpose &purpose) override;
    [[nodiscard]] Result<std::shared_ptr<BlobReader>> openForRead(const BlobId &id,
                                                                  std::uint64_t size) override;
    [[nodiscard]] Status remove(const BlobId &id) override;
    [[nodiscard]] Status
    forEach(const std::function<bool(const BlobId &, std::int64_t modifiedMs)> &visit) override;
    [[nodiscard]] Status moveToOrphans(const BlobId &id, const std::string &orphans) override;

private:
    [[nodiscard]] std::string directoryOf(std::byte first) const;
    [[nodiscard]] std::string pathOf(const BlobId &id) const;

    os::FileSystem &m_fileSystem;
    const frame::Keyring &m_keyring;
    const std::string m_directory;
    SharedDirectorySync m_directorySync;
    ReaderCache m_readers;
    std::atomic<std::uint64_t> m_created;  // begins anywhere, so that restarts fill the directories evenly
};

}  // namespace maxiofs::blob
