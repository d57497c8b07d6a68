// SPDX-License-Identifier: GPL-3.0-or-later
#include "secrets/keeper.h"

#include "secrets/keychain_store.h"
#include "secrets/session_store.h"
#include "secrets/vault_store.h"

namespace maxiofs::secrets {

Keeper::Keeper(const QString &vaultPath, QObject *parent)
    : QObject(parent),
      m_vaultPath(vaultPath),
      m_store(std::make_unique<SessionStore>())
{
}

Keeper::~Keeper() = default;

void Keeper::begin()
{
    KeychainStore::probe(this, [this](bool available) {
        if (m_ready)
            return;
        m_ready = true;
        if (available) {
            m_store = std::make_unique<KeychainStore>();
            Q_EMIT storeChanged();
        }
        Q_EMIT ready();
    });
}

bool Keeper::vaultExists() const
{
    return VaultStore::exists(m_vaultPath);
}

std::expected<void, core::Problem> Keeper::unlockVault(const QString &passphrase)
{
    auto vault = vaultExists() ? VaultStore::open(m_vaultPath, passphrase)
                               : VaultStore::create(m_vaultPath, passphrase);
    if (!vault)
        return std::unexpected(vault.error());
    m_store = std::move(*vault);
    Q_EMIT storeChanged();
    return {};
}

}  // namespace maxiofs::secrets
