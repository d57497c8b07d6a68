// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "secrets/secret_store.h"

namespace QKeychain {
class Job;
}

namespace maxiofs::secrets {

// The key store of the desktop environment (GNOME Keyring, KWallet, the Windows credential store). Its
// insecure fallback to plain settings is never switched on.
class KeychainStore final : public SecretStore {
    Q_OBJECT
public:
    using SecretStore::SecretStore;

    /// Answers whether a key store is there and lets this program in: it reads a key that does not exist.
    static void probe(QObject *context, std::function<void(bool)> done);

    [[nodiscard]] QString name() const override;
    [[nodiscard]] bool isLasting() const override { return true; }
    void read(const QString &key, Read done) override;
    void write(const QString &key, const QString &secret, Done done) override;
    void remove(const QString &key, Done done) override;

private:
    [[nodiscard]] core::Problem problemOf(const QKeychain::Job &job) const;
};

}  // namespace maxiofs::secrets
