// SPDX-License-Identifier: GPL-3.0-or-later
#include "frame/keyring.h"

#include "base/id.h"
#include "crypto/hkdf.h"
#include "frame/keyring_files.h"

#include <algorithm>

namespace maxiofs::frame {

namespace {

constexpr crypto::ScryptCost kBundleCost{.logN = 17, .r = 8, .p = 1};

Key256 randomKey()
{
    Key256 key{};
    fillRandom(key);
    return key;
}

KeyringFiles filesOf(os::FileSystem &fileSystem, const Keyring::Options &options)
{
    return {fileSystem, options.directory, options.masterKeyFile};
}

Result<KeyringFiles::Opened> create(KeyringFiles &files)
{
    TRY_STATUS(files.createDirectory());
    TRY_ASSIGN(const Key256 master, files.readOrMakeMaster());
    KeyringContent content;
    content.generation = 1;
    content.recordKey = randomKey();
    content.dataKeys[1] = randomKey();
    TRY_STATUS(files.writeFirst(content, master));
    TRY_STATUS(files.writeSecond(content, master));
    return KeyringFiles::Opened{master, content};
}

}  // namespace

Keyring::Keyring(os::FileSystem &fileSystem, Options options, const Key256 &master, KeyringContent content)
    : m_fileSystem(fileSystem),
      m_options(std::move(options)),
      m_master(master),
      m_content(std::move(content))
{
}

Keyring::~Keyring()
{
    crypto::wipe(m_master);
}

Result<std::unique_ptr<Keyring>> Keyring::open(os::FileSystem &fileSystem, Options options)
{
    KeyringFiles files = filesOf(fileSystem, options);
    TRY_ASSIGN(const bool exists, files.hasKeyring());
    TRY_ASSIGN(const KeyringFiles::Opened opened,
               !exists && options.mayCreate ? create(files) : files.open());
    return std::unique_ptr<Keyring>(
        new Keyring(fileSystem, std::move(options), opened.master, opened.content));
}

DataKeyId Keyring::currentDataKey() const
{
    const base::MutexLock lock(m_mutex);
    return m_content.dataKeys.rbegin()->first;
}

Result<Key256> Keyring::deriveKey(DataKeyId id, ByteView salt, std::string_view purpose) const
{
    Key256 dataKey{};
    {
        const base::MutexLock lock(m_mutex);
        const auto found = m_content.dataKeys.find(id);
        if (found == m_content.dataKeys.end())
            return failure(Error::NotFound, "The data key " + std::to_string(id) +
                                                " is not in the keyring in " + m_options.directory +
                                                ": restore the newest keyring from a backup or a bundle.");
        dataKey = found->second;
    }
    const crypto::SecretBytes derived = crypto::hkdfSha256(dataKey, salt, purpose, sizeof(Key256));
    crypto::wipe(dataKey);
    Key256 key{};
    std::ranges::copy(derived.view(), key.begin());
    return key;
}

Key256 Keyring::recordKey() const
{
    const base::MutexLock lock(m_mutex);
    return m_content.recordKey;
}

Status Keyring::rotate()
{
    const base::MutexLock rotation(m_rotation);
    KeyringContent next;
    Key256 master{};
    {
        const base::MutexLock lock(m_mutex);
        next = m_content;
        master = m_master;
    }
    if (next.dataKeys.size() >= kMostDataKeys)
        return failure(Error::InvalidArgument,
                       "The keyring is full: it holds " + std::to_string(kMostDataKeys) + " data keys.");
    KeyringFiles files = filesOf(m_fileSystem, m_options);
    // An earlier rotation may have failed half-way. From here to the adoption of the new master key, the
    // second copy opens under the one in use; from then on, the first copy under the new one.
    if (files.hasOwnMaster())
        TRY_STATUS(files.writeMaster(master));
    TRY_STATUS(files.writeSecond(next, master));

    ++next.generation;
    next.dataKeys[next.dataKeys.rbegin()->first + 1] = randomKey();
    if (files.hasOwnMaster()) {
        master = randomKey();
        TRY_STATUS(files.prepareMaster(master));
    }
    TRY_STATUS(files.writeFirst(next, master));
    if (files.hasOwnMaster())
        TRY_STATUS(files.adoptPreparedMaster());
    {
        const base::MutexLock lock(m_mutex);
        m_content = next;
        m_master = master;
    }
    return files.writeSecond(next, master);
}

Result<Bytes> Keyring::exportBundle(std::string_view passphrase) const
{
    if (passphrase.size() < kLeastPassphrase)
        return failure(Error::InvalidArgument, "The passphrase is too short: use at least " +
                                                   std::to_string(kLeastPassphrase) + " characters.");
    KeyringContent content;
    {
        const base::MutexLock lock(m_mutex);
        content = m_content;
    }
    return sealBundle(content, passphrase, kBundleCost, randomKey());
}

Status Keyring::importBundle(os::FileSystem &fileSystem, const Options &options, ByteView bundle,
                             std::string_view passphrase)
{
    KeyringFiles files = filesOf(fileSystem, options);
    TRY_ASSIGN(const bool exists, files.hasKeyring());
    if (exists)
        return failure(Error::AlreadyExists,
                       options.directory +
                           " has a keyring already: move it away if the bundle is to replace it.",
                       options.directory);
    TRY_ASSIGN(const KeyringContent content, openBundle(bundle, passphrase));
    TRY_STATUS(files.createDirectory());
    TRY_ASSIGN(const Key256 master, files.readOrMakeMaster());
    TRY_STATUS(files.writeFirst(content, master));
    return files.writeSecond(content, master);
}

}  // namespace maxiofs::frame
