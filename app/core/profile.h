// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>
#include <QString>
#include <QUrl>

#include <cstdint>

namespace maxiofs::core {

// Another node of a cluster that one connects to: where its console is and which certificate it shows, as a
// member told over a connection that is trusted.
struct ProfileMember {
    QString name = {};
    QUrl address = {};
    QString fingerprint = {};  // SHA-256, 64 lower-case hex

    bool operator==(const ProfileMember &) const = default;
};

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
    QList<ProfileMember> members = {};  // tried when the address does not answer

    bool operator==(const Profile &) const = default;
    [[nodiscard]] QString secretKey() const { return QStringLiteral("password/") + id; }
};

/// An address as a person writes it: a scheme and the port 8081 are added where they are missing. Invalid
/// where it is no address of a console.
[[nodiscard]] QUrl consoleAddress(const QString &text);

}  // namespace maxiofs::core
