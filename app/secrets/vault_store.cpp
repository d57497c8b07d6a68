// SPDX-License-Identifier: GPL-3.0-or-later
#include "secrets/vault_store.h"

#include "crypto/aead.h"

#include <openssl/evp.h>

#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QSaveFile>

namespace maxiofs::secrets {

using namespace Qt::StringLiterals;
using core::Problem;
using crypto::Aes256Gcm;
using crypto::SecretBytes;

namespace {

constexpr char kMagic[] = "MXFVAULT";
constexpr qsizetype kMagicSize = 8;
constexpr char kVersion = 1;
constexpr qsizetype kSaltSize = 32;
constexpr qsizetype kHeadSize = kMagicSize + 4 + kSaltSize;
constexpr qint64 kLargestFile = 4 * 1024 * 1024;

struct Cost {
    char logN = 17;  // 128 MiB with r = 8: half a second, once a session
    char r = 8;
    char p = 1;
};
constexpr char kLargestLogN = 20;

ByteView viewOf(const QByteArray &bytes)
{
    return std::as_bytes(std::span(bytes.constData(), static_cast<std::size_t>(bytes.size())));
}

Problem localProblem(const QString &summary)
{
    return {.kind = Problem::Kind::Local, .summary = summary};
}

std::expected<SecretBytes, Problem> keyFrom(const QString &passphrase, const QByteArray &head)
{
    const auto logN = static_cast<unsigned char>(head[kMagicSize + 1]);
    const auto r = static_cast<unsigned char>(head[kMagicSize + 2]);
    const auto p = static_cast<unsigned char>(head[kMagicSize + 3]);
    const QByteArray salt = head.mid(kMagicSize + 4, kSaltSize);
    QByteArray text = passphrase.toUtf8();
    SecretBytes key(Aes256Gcm::kKeySize);
    constexpr std::uint64_t kMostMemory = 2ULL << 30;
    const int made =
        EVP_PBE_scrypt(text.constData(), static_cast<std::size_t>(text.size()),
                       reinterpret_cast<const unsigned char *>(salt.constData()),
                       static_cast<std::size_t>(salt.size()), std::uint64_t(1) << logN, r, p, kMostMemory,
                       reinterpret_cast<unsigned char *>(key.span().data()), key.size());
    text.fill('\0');
    if (made != 1)
        return std::unexpected(
            localProblem(VaultStore::tr("This computer has not enough memory to open the vault.")));
    return key;
}

}  // namespace

VaultStore::VaultStore(QString path, QByteArray head, SecretBytes key)
    : m_path(std::move(path)),
      m_head(std::move(head)),
      m_key(std::move(key))
{
}

bool VaultStore::exists(const QString &path)
{
    return QFile::exists(path);
}

std::expected<std::unique_ptr<VaultStore>, Problem> VaultStore::create(const QString &path,
                                                                       const QString &passphrase)
{
    if (exists(path))
        return std::unexpected(localProblem(tr("There is a vault already at %1.").arg(path)));
    const Cost cost;
    const SecretBytes salt = SecretBytes::random(kSaltSize);
    QByteArray head(kMagic, kMagicSize);
    head.append(kVersion).append(cost.logN).append(cost.r).append(cost.p);
    head.append(reinterpret_cast<const char *>(salt.view().data()), kSaltSize);
    auto key = keyFrom(passphrase, head);
    if (!key)
        return std::unexpected(key.error());
    std::unique_ptr<VaultStore> vault(new VaultStore(path, head, std::move(*key)));
    if (auto saved = vault->save(); !saved)
        return std::unexpected(saved.error());
    return vault;
}

std::expected<std::unique_ptr<VaultStore>, Problem> VaultStore::open(const QString &path,
                                                                     const QString &passphrase)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return std::unexpected(
            localProblem(tr("The vault %1 cannot be read: %2.").arg(path, file.errorString())));
    const QByteArray bytes = file.read(kLargestFile);
    const QByteArray head = bytes.left(kHeadSize);
    const auto tooShort = kHeadSize + static_cast<qsizetype>(Aes256Gcm::kNonceSize + Aes256Gcm::kTagSize);
    if (bytes.size() < tooShort || !head.startsWith(QByteArray(kMagic, kMagicSize)) ||
        head[kMagicSize] != kVersion || head[kMagicSize + 1] < 1 || head[kMagicSize + 1] > kLargestLogN)
        return std::unexpected(localProblem(tr("%1 is no vault that this version knows.").arg(path)));
    auto key = keyFrom(passphrase, head);
    if (!key)
        return std::unexpected(key.error());

