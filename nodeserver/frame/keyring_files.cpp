// SPDX-License-Identifier: GPL-3.0-or-later
#include "frame/keyring_files.h"

#include "base/hex.h"
#include "base/id.h"
#include "base/log_line.h"
#include "crypto/secret_bytes.h"

#include <algorithm>

namespace maxiofs::frame {

namespace {

constexpr std::string_view kFirstCopy = "keyring";
constexpr std::string_view kSecondCopy = "keyring.2";
constexpr std::string_view kOwnMaster = "master";
constexpr std::string_view kPreparedMaster = "master.new";
constexpr std::uint64_t kMostMasterKeyFile = 128;  // bytes: 64 hex digits with some white space

// 32 bytes, or 64 hex digits with white space after them.
std::optional<Key256> parseMaster(ByteView content)
{
    Key256 key{};
    if (content.size() == key.size()) {
        std::ranges::copy(content, key.begin());
        return key;
    }
    std::string_view text = asText(content);
    while (!text.empty() && std::string_view(" \t\r\n").contains(text.back()))
        text.remove_suffix(1);
    auto bytes = fromHex(text);
    if (!bytes || bytes->size() != key.size())
        return std::nullopt;
    std::ranges::copy(*bytes, key.begin());
    crypto::wipe(*bytes);
    return key;
}

}  // namespace

// One stored copy and what opening it gave.
struct KeyringFiles::Copy {
    std::string_view name;
    bool exists = false;
    std::optional<KeyringContent> content = std::nullopt;
    Candidate master{};
};

KeyringFiles::KeyringFiles(os::FileSystem &fileSystem, std::string directory, std::string masterKeyFile)
    : m_fileSystem(fileSystem),
      m_directory(std::move(directory)),
      m_masterKeyFile(std::move(masterKeyFile))
{
}

Status KeyringFiles::createDirectory()
{
    TRY_ASSIGN(const bool exists, m_fileSystem.exists(m_directory));
    if (exists)
        return {};
    TRY_STATUS(m_fileSystem.createDirectories(m_directory));
    return m_fileSystem.syncDirectory(os::parentOf(m_directory));
}

Result<bool> KeyringFiles::hasKeyring()
{
    TRY_ASSIGN(const bool first, m_fileSystem.exists(pathOf(kFirstCopy)));
    TRY_ASSIGN(const bool second, m_fileSystem.exists(pathOf(kSecondCopy)));
    return first || second;
}

Result<Key256> KeyringFiles::readOrMakeMaster()
{
    TRY_ASSIGN(const auto found, readMaster(masterPath()));
    if (found)
        return *found;
    if (!hasOwnMaster())
        return failure(Error::NotFound,
                       "The master key file " + m_masterKeyFile +
                           " does not exist: put 32 random bytes or 64 hex digits into it, or correct the "
                           "setting master-key-file.",
                       m_masterKeyFile);
    Key256 key{};
    fillRandom(key);
    TRY_STATUS(os::replaceFile(m_fileSystem, masterPath(), key));
    return key;
}

Result<KeyringFiles::Opened> KeyringFiles::open()
{
    TRY_ASSIGN(const std::vector<Candidate> masters, readCandidates());
    std::array<Copy, 2> copies{Copy{.name = kFirstCopy}, Copy{.name = kSecondCopy}};
    const Copy *best = nullptr;
    std::string reason;
    for (Copy &copy : copies) {
        const auto stored = os::readWholeFile(m_fileSystem, pathOf(copy.name), kMostKeyringSize);
        copy.exists = stored || stored.error().code != Error::NotFound;
        if (!stored)
            reason = stored.error().message;
        for (const Candidate &master : masters) {
            if (!stored || copy.content)
                break;
            auto content = openKeyring(*stored, master.key);
            if (!content && content.error().code == Error::Unsupported)
                return failure(Error::Unsupported, pathOf(copy.name) + ": " + content.error().message,
                               pathOf(copy.name));
            if (!content) {
                reason = content.error().message;
                continue;
            }
            copy.content = *std::move(content);
            copy.master = master;
        }
        if (copy.content && (best == nullptr || copy.content->generation > best->content->generation))
            best = &copy;
    }
    if (!copies[0].exists && !copies[1].exists)
        return failure(Error::NotFound,
                       "There is no keyring in " + m_directory +
                           ": restore it from a backup, or with `maxiofs keys import` from a bundle.",
                       m_directory);
    if (masters.empty())
        return failure(
            Error::NotFound,
            "The master key " + masterPath() +
                " is missing: restore it from a backup, or move the keyring away and restore all keys "
                "with `maxiofs keys import`.",
            masterPath());
    if (best == nullptr)
        return failure(Error::Corrupt,
                       "No copy of the keyring in " + m_directory + " opens with the master key " +
                           masterPath() + " (" + reason +
                           ") Check that both belong together, or restore them from a backup.",
                       m_directory);

    if (best->master.isPrepared)
        TRY_STATUS(adoptPreparedMaster());
    for (const Copy &copy : copies) {
        if (copy.content && copy.content->generation == best->content->generation)
            continue;
        // A full disk must not keep a node from starting: one intact copy serves.
        if (const Status written = write(pathOf(copy.name), *best->content, best->master.key); !written)
            base::warningLine("The keyring has one intact copy only").with("error", written.error().message);
    }
    if (hasOwnMaster() && !best->master.isPrepared) {
        // Of a rotation that ended before a keyring was written under it.
        const Status removed = m_fileSystem.remove(pathOf(kPreparedMaster));
        if (!removed && removed.error().code != Error::NotFound)
            return failure(removed.error());
    }
    return Opened{best->master.key, *best->content};
}

Status KeyringFiles::writeFirst(const KeyringContent &content, const Key256 &master)
{
    return write(pathOf(kFirstCopy), content, master);
}

Status KeyringFiles::writeSecond(const KeyringContent &content, const Key256 &master)
{
    return write(pathOf(kSecondCopy), content, master);
}

Status KeyringFiles::writeMaster(const Key256 &master)
{
    return os::replaceFile(m_fileSystem, masterPath(), master);
}

Status KeyringFiles::prepareMaster(const Key256 &master)
{
    return os::replaceFile(m_fileSystem, pathOf(kPreparedMaster), master);
}

Status KeyringFiles::adoptPreparedMaster()
{
    TRY_STATUS(m_fileSystem.rename(pathOf(kPreparedMaster), masterPath()));
    return m_fileSystem.syncDirectory(m_directory);
}

std::string KeyringFiles::pathOf(std::string_view name) const
{
    return m_directory + "/" + std::string(name);
}

std::string KeyringFiles::masterPath() const
{
    return hasOwnMaster() ? pathOf(kOwnMaster) : m_masterKeyFile;
}

Result<std::optional<Key256>> KeyringFiles::readMaster(const std::string &path)
{
    auto content = os::readWholeFile(m_fileSystem, path, kMostMasterKeyFile);
    if (!content && content.error().code == Error::NotFound)
        return std::nullopt;
    if (!content)
        return failure(std::move(content).error());
    const auto key = parseMaster(*content);
    crypto::wipe(*content);
    if (!key)
        return failure(Error::Corrupt,
                       path + " holds no master key (32 bytes or 64 hex digits): restore it from a backup.",
                       path);
    return key;
}

Result<std::vector<KeyringFiles::Candidate>> KeyringFiles::readCandidates()
{
    std::vector<Candidate> candidates;
    TRY_ASSIGN(const auto master, readMaster(masterPath()));
    if (master)
        candidates.push_back({*master, false});
    if (hasOwnMaster()) {
        TRY_ASSIGN(const auto prepared, readMaster(pathOf(kPreparedMaster)));
        if (prepared)
            candidates.push_back({*prepared, true});
    }
    return candidates;
}

Status KeyringFiles::write(const std::string &path, const KeyringContent &content, const Key256 &master)
{
    Key256 salt{};
    fillRandom(salt);
    return os::replaceFile(m_fileSystem, path, sealKeyring(content, master, salt));
}

}  // namespace maxiofs::frame
