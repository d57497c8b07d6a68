// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/mutex.h"
#include "base/result.h"
#include "frame/keyring_codec.h"
#include "os/file_system.h"

#include <string>

namespace maxiofs::frame {

inline constexpr std::size_t kLeastPassphrase = 8;  // characters, of a key bundle

// The keys under which a node stores: numbered data keys for segments and large-object files, one record key
// for secrets in auth.db. Kept in <keys-dir>/keyring and keyring.2 (two copies, each replaced atomically),
// wrapped by the master key in <keys-dir>/master (32 random bytes, 0600, made at the first start) or in the
// file that the setting master-key-file names (32 bytes, or 64 hex digits as text). A data key is never
// removed, so no file header is ever rewritten. Any thread.
class Keyring {
public:
    struct Options {
        std::string directory;      // <data-dir>/keys or --keys-dir
        std::string masterKeyFile;  // empty: <directory>/master
        bool mayCreate = false;     // a first start: no keyring and no data exist yet
    };

    /// Opens the newer intact copy and mends the other. Error::Corrupt when neither opens under the master
    /// key; Error::NotFound when there is none and it may not be made.
    [[nodiscard]] static Result<std::unique_ptr<Keyring>> open(os::FileSystem &fileSystem, Options options);

    /// The key new files are written under.
    [[nodiscard]] DataKeyId currentDataKey() const;
    /// HKDF-SHA256(data key, salt, purpose): the key of one segment or file. Error::NotFound for an unknown
    /// id.
    [[nodiscard]] Result<Key256> deriveKey(DataKeyId id, ByteView salt, std::string_view purpose) const;
    [[nodiscard]] Key256 recordKey() const;

    /// A new master key (only where this node made it), everything wrapped anew, and a new data key. A crash
    /// at any point leaves the old or the new keys. After an error the new ones may be in use already;
    /// calling it again is right.
    [[nodiscard]] Status rotate();
    /// All keys under a passphrase (scrypt, AES-256-GCM), to be kept elsewhere. Error::InvalidArgument for a
    /// passphrase under kLeastPassphrase. Takes half a second and 128 MiB.
    [[nodiscard]] Result<Bytes> exportBundle(std::string_view passphrase) const;
    /// Writes a keyring made from a bundle where there is none (else Error::AlreadyExists), and a master key
    /// unless there is one. Error::Unauthenticated for a wrong passphrase.
    [[nodiscard]] static Status importBundle(os::FileSystem &fileSystem, const Options &options,
                                             ByteView bundle, std::string_view passphrase);

    ~Keyring();

private:
    Keyring(os::FileSystem &fileSystem, Options options, const Key256 &master, KeyringContent content);

    os::FileSystem &m_fileSystem;
    const Options m_options;

    mutable base::Mutex m_rotation;  // one at a time; never taken while m_mutex is held
    mutable base::Mutex m_mutex;
    Key256 m_master GUARDED_BY(m_mutex);
    KeyringContent m_content GUARDED_BY(m_mutex);
};

}  // namespace maxiofs::frame
