// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "protocol/bucket.h"
#include "protocol/cluster.h"
#include "protocol/event.h"
#include "protocol/failover.h"
#include "protocol/health_history.h"
#include "protocol/replication.h"
#include "protocol/system.h"

#include <QHash>
#include <QJsonObject>
#include <QList>
#include <QObject>
#include <QPointer>
#include <QSslServer>
#include <QTcpSocket>
#include <QUrlQuery>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>

namespace maxiofs::test {

// A console in this process: speaks HTTP/1.1 and the console API's shapes over real sockets, plain or with a
// certificate of its own, and can be stopped and started again like a node.
class FakeConsole : public QObject {
    Q_OBJECT
public:
    explicit FakeConsole(QObject *parent = nullptr);
    ~FakeConsole() override;

    /// Makes a new certificate; without one the console is plain HTTP.
    void makeCertificate();
    [[nodiscard]] const QString &fingerprint() const { return m_fingerprint; }

    /// Listens; after a stop at the same port again.
    bool start();
    /// Ends all connections and closes the port, as a killed node does.
    void stop();
    [[nodiscard]] QUrl address() const;
    [[nodiscard]] quint16 port() const { return m_port; }
    [[nodiscard]] int timesAsked(const QByteArray &methodAndPath) const
    {
        return m_asked.value(methodAndPath);
    }
    void endSessions();
    void send(const protocol::Event &event);
    [[nodiscard]] int streams() const;

    QString user;
    QString password;
    std::vector<protocol::Role> roles{protocol::Role::Admin};
    /// Refuses every sign-in with this while it is not empty.
    std::string lockedMessage;
    std::vector<protocol::Node> nodes;
    std::vector<protocol::ClusterBucket> buckets;
    std::vector<protocol::AuditEntry> audit;
    std::vector<protocol::System> systems;
    /// A node's latency at a time; empty: nothing was measured then.
    std::function<std::optional<double>(const std::string &node, std::int64_t atMs)> latency;
    /// The cluster's token; empty: a node alone.
    std::string clusterToken;
    /// The certificate that any other node shows, 64 hexadecimal digits.
    std::string peerFingerprint;
    /// What each request to let a node join said, in order.
    std::vector<protocol::NodeRequest> joins;
    /// What such a request is refused with, asked before it is done; a status of 0 lets it through.
    struct Refusal {
        int status = 0;
        std::string code;
        std::string message;
        QJsonObject details;
    };
    std::function<Refusal(const protocol::NodeRequest &)> refuseJoin;
    struct Replication {
        std::vector<protocol::ReplicationRule> rules;
        std::vector<protocol::ReplicationQueueEntry> queue;            // of all rules
        std::vector<protocol::ReplicationVerification> verifications;  // the answers in order; the last stays
        /// Buckets that a bulk request skips, with the reason.
        std::vector<protocol::SkippedBucket> skipped;
        /// What each request asked for: "POST /id/pause", and its body.
        QList<QPair<QByteArray, QJsonObject>> asked;
        /// Asked before a change is made; a status of 0 lets it through.
        std::function<Refusal(const QByteArray &what, const QJsonObject &body)> refuse;
        /// Answers the list of rules with this instead; a status of 0: not.
        int listStatus = 0;
        QByteArray listBody;
        bool silent = false;  // the list is answered by answerWaiting() only
        QList<QPointer<QTcpSocket>> waiting;
    };
    Replication replication;
    struct Failover {
        std::vector<protocol::Conflict> conflicts;
        std::map<std::string, protocol::BucketNodes> nodes;  // by the bucket's name
        protocol::BucketFailover bucket;                     // of each bucket
        /// What each request asked for: "POST /cluster/conflicts/id/restore", and its body.
        QList<QPair<QByteArray, QJsonObject>> asked;
        /// Asked before a change is made; a status of 0 lets it through.
        std::function<Refusal(const QByteArray &what)> refuse;
        /// Answers the list of conflicts with this instead; a status of 0: not.
        int listStatus = 0;
    };
    Failover failover;
    /// Answers the list of rules to all that wait for it, and at once from now on.
    void answerWaiting();
    /// How far back history goes.
    std::int64_t collectedSinceMs;
    double requestsPerSecond = 0;
    double bytesInPerSecond = 0;
    double bytesOutPerSecond = 0;

private:
    struct Request {
        QByteArray method;
        QByteArray path;
        QByteArray query;
        QHash<QByteArray, QByteArray> headers;
        QByteArray body;
    };

    void accept(QTcpSocket *socket);
    void read(QTcpSocket *socket);
    void answer(QTcpSocket *socket, const Request &request);
    static void reply(QTcpSocket *socket, int status, const QByteArray &body);
    static void refuse(QTcpSocket *socket, int status, const char *code, const char *message);
    void openSession(QTcpSocket *socket);
    [[nodiscard]] protocol::Session newSession();
    /// Forming, changing and dissolving a cluster; false: the request is none of these.
    bool answerMembership(QTcpSocket *socket, const Request &request);
    /// Replication's endpoints; false: the request is none of these.
    bool answerReplication(QTcpSocket *socket, const Request &request);
    /// Failover's endpoints; false: the request is none of these.
    bool answerFailover(QTcpSocket *socket, const Request &request);
    void answerConflicts(QTcpSocket *socket);
    void answerSettled(QTcpSocket *socket, const std::string &id);
    void answerPromotion(QTcpSocket *socket, const std::string &bucket, const QJsonObject &body);
    void answerPolicy(QTcpSocket *socket, const Request &request, const QJsonObject &body);
    void answerRules(QTcpSocket *socket);
    void answerRule(QTcpSocket *socket, const QByteArray &method, const QByteArray &what,
                    protocol::ReplicationRule &rule, const QJsonObject &body);
    [[nodiscard]] protocol::ReplicationRule newRule(const protocol::ReplicationRuleRequest &wish);
    void answerJoin(QTcpSocket *socket, const protocol::NodeRequest &wish);
    void answerRemoval(QTcpSocket *socket, const std::string &id, bool force);
    [[nodiscard]] protocol::ClusterConfig config() const;
    void newToken();
    void replyBuckets(QTcpSocket *socket, const QUrlQuery &query);
    void replyLists(QTcpSocket *socket, const Request &request);
    [[nodiscard]] protocol::ClusterHealth health() const;
    [[nodiscard]] protocol::HealthHistory history(const std::string &node, int resolution,
                                                  std::int64_t since) const;

    std::unique_ptr<QTcpServer> m_server;
    QSslConfiguration m_configuration;
    QString m_fingerprint;
    quint16 m_port = 0;
    QHash<QTcpSocket *, QByteArray> m_received;
    QList<QPointer<QTcpSocket>> m_streams;
    QHash<QByteArray, int> m_asked;
    std::set<std::string> m_tokens;
    std::set<std::string> m_refreshTokens;
    int m_issued = 0;
    int m_eventNumber = 0;
};

/// A console with the cluster that the pictures show: six nodes, one degraded, one lost.
void fillLikeThePictures(FakeConsole &console);
/// The rules that the pictures show: two failing, one behind, one paused; for fillLikeThePictures().
void fillReplication(FakeConsole &console);
/// Three conflicts, and a bucket whose owner does not answer; for fillLikeThePictures().
void fillFailover(FakeConsole &console);
/// A lone healthy node with two buckets.
void fillSmall(FakeConsole &console);

}  // namespace maxiofs::test
