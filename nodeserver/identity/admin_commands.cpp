// SPDX-License-Identifier: GPL-3.0-or-later
#include "identity/admin_commands.h"

#include "crypto/random_token.h"
#include "identity/first_start.h"

#include <QJsonArray>
#include <QJsonDocument>

using namespace Qt::StringLiterals;

namespace maxiofs::identity {

namespace {

constexpr std::size_t kPasswordLength = 20;
constexpr std::string_view kPasswordAlphabet = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789";
// A hash of a refresh token is no secret that signs in, but is of no use to a reader either.
constexpr auto kRefreshHash = "refresh_sha256"_L1;

}  // namespace

Result<std::string> resetPassword(os::FileSystem &fileSystem, Directory &directory,
                                  const std::string &dataDirectory, std::string_view username)
{
    const UserPtr user = directory.users().findByName(username);
    if (user == nullptr)
        return failure(Error::NotFound, "There is no user " + std::string(username) + ".",
                       std::string(username));
    std::string password = crypto::randomText(kPasswordLength, kPasswordAlphabet);
    TRY_STATUS(directory.changePassword(user->id, password));
    UserEdit edit;
    edit.status = UserStatus::Active;
    // Two nodes that could not hear each other may each have taken the role from the other's last one.
    if (user->id == kAdminId && !user->has(Role::Admin)) {
        edit.roles = user->roles;
        edit.roles->push_back(Role::Admin);
    }
    TRY_STATUS(directory.users().edit(user->id, edit));
    if (user->id == kAdminId)
        TRY_STATUS(forgetInitialPassword(fileSystem, dataDirectory));
    return password;
}

Result<QByteArray> dumpRecords(records::Records &records)
{
    QJsonObject dump{{"node_id"_L1, QString::fromStdString(records.nodeId().uuid())}};
    for (const records::Kind kind : records::allKinds()) {
        TRY_ASSIGN(const auto loaded, records.load(kind));
        QJsonArray list;
        for (const records::Record &record : loaded) {
            QJsonObject body = record.body;
            body.remove(kRefreshHash);
            list.append(QJsonObject{{"id"_L1, QString::fromStdString(record.id)},
                                    {"changed_ms"_L1, static_cast<qint64>(record.stamp.unixMs())},
                                    {"changed_by"_L1, QString::fromStdString(record.stamp.node.uuid())},
                                    {"record"_L1, body}});
        }
        const std::string_view table = records::tableOf(kind);
        dump.insert(QString::fromUtf8(table.data(), static_cast<qsizetype>(table.size())), list);
    }
    return QJsonDocument(dump).toJson();
}

}  // namespace maxiofs::identity