    const QByteArray nonce = bytes.mid(kHeadSize, Aes256Gcm::kNonceSize);
    const QByteArray sealed = bytes.mid(kHeadSize + static_cast<qsizetype>(Aes256Gcm::kNonceSize));
    SecretBytes plain(static_cast<std::size_t>(sealed.size()) - Aes256Gcm::kTagSize);
    const Aes256Gcm cipher(key->view().first<Aes256Gcm::kKeySize>());
    if (!cipher.open(viewOf(nonce).first<Aes256Gcm::kNonceSize>(), viewOf(head), viewOf(sealed),
                     plain.span())) {
        return std::unexpected(Problem{.kind = Problem::Kind::Unauthorized,
                                       .summary = tr("The passphrase does not open the vault.")});
    }
    std::unique_ptr<VaultStore> vault(new VaultStore(path, head, std::move(*key)));
    const QJsonObject secrets =
        QJsonDocument::fromJson(QByteArray::fromRawData(reinterpret_cast<const char *>(plain.view().data()),
                                                        static_cast<qsizetype>(plain.size())))
            .object();
    for (auto it = secrets.begin(); it != secrets.end(); ++it)
        vault->m_secrets.insert(it.key(), it.value().toString());
    return vault;
}

std::expected<void, Problem> VaultStore::save() const
{
    QJsonObject secrets;
    for (auto it = m_secrets.begin(); it != m_secrets.end(); ++it)
        secrets.insert(it.key(), it.value());
    QByteArray plain = QJsonDocument(secrets).toJson(QJsonDocument::Compact);
    // A fresh random nonce each time: 2^32 saves would be needed for a doubtful chance of repetition.
    const SecretBytes nonce = SecretBytes::random(Aes256Gcm::kNonceSize);
    QByteArray sealed(plain.size() + static_cast<qsizetype>(Aes256Gcm::kTagSize), '\0');
    const Aes256Gcm cipher(m_key.view().first<Aes256Gcm::kKeySize>());
    cipher.seal(nonce.view().first<Aes256Gcm::kNonceSize>(), viewOf(m_head), viewOf(plain),
                std::as_writable_bytes(std::span(sealed.data(), static_cast<std::size_t>(sealed.size()))));
    plain.fill('\0');

    QSaveFile file(m_path);
    const bool written = file.open(QIODevice::WriteOnly) &&
                         file.setPermissions(QFileDevice::ReadOwner | QFileDevice::WriteOwner) &&
                         file.write(m_head +
                                    QByteArray(reinterpret_cast<const char *>(nonce.view().data()),
                                               static_cast<qsizetype>(nonce.size())) +
                                    sealed) > 0 &&
                         file.commit();
    if (!written)
        return std::unexpected(
            localProblem(tr("The vault %1 cannot be written: %2.").arg(m_path, file.errorString())));
    return {};
}

void VaultStore::read(const QString &key, Read done)
{
    const auto found = m_secrets.constFind(key);
    done(found == m_secrets.constEnd() ? std::optional<QString>() : std::optional<QString>(*found));
}

void VaultStore::write(const QString &key, const QString &secret, Done done)
{
    m_secrets.insert(key, secret);
    done(save());
}

void VaultStore::remove(const QString &key, Done done)
{
    if (m_secrets.remove(key) == 0) {
        done({});
        return;
    }
    done(save());
}

}  // namespace maxiofs::secrets
