// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "secrets/secret_store.h"

#include <QHash>

namespace maxiofs::secrets {

// Keeps secrets in memory until the program ends: where there is neither a key store nor a passphrase.
class SessionStore final : public SecretStore {
    Q_OBJECT
public:
    using SecretStore::SecretStore;

    [[nodiscard]] QString name() const override { return tr("this session only"); }
    [[nodiscard]] bool isLasting() const override { return false; }
    void read(const QString &key, Read done) override;
    void write(const QString &key, const QString &secret, Done done) override;
    void remove(const QString &key, Done done) override;

private:
    QHash<QString, QString> m_secrets;
};

}  // namespace maxiofs::secrets
