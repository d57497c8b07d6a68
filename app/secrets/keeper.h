// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "secrets/secret_store.h"

#include <memory>

namespace maxiofs::secrets {

// Chooses where secrets are kept: the desktop's key store where there is one; else an encrypted vault, once a
// person has given a passphrase; until then, and if none is wanted, this session only.
class Keeper : public QObject {
    Q_OBJECT
public:
    /// `vaultPath` is the vault's file.
    explicit Keeper(const QString &vaultPath, QObject *parent = nullptr);
    ~Keeper() override;

    /// Looks for a key store. ready() follows, once.
    void begin();
    [[nodiscard]] bool isReady() const { return m_ready; }
    [[nodiscard]] SecretStore &store() const { return *m_store; }
    /// True where a passphrase would make secrets last.
    [[nodiscard]] bool offersVault() const { return m_ready && !m_store->isLasting(); }
    [[nodiscard]] bool vaultExists() const;
    /// Opens the vault, or makes it where there is none.
    [[nodiscard]] std::expected<void, core::Problem> unlockVault(const QString &passphrase);

Q_SIGNALS:
    void ready();
    /// Another store is in use.
    void storeChanged();

private:
    QString m_vaultPath;
    std::unique_ptr<SecretStore> m_store;
    bool m_ready = false;
};

}  // namespace maxiofs::secrets
