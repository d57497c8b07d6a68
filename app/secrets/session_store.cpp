// SPDX-License-Identifier: GPL-3.0-or-later
#include "secrets/session_store.h"

namespace maxiofs::secrets {

void SessionStore::read(const QString &key, Read done)
{
    const auto found = m_secrets.constFind(key);
    done(found == m_secrets.constEnd() ? std::optional<QString>() : std::optional<QString>(*found));
}

void SessionStore::write(const QString &key, const QString &secret, Done done)
{
    m_secrets.insert(key, secret);
    done({});
}

void SessionStore::remove(const QString &key, Done done)
{
    m_secrets.remove(key);
    done({});
}

}  // namespace maxiofs::secrets
