// SPDX-License-Identifier: GPL-3.0-or-later
#include "cluster/member_memory.h"

#include "base/hex.h"
#include "cluster/link/wire_messages.h"

#include <QJsonDocument>

#include <ranges>

namespace maxiofs::cluster {

namespace link::wire {

template <typename V, typename S>
    requires std::is_same_v<std::remove_const_t<S>, rules::Peer>
void listFields(V &visit, S &s)
{
    visit("id"_L1, s.id);
    visit("endpoint"_L1, s.endpoint);
    visit("certificate"_L1, s.certificate);
}

template <typename V, typename S>
    requires std::is_same_v<std::remove_const_t<S>, rules::JoinIntent>
void listFields(V &visit, S &s)
{
    visit("member"_L1, s.member);
    visit("offer"_L1, s.offer);
    visit("self"_L1, s.self);
    visit("key"_L1, s.key);
}

}  // namespace link::wire

namespace {

using records::Change;
using records::Kind;

constexpr const char *kSecrets = "cluster";
constexpr const char *kIntent = "join-intent";
constexpr const char *kAccessTokenKey = "access-token-key";
constexpr std::size_t kAccessTokenKeyBytes = 32;
constexpr std::string_view kAboutToken = "cluster_config/cluster_token";

template <typename T>
Result<crypto::SecretBytes> packed(const T &value)
{
    TRY_ASSIGN(const QJsonObject object, link::wire::write(value, nullptr));
    QByteArray text = QJsonDocument(object).toJson(QJsonDocument::Compact);
    crypto::SecretBytes secret(asBytes(std::string_view(text.constData(), std::size_t(text.size()))));
    text.fill('\0');
    return secret;
}

template <typename T>
Result<std::optional<T>> unpacked(records::Records &records, const char *id)
{
    TRY_ASSIGN(const auto record, records.find(Kind::ClusterSecret, id));
    if (!record || record->deleted)
        return std::nullopt;
    const auto text = QByteArray::fromStdString(toText(record->secret.view()));
    auto value = link::wire::read<T>(QJsonDocument::fromJson(text).object(), nullptr);
    if (!value) {
        return failure(Error::Corrupt,
                       "the record cluster_secrets/" + std::string(id) +
                           " in auth.db is damaged: " + value.error().message,
                       id);
    }
    return *std::move(value);
}

std::string textOf(const std::vector<NodeId> &ids)
{
    std::string text;
    for (const NodeId &id : ids)
        text += (text.empty() ? "" : ",") + id.uuid();
    return text;
}

std::vector<NodeId> idsIn(std::string_view text)
{
    std::vector<NodeId> ids;
    for (const auto part : std::views::split(text, ',')) {
        if (const auto id = NodeId::fromUuid(std::string_view(part.begin(), part.end())))
            ids.push_back(*id);
    }
    return ids;
}

Result<std::string> openToken(const std::string &column, const records::SecretSealer &sealer)
{
    const auto sealed = fromBase64(column);
    if (!sealed)
        return failure(Error::Corrupt, "the cluster_token in cluster_config is damaged");
    TRY_ASSIGN(const auto token, sealer.open(*sealed, kAboutToken));
    return toText(token.view());
}

Status writeToken(records::RecordTransaction &transaction, const std::string &column)
{
    TRY_ASSIGN(auto update, transaction.connection().prepare("UPDATE cluster_config SET cluster_token = ?"));
    update.bind(column);
    return update.run();
}

}  // namespace

Result<MemberMemory> readMemory(records::Records &records)
{
    MemberMemory memory;
    std::string token;
    TRY_STATUS(records.database().read([&](db::Connection &connection) -> Status {
        TRY_ASSIGN(auto row, connection.prepare("SELECT node_id, cluster_id, cluster_token, was_member,"
                                                " former_ids FROM cluster_config"));
        TRY_STATUS(row.step());
        memory.state.self = NodeId::fromUuid(row.text(0)).value_or(NodeId());
        memory.state.clusterId = row.text(1);
        token = row.text(2);
        memory.state.wasMember = row.integer(3) != 0;
        memory.formerIds = idsIn(row.text(4));
        return {};
    }));
    TRY_ASSIGN(memory.state.secrets, unpacked<rules::ClusterSecrets>(records, kSecrets));
    if (memory.state.secrets) {
        TRY_ASSIGN(memory.state.secrets->token, openToken(token, records.sealer()));
    }
    TRY_ASSIGN(memory.state.intent, unpacked<rules::JoinIntent>(records, kIntent));
    return memory;
}

Status writeSecrets(records::RecordTransaction &transaction, const records::SecretSealer &sealer,
                    const rules::ClusterSecrets &secrets)
{
    rules::ClusterSecrets others = secrets;
    others.token.clear();
    TRY_ASSIGN(crypto::SecretBytes bytes, packed(others));
    TRY_STATUS(transaction.apply(Change::put(Kind::ClusterSecret, kSecrets, {}, std::move(bytes))));
    TRY_STATUS(writeToken(transaction, toBase64(sealer.seal(asBytes(secrets.token), kAboutToken))));
    const auto key = fromHex(secrets.accessTokenKey);
    if (!key || key->size() != kAccessTokenKeyBytes) {
        return failure(Error::InvalidArgument, "The cluster's key for access tokens is not 64 hex digits.",
                       "access_token_key");
    }
    return transaction.apply(
        Change::put(Kind::ClusterSecret, kAccessTokenKey, {}, crypto::SecretBytes(ByteView(*key))));
}

Status forgetSecrets(records::RecordTransaction &transaction)
{
    TRY_STATUS(transaction.drop(Kind::ClusterSecret, kSecrets));
    TRY_STATUS(writeToken(transaction, {}));
    return transaction.apply(Change::put(Kind::ClusterSecret, kAccessTokenKey, {},
                                         crypto::SecretBytes::random(kAccessTokenKeyBytes)));
}

Status writeIntent(records::RecordTransaction &transaction, const std::optional<rules::JoinIntent> &intent)
{
    if (!intent)
        return transaction.drop(Kind::ClusterSecret, kIntent);
    TRY_ASSIGN(crypto::SecretBytes bytes, packed(*intent));
    return transaction.apply(Change::put(Kind::ClusterSecret, kIntent, {}, std::move(bytes)));
}

Status writeFormer(records::RecordTransaction &transaction, bool wasMember,
                   const std::vector<NodeId> &formerIds)
{
    TRY_ASSIGN(auto update,
               transaction.connection().prepare("UPDATE cluster_config SET was_member = ?, former_ids = ?"));
    update.bind(wasMember, textOf(formerIds));
    return update.run();
}

}  // namespace maxiofs::cluster
