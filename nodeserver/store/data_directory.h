// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "frame/keyring.h"
#include "os/file_system.h"

#include <memory>
#include <string>

namespace maxiofs::store {

// A node's data directory, locked against other processes, with its keys open: what everything else that is
// stored in it begins with.
class DataDirectory {
public:
    struct Options {
        std::string path;
        std::string keysDirectory;  // empty: <path>/keys
        std::string masterKeyFile;  // empty: <keys>/master
        bool needsRecords = false;  // a whole node: where objects were stored there must be an auth.db
    };

    /// Makes what is missing of a first start. Errors: Locked (another node has it open), NotFound (there is
    /// data, but no keyring or no auth.db), Corrupt (the keys do not open), Io.
    [[nodiscard]] static Result<std::unique_ptr<DataDirectory>> open(os::FileSystem &fileSystem,
                                                                     Options options);

    [[nodiscard]] const std::string &path() const { return m_options.path; }
    [[nodiscard]] os::FileSystem &fileSystem() { return m_fileSystem; }
    [[nodiscard]] frame::Keyring &keyring() { return *m_keyring; }
    [[nodiscard]] std::string logPath() const { return m_options.path + "/log"; }
    [[nodiscard]] std::string blobPath() const { return m_options.path + "/blobs"; }
    [[nodiscard]] std::string indexPath() const { return m_options.path + "/index"; }
    [[nodiscard]] std::string temporaryPath() const { return m_options.path + "/tmp"; }
    [[nodiscard]] std::string logEndPath() const { return m_options.path + "/log.end"; }
    [[nodiscard]] std::string recordsPath() const { return m_options.path + "/auth.db"; }

private:
    DataDirectory(os::FileSystem &fileSystem, Options options)
        : m_fileSystem(fileSystem),
          m_options(std::move(options))
    {
    }

    [[nodiscard]] Result<bool> hasObjects();
    [[nodiscard]] Result<bool> hasRecords();

    os::FileSystem &m_fileSystem;
    const Options m_options;
    std::unique_ptr<os::Lock> m_lock;
    std::unique_ptr<frame::Keyring> m_keyring;
};

}  // namespace maxiofs::store
