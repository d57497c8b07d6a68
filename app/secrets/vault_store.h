// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "crypto/secret_bytes.h"
#include "secrets/secret_store.h"

#include <QMap>

#include <memory>

namespace maxiofs::secrets {

// Secrets in one file, sealed with AES-256-GCM under a key that scrypt makes from a passphrase. The file is
// replaced as a whole and readable by its owner only.
//
// Format 1: "MXFVAULT", version byte, scrypt's log2 N, r and p, 32 bytes of salt, 12 bytes of nonce, then the
// sealed JSON object {key: secret}; everything before the nonce is authenticated with it.
class VaultStore final : public SecretStore {
    Q_OBJECT
public:
    [[nodiscard]] static bool exists(const QString &path);
    /// A new, empty vault; fails where the file is already there.
    [[nodiscard]] static std::expected<std::unique_ptr<VaultStore>, core::Problem>
    create(const QString &path, const QString &passphrase);
    /// Problem::Unauthorized for a wrong passphrase (a damaged file looks the same).
    [[nodiscard]] static std::expected<std::unique_ptr<VaultStore>, core::Problem>
    open(const QString &path, const QString &passphrase);

    [[nodiscard]] QString name() const override { return tr("an encrypted file"); }
    [[nodiscard]] bool isLasting() const override { return true; }
    void read(const QString &key, Read done) override;
    void write(const QString &key, const QString &secret, Done done) override;
    void remove(const QString &key, Done done) override;

private:
    VaultStore(QString path, QByteArray head, crypto::SecretBytes key);
    [[nodiscard]] std::expected<void, core::Problem> save() const;

    QString m_path;
    QByteArray m_head;  // magic to salt
    crypto::SecretBytes m_key;
    QMap<QString, QString> m_secrets;
};

}  // namespace maxiofs::secrets
