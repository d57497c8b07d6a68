// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "frame/keyring_codec.h"
#include "os/file_system.h"

#include <optional>
#include <string>
#include <vector>

namespace maxiofs::frame {

// The files of a keyring: the master key (own: `master`, and `master.new` while a rotation is under way; or
// one kept elsewhere) and the two copies `keyring` and `keyring.2`. No state but the paths.
class KeyringFiles {
public:
    KeyringFiles(os::FileSystem &fileSystem, std::string directory, std::string masterKeyFile);

    [[nodiscard]] bool hasOwnMaster() const { return m_masterKeyFile.empty(); }
    [[nodiscard]] Status createDirectory();
    [[nodiscard]] Result<bool> hasKeyring();
    /// The master key in use; makes the own one where there is none.
    [[nodiscard]] Result<Key256> readOrMakeMaster();

    struct Opened {
        Key256 master;
        KeyringContent content;
    };
    /// The newer intact copy. Ends a rotation that was cut off, writes the other copy anew if it is not the
    /// same. Error::NotFound without any copy or master key, Error::Corrupt where no copy opens.
    [[nodiscard]] Result<Opened> open();

    /// Writes one copy, atomically.
    [[nodiscard]] Status writeFirst(const KeyringContent &content, const Key256 &master);
    [[nodiscard]] Status writeSecond(const KeyringContent &content, const Key256 &master);
    [[nodiscard]] Status writeMaster(const Key256 &master);
    /// The two halves of a change of the own master key; between them the first copy is written under it.
    [[nodiscard]] Status prepareMaster(const Key256 &master);
    [[nodiscard]] Status adoptPreparedMaster();

private:
    struct Copy;
    struct Candidate {
        Key256 key;
        bool isPrepared;
    };
    [[nodiscard]] std::string pathOf(std::string_view name) const;
    [[nodiscard]] std::string masterPath() const;
    [[nodiscard]] Result<std::optional<Key256>> readMaster(const std::string &path);
    [[nodiscard]] Result<std::vector<Candidate>> readCandidates();
    [[nodiscard]] Status write(const std::string &path, const KeyringContent &content, const Key256 &master);

    os::FileSystem &m_fileSystem;
    const std::string m_directory;
    const std::string m_masterKeyFile;
};

}  // namespace maxiofs::frame
