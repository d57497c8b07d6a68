// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/data_directory.h"

#include <algorithm>

namespace maxiofs::store {

namespace {

// Makes the directory and its missing parents, and the names of all of them durable.
Status createDurably(os::FileSystem &fileSystem, const std::string &path)
{
    TRY_ASSIGN(const bool exists, fileSystem.exists(path));
    if (exists)
        return {};
    const std::string parent = os::parentOf(path);
    if (parent != path)
        TRY_STATUS(createDurably(fileSystem, parent));
    TRY_STATUS(fileSystem.createDirectories(path));
    return fileSystem.syncDirectory(parent);
}

}  // namespace

Result<std::unique_ptr<DataDirectory>> DataDirectory::open(os::FileSystem &fileSystem, Options options)
{
    if (options.keysDirectory.empty())
        options.keysDirectory = options.path + "/keys";
    std::unique_ptr<DataDirectory> directory(new DataDirectory(fileSystem, std::move(options)));
    TRY_STATUS(createDurably(fileSystem, directory->path()));
    TRY_ASSIGN(directory->m_lock, fileSystem.lock(directory->path() + "/node.lock"));
    TRY_STATUS(fileSystem.createDirectories(directory->logPath()));
    TRY_STATUS(fileSystem.createDirectories(directory->temporaryPath()));
    TRY_STATUS(fileSystem.syncDirectory(directory->path()));

    TRY_ASSIGN(const bool hasObjects, directory->hasObjects());
    TRY_ASSIGN(const bool hasRecords, directory->hasRecords());
    if (directory->m_options.needsRecords && hasObjects && !hasRecords)
        return failure(
            Error::NotFound,
            "There is no " + directory->recordsPath() + ", or it is empty, but " + directory->path() +
                " holds stored objects: without it no bucket, user or key is known. Put auth.db back "
                "from a backup; to begin anew, move the whole folder away.",
            directory->recordsPath());
    // Keys are made only where nothing was ever written: a lost keyring must not be replaced by an empty one.
    frame::Keyring::Options keys;
    keys.directory = directory->m_options.keysDirectory;
    keys.masterKeyFile = directory->m_options.masterKeyFile;
    keys.mayCreate = !hasObjects && !hasRecords;
    TRY_ASSIGN(directory->m_keyring, frame::Keyring::open(fileSystem, keys));
    return directory;
}

// Whether a store was ever at work here: each of these is made after auth.db.
Result<bool> DataDirectory::hasObjects()
{
    for (const std::string &path : {indexPath() + "/CURRENT", logEndPath()}) {
        TRY_ASSIGN(const bool exists, m_fileSystem.exists(path));
        if (exists)
            return true;
    }
    for (const std::string &path : {logPath(), blobPath()}) {
        TRY_ASSIGN(const bool exists, m_fileSystem.exists(path));
        if (!exists)
            continue;
        TRY_ASSIGN(const auto entries, m_fileSystem.list(path));
        if (!entries.empty())
            return true;
    }
    return false;
}

// SQLite would take an empty file for a new database.
Result<bool> DataDirectory::hasRecords()
{
    TRY_ASSIGN(const auto entries, m_fileSystem.list(path()));
    return std::ranges::any_of(entries, [this](const os::DirectoryEntry &entry) {
        return path() + "/" + entry.name == recordsPath() && entry.size != 0;
    });
}

}  // namespace maxiofs::store
