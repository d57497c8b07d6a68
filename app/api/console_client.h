// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "api/request.h"
#include "protocol/auth.h"
#include "protocol/bucket.h"
#include "protocol/cluster.h"
#include "protocol/event.h"
#include "protocol/failover.h"
#include "protocol/health_history.h"
#include "protocol/replication.h"
#include "protocol/system.h"
#include "protocol/user.h"

#include <QObject>
#include <QUrl>

#include <chrono>
#include <cstdint>
#include <memory>

class QNetworkAccessManager;

namespace maxiofs::api {

class CertificateGuard;

// The console API of one node as functions. Each call sends a request at once and returns its job, which
// lives until it has finished. GUI thread.
class ConsoleClient : public QObject {
    Q_OBJECT
public:
    static constexpr std::chrono::milliseconds kTimeout{10'000};
    /// What forms or dissolves a cluster also asks other nodes, which may be slow or away.
    static constexpr std::chrono::milliseconds kMembershipTimeout{60'000};
    static constexpr int kPageLimit = 1000;  // what one page of a list asks for

    /// `network` and `guard` must outlive the client; `guard` may be null.
    ConsoleClient(QNetworkAccessManager &network, const CertificateGuard *guard, QObject *parent = nullptr);

    void setAddress(const QUrl &address);
    [[nodiscard]] const QUrl &address() const { return m_address; }
    /// The bearer token; empty: none is sent.
    void setToken(const QByteArray &token);
    [[nodiscard]] const QByteArray &token() const { return m_token; }
    void setTimeout(std::chrono::milliseconds timeout) { m_timeout = timeout; }

    [[nodiscard]] RequestFor<protocol::Session> *login(const QString &user, const QString &password);
    [[nodiscard]] RequestFor<protocol::Session> *refresh(const std::string &refreshToken);
    RequestFor<QJsonValue> *logout(const std::string &refreshToken);
    [[nodiscard]] RequestFor<protocol::User> *me();

    [[nodiscard]] RequestFor<protocol::ClusterConfig> *config();
    [[nodiscard]] RequestFor<protocol::Page<protocol::Node>> *nodes(const std::string &after = {});
    [[nodiscard]] RequestFor<protocol::ClusterHealth> *health();
    RequestFor<QJsonValue> *refreshHealth();
    /// Samples of `resolution` (1 or 10 s), those from `sinceMs` on where it is above 0.
    [[nodiscard]] RequestFor<protocol::HealthHistory> *history(const std::string &nodeId, int resolution,
                                                               std::int64_t sinceMs);
    [[nodiscard]] RequestFor<protocol::InitializedCluster> *
    initializeCluster(const protocol::InitializeRequest &wish);
    /// On a member the node at the endpoint joins, on a lone node this one.
    [[nodiscard]] RequestFor<protocol::AddedNode> *addNode(const protocol::NodeRequest &wish);
    [[nodiscard]] RequestFor<protocol::Node> *changeNode(const QString &id,
                                                         const protocol::NodeChange &change);
    /// `force`: also while the node owns buckets.
    [[nodiscard]] RequestFor<QJsonValue> *removeNode(const QString &id, bool force);
    [[nodiscard]] RequestFor<protocol::LeftCluster> *leaveCluster(bool force);
    [[nodiscard]] RequestFor<protocol::RotatedToken> *rotateToken();
    [[nodiscard]] RequestFor<protocol::Page<protocol::ClusterBucket>> *
    clusterBuckets(const std::string &after = {});
    [[nodiscard]] RequestFor<protocol::Page<protocol::Bucket>> *buckets(const std::string &after = {});
    [[nodiscard]] RequestFor<protocol::Page<protocol::System>> *systems();
    [[nodiscard]] RequestFor<protocol::Page<protocol::ReplicationRule>> *
    replicationRules(const std::string &after = {});
    /// The first `limit` entries of what a rule has not sent yet.
    [[nodiscard]] RequestFor<protocol::Page<protocol::ReplicationQueueEntry>> *
    replicationQueue(const QString &rule, int limit);
    [[nodiscard]] RequestFor<protocol::ReplicationRule> *
    createRule(const protocol::ReplicationRuleRequest &wish);
    [[nodiscard]] RequestFor<protocol::ReplicationRule> *
    changeRule(const QString &rule, const protocol::ReplicationRuleChange &change);
    [[nodiscard]] RequestFor<QJsonValue> *deleteRule(const QString &rule);
    [[nodiscard]] RequestFor<protocol::ReplicationBulkResult> *
    replicateAll(const protocol::ReplicationBulkRequest &wish);
    /// What a rule is told to do at once: "sync", "pause" or "resume".
    [[nodiscard]] RequestFor<QJsonValue> *tellRule(const QString &rule, QLatin1StringView what);
    /// Begins a comparison of both sides.
    [[nodiscard]] RequestFor<protocol::ReplicationVerification> *verifyRule(const QString &rule);
    /// How the last comparison fares or fared.
    [[nodiscard]] RequestFor<protocol::ReplicationVerification> *verification(const QString &rule);
    [[nodiscard]] RequestFor<protocol::Page<protocol::Conflict>> *conflicts(const std::string &after = {});
    /// What becomes of the change that lost: "restore" or "discard".
    [[nodiscard]] RequestFor<QJsonValue> *settleConflict(const QString &id, QLatin1StringView what);
    [[nodiscard]] RequestFor<protocol::BucketNodes> *bucketNodes(const QString &bucket);
    /// Another node becomes the bucket's owner; waits until the replica has caught up.
    [[nodiscard]] RequestFor<protocol::PromotedBucket> *promote(const QString &bucket,
                                                                const protocol::PromoteRequest &wish);
    [[nodiscard]] RequestFor<protocol::BucketFailover> *failover(const QString &bucket);
    /// Without a policy the bucket has the cluster's.
    [[nodiscard]] RequestFor<protocol::BucketFailover> *
    setFailover(const QString &bucket, std::optional<protocol::FailoverPolicy> policy);
    [[nodiscard]] RequestFor<protocol::Page<protocol::Setting>> *settings();
    [[nodiscard]] RequestFor<protocol::Page<protocol::Setting>> *changeSettings(const QJsonObject &some);
    /// The newest `limit` entries of the audit log.
    [[nodiscard]] RequestFor<protocol::Page<protocol::AuditEntry>> *auditLogs(int limit);

    /// A request with address and token, for streams.
    [[nodiscard]] QNetworkRequest requestFor(const QString &path) const;
    [[nodiscard]] QNetworkAccessManager &network() const { return m_network; }
    [[nodiscard]] std::optional<core::Problem> refusal() const;

Q_SIGNALS:
    /// A request failed; sent before the request's own finished().
    void failed(const core::Problem &problem);

private:
    [[nodiscard]] Request::Call callFor(const QByteArray &verb, const QString &path,
                                        const QByteArray &body = {}) const;
    template <typename T>
    RequestFor<T> *send(Request::Call call, typename RequestFor<T>::Decode decode);
    template <typename T>
    RequestFor<T> *get(const QString &path);
    template <typename T>
    RequestFor<protocol::Page<T>> *getPage(const QString &path, const std::string &after,
                                           int limit = kPageLimit);
    RequestFor<QJsonValue> *post(const QString &path, const QByteArray &body);
    template <typename T>
    RequestFor<T> *change(const QByteArray &verb, const QString &path, const QByteArray &body);

    QNetworkAccessManager &m_network;
    const CertificateGuard *m_guard;
    QUrl m_address;
    QByteArray m_token;
    std::chrono::milliseconds m_timeout = kTimeout;
};

}  // namespace maxiofs::api
