// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QUrl>

#include <cstdint>

namespace maxiofs::core {

// A connection that the program remembers. It holds no secret: the password is in the secret store, under
// secretKey().
struct Profile {
    QString id = {};    // a UUID
    QString name = {};  // as shown
    QString tag = {};   // "PROD", "STAGE", "LOCAL" or empty
    QUrl address = {};  // of the console: https://host:8081
    QString user = {};
    QString fingerprint = {};  // SHA-256 of the trusted certificate, 64 lower-case hex; empty: none
    bool keepPassword = false;
    std::int64_t lastUsedMs = 0;  // 0: never
    std::int64_t lastNodeCount = 0;
    std::int64_t lastUsedBytes = 0;

    bool operator==(const Profile &) const = default;
    [[nodiscard]] QString secretKey() const { return QStringLiteral("password/") + id; }
};

/// An address as a person writes it: a scheme and the port 8081 are added where they are missing. Invalid
/// where it is no address of a console.
[[nodiscard]] QUrl consoleAddress(const QString &text);

}  // namespace maxiofs::core
