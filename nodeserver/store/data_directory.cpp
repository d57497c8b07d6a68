// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/data_directory.h"

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

    // Keys are made only where nothing was ever written: a lost keyring must not be replaced by an empty one.
    TRY_ASSIGN(const auto segments, fileSystem.list(directory->logPath()));
    TRY_ASSIGN(const bool hasRecords, fileSystem.exists(directory->recordsPath()));
    frame::Keyring::Options keys;
    keys.directory = directory->m_options.keysDirectory;
    keys.masterKeyFile = directory->m_options.masterKeyFile;
    keys.mayCreate = segments.empty() && !hasRecords;
    TRY_ASSIGN(directory->m_keyring, frame::Keyring::open(fileSystem, keys));
    return directory;
}

}  // namespace maxiofs::store
