// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/console_client.h"

#include "api/certificate_guard.h"

#include <QNetworkAccessManager>
#include <QUrlQuery>

#include <algorithm>

namespace maxiofs::api {

using namespace Qt::StringLiterals;

namespace {

template <typename T>
std::expected<T, QString> asOutcome(Result<T> decoded)
{
    if (!decoded)
        return std::unexpected(QString::fromStdString(decoded.error().message));
    return *std::move(decoded);
}

QString nodePath(const QString &id)
{
    return u"/cluster/nodes/"_s + QString::fromLatin1(QUrl::toPercentEncoding(id));
}

QString rulePath(const QString &id, QLatin1StringView what = {})
{
    return u"/cluster/replication/"_s + QString::fromLatin1(QUrl::toPercentEncoding(id)) + what;
}

}  // namespace

ConsoleClient::ConsoleClient(QNetworkAccessManager &network, const CertificateGuard *guard, QObject *parent)
    : QObject(parent),
      m_network(network),
      m_guard(guard)
{
}

void ConsoleClient::setAddress(const QUrl &address)
{
    m_address = address;
}

void ConsoleClient::setToken(const QByteArray &token)
{
    m_token = token;
}

std::optional<core::Problem> ConsoleClient::refusal() const
{
    return m_guard ? m_guard->refusal() : std::nullopt;
}

QNetworkRequest ConsoleClient::requestFor(const QString &path) const
{
    QUrl url = m_address;
    const qsizetype question = path.indexOf(u'?');
    url.setPath(u"/api/v1"_s + (question < 0 ? path : path.left(question)), QUrl::TolerantMode);
    if (question >= 0)
        url.setQuery(path.mid(question + 1));
    QNetworkRequest request(url);
    request.setRawHeader("Accept", "application/json");
    if (!m_token.isEmpty())
        request.setRawHeader("Authorization", "Bearer " + m_token);
    return request;
}

Request::Call ConsoleClient::callFor(const QByteArray &verb, const QString &path,
                                     const QByteArray &body) const
{
    return {.verb = verb, .request = requestFor(path), .body = body, .timeout = m_timeout, .refusal = [this] {
                return refusal();
            }};
}

template <typename T>
RequestFor<T> *ConsoleClient::send(Request::Call call, typename RequestFor<T>::Decode decode)
{
    auto *job = new RequestFor<T>(m_network, std::move(call), std::move(decode), this);
    connect(job, &Request::finished, this, [this, job] {
        if (job->problem())
            Q_EMIT failed(*job->problem());
    });
    return job;
}

template <typename T>
RequestFor<T> *ConsoleClient::get(const QString &path)
{
    return send<T>(callFor("GET", path),
                   [](const QJsonValue &data) { return asOutcome(protocol::fromJson<T>(data)); });
}

template <typename T>
RequestFor<protocol::Page<T>> *ConsoleClient::getPage(const QString &path, const std::string &after,
                                                      int limit)
{
    QUrlQuery query;
    query.addQueryItem(u"limit"_s, QString::number(limit));
    if (!after.empty())
        query.addQueryItem(u"after"_s,
                           QString::fromLatin1(QUrl::toPercentEncoding(QString::fromStdString(after))));
    return send<protocol::Page<T>>(
        callFor("GET", path + u'?' + query.query(QUrl::FullyEncoded)),
        [](const QJsonValue &data) { return asOutcome(protocol::pageFromJson<T>(data)); });
}

RequestFor<QJsonValue> *ConsoleClient::post(const QString &path, const QByteArray &body)
{
    return send<QJsonValue>(
        callFor("POST", path, body),
        [](const QJsonValue &data) -> std::expected<QJsonValue, QString> { return data; });
}

template <typename T>
RequestFor<T> *ConsoleClient::change(const QByteArray &verb, const QString &path, const QByteArray &body)
{
    auto call = callFor(verb, path, body);
    call.timeout = std::max<std::chrono::milliseconds>(m_timeout, kMembershipTimeout);
    return send<T>(std::move(call),
                   [](const QJsonValue &data) { return asOutcome(protocol::fromJson<T>(data)); });
}

RequestFor<protocol::Session> *ConsoleClient::login(const QString &user, const QString &password)
{
    const protocol::LoginRequest body{.username = user.toStdString(), .password = password.toStdString()};
    auto call = callFor("POST", u"/auth/login"_s, protocol::toText(protocol::toJson(body)));
    call.request.setRawHeader("Authorization", QByteArray());
    return send<protocol::Session>(std::move(call), [](const QJsonValue &data) {
        return asOutcome(protocol::fromJson<protocol::Session>(data));
    });
}

RequestFor<protocol::Session> *ConsoleClient::refresh(const std::string &refreshToken)
{
    auto call =
        callFor("POST", u"/auth/refresh"_s,
                protocol::toText(protocol::toJson(protocol::RefreshRequest{.refreshToken = refreshToken})));
    call.request.setRawHeader("Authorization", QByteArray());
    return send<protocol::Session>(std::move(call), [](const QJsonValue &data) {
        return asOutcome(protocol::fromJson<protocol::Session>(data));
    });
}

RequestFor<QJsonValue> *ConsoleClient::logout(const std::string &refreshToken)
{
    return post(u"/auth/logout"_s,
                protocol::toText(protocol::toJson(protocol::RefreshRequest{.refreshToken = refreshToken})));
}

RequestFor<protocol::User> *ConsoleClient::me()
{
    return get<protocol::User>(u"/auth/me"_s);
}

RequestFor<protocol::ClusterConfig> *ConsoleClient::config()
{
    return get<protocol::ClusterConfig>(u"/cluster/config"_s);
}

RequestFor<protocol::Page<protocol::Node>> *ConsoleClient::nodes(const std::string &after)
{
    return getPage<protocol::Node>(u"/cluster/nodes"_s, after);
}

RequestFor<protocol::ClusterHealth> *ConsoleClient::health()
{
    return get<protocol::ClusterHealth>(u"/cluster/health"_s);
}

RequestFor<QJsonValue> *ConsoleClient::refreshHealth()
{
    return post(u"/cluster/health/refresh"_s, "{}");
}

RequestFor<protocol::HealthHistory> *ConsoleClient::history(const std::string &nodeId, int resolution,
                                                            std::int64_t sinceMs)
{
    QUrlQuery query;
    query.addQueryItem(u"resolution"_s, QString::number(resolution));
    if (sinceMs > 0)
        query.addQueryItem(u"since"_s, QString::fromStdString(protocol::toIso({sinceMs})));
    return get<protocol::HealthHistory>(
        u"%1/health?%2"_s.arg(nodePath(QString::fromStdString(nodeId)), query.query(QUrl::FullyEncoded)));
}

RequestFor<protocol::InitializedCluster> *
ConsoleClient::initializeCluster(const protocol::InitializeRequest &wish)
{
    return change<protocol::InitializedCluster>("POST", u"/cluster/initialize"_s,
                                                protocol::toText(protocol::toJson(wish)));
}

RequestFor<protocol::AddedNode> *ConsoleClient::addNode(const protocol::NodeRequest &wish)
{
    return change<protocol::AddedNode>("POST", u"/cluster/nodes"_s, protocol::toText(protocol::toJson(wish)));
}

RequestFor<protocol::Node> *ConsoleClient::changeNode(const QString &id, const protocol::NodeChange &wish)
{
    return change<protocol::Node>("PUT", nodePath(id), protocol::toText(protocol::toJson(wish)));
}

RequestFor<QJsonValue> *ConsoleClient::removeNode(const QString &id, bool force)
{
    auto call = callFor("DELETE", nodePath(id) + (force ? u"?force=true"_s : QString()));
    call.timeout = std::max<std::chrono::milliseconds>(m_timeout, kMembershipTimeout);
    return send<QJsonValue>(
        std::move(call), [](const QJsonValue &data) -> std::expected<QJsonValue, QString> { return data; });
}

RequestFor<protocol::LeftCluster> *ConsoleClient::leaveCluster(bool force)
{
    return change<protocol::LeftCluster>("POST", force ? u"/cluster/leave?force=true"_s : u"/cluster/leave"_s,
                                         "{}");
}

RequestFor<protocol::RotatedToken> *ConsoleClient::rotateToken()
{
    return change<protocol::RotatedToken>("POST", u"/cluster/token/rotate"_s, "{}");
}

RequestFor<protocol::Page<protocol::ClusterBucket>> *ConsoleClient::clusterBuckets(const std::string &after)
{
    return getPage<protocol::ClusterBucket>(u"/cluster/buckets"_s, after);
}

RequestFor<protocol::Page<protocol::Bucket>> *ConsoleClient::buckets(const std::string &after)
{
    return getPage<protocol::Bucket>(u"/buckets"_s, after);
}

RequestFor<protocol::Page<protocol::System>> *ConsoleClient::systems()
{
    return getPage<protocol::System>(u"/system"_s, {});
}

RequestFor<protocol::Page<protocol::AuditEntry>> *ConsoleClient::auditLogs(int limit)
{
    return getPage<protocol::AuditEntry>(u"/audit-logs"_s, {}, limit);
}

RequestFor<protocol::Page<protocol::ReplicationRule>> *
ConsoleClient::replicationRules(const std::string &after)
{
    return getPage<protocol::ReplicationRule>(u"/cluster/replication"_s, after);
}

RequestFor<protocol::Page<protocol::ReplicationQueueEntry>> *
ConsoleClient::replicationQueue(const QString &rule, int limit)
{
    return getPage<protocol::ReplicationQueueEntry>(rulePath(rule, "/queue"_L1), {}, limit);
}

RequestFor<protocol::ReplicationRule> *ConsoleClient::createRule(const protocol::ReplicationRuleRequest &wish)
{
    return change<protocol::ReplicationRule>("POST", u"/cluster/replication"_s,
                                             protocol::toText(protocol::toJson(wish)));
}

RequestFor<protocol::ReplicationRule> *ConsoleClient::changeRule(const QString &rule,
                                                                 const protocol::ReplicationRuleChange &wish)
{
    return change<protocol::ReplicationRule>("PUT", rulePath(rule), protocol::toText(protocol::toJson(wish)));
}

RequestFor<QJsonValue> *ConsoleClient::deleteRule(const QString &rule)
{
    return send<QJsonValue>(
        callFor("DELETE", rulePath(rule)),
        [](const QJsonValue &data) -> std::expected<QJsonValue, QString> { return data; });
}

RequestFor<protocol::ReplicationBulkResult> *
ConsoleClient::replicateAll(const protocol::ReplicationBulkRequest &wish)
{
    return change<protocol::ReplicationBulkResult>("POST", u"/cluster/replication/bulk"_s,
                                                   protocol::toText(protocol::toJson(wish)));
}

RequestFor<QJsonValue> *ConsoleClient::tellRule(const QString &rule, QLatin1StringView what)
{
    return post(rulePath(rule) + u'/' + what, "{}");
}

RequestFor<protocol::ReplicationVerification> *ConsoleClient::verifyRule(const QString &rule)
{
    return change<protocol::ReplicationVerification>("POST", rulePath(rule, "/verify"_L1), "{}");
}

RequestFor<protocol::ReplicationVerification> *ConsoleClient::verification(const QString &rule)
{
    return get<protocol::ReplicationVerification>(rulePath(rule, "/verify"_L1));
}

RequestFor<protocol::Page<protocol::Conflict>> *ConsoleClient::conflicts(const std::string &after)
{
    return getPage<protocol::Conflict>(u"/cluster/conflicts"_s, after);
}

RequestFor<QJsonValue> *ConsoleClient::settleConflict(const QString &id, QLatin1StringView what)
{
    return post(u"/cluster/conflicts/%1/%2"_s.arg(QString::fromLatin1(QUrl::toPercentEncoding(id)), what),
                "{}");
}

RequestFor<protocol::BucketNodes> *ConsoleClient::bucketNodes(const QString &bucket)
{
    return get<protocol::BucketNodes>(u"/cluster/buckets/%1/nodes"_s.arg(bucket));
}

RequestFor<protocol::PromotedBucket> *ConsoleClient::promote(const QString &bucket,
                                                             const protocol::PromoteRequest &wish)
{
    return change<protocol::PromotedBucket>("POST", u"/cluster/buckets/%1/promote"_s.arg(bucket),
                                            protocol::toText(protocol::toJson(wish)));
}

RequestFor<protocol::BucketFailover> *ConsoleClient::failover(const QString &bucket)
{
    return get<protocol::BucketFailover>(u"/buckets/%1/failover"_s.arg(bucket));
}

RequestFor<protocol::BucketFailover> *
ConsoleClient::setFailover(const QString &bucket, std::optional<protocol::FailoverPolicy> policy)
{
    const auto name =
        policy ? QJsonValue(QString::fromUtf8(QByteArrayView(protocol::nameOf(*policy)))) : QJsonValue();
    return change<protocol::BucketFailover>("PUT", u"/buckets/%1/failover"_s.arg(bucket),
                                            protocol::toText({{"failover"_L1, name}}));
}

RequestFor<protocol::Page<protocol::Setting>> *ConsoleClient::settings()
{
    return getPage<protocol::Setting>(u"/settings"_s, {});
}

RequestFor<protocol::Page<protocol::Setting>> *ConsoleClient::changeSettings(const QJsonObject &some)
{
    return send<protocol::Page<protocol::Setting>>(
        callFor("PUT", u"/settings"_s, protocol::toText(some)),
        [](const QJsonValue &data) { return asOutcome(protocol::pageFromJson<protocol::Setting>(data)); });
}

}  // namespace maxiofs::api
