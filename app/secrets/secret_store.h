// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/problem.h"

#include <QObject>
#include <QString>

#include <expected>
#include <functional>
#include <optional>

namespace maxiofs::secrets {

// Where passwords are kept. Answers come by callback, from the event loop or at once; none comes after the
// store is gone. GUI thread.
class SecretStore : public QObject {
    Q_OBJECT
public:
    using Read = std::function<void(std::expected<std::optional<QString>, core::Problem>)>;
    using Done = std::function<void(std::expected<void, core::Problem>)>;

    using QObject::QObject;

    /// What a person calls it: "GNOME Keyring", "the encrypted file", "this session".
    [[nodiscard]] virtual QString name() const = 0;
    /// True where secrets are still there after the program has ended.
    [[nodiscard]] virtual bool isLasting() const = 0;

    /// An empty answer: no such secret.
    virtual void read(const QString &key, Read done) = 0;
    virtual void write(const QString &key, const QString &secret, Done done) = 0;
    /// Also succeeds where there was none.
    virtual void remove(const QString &key, Done done) = 0;
};

}  // namespace maxiofs::secrets
