// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/console/membership_endpoints.h"

#include "api/console/membership_refusals.h"
#include "cluster/rules/admission.h"
#include "console_fixture.h"
#include "protocol/auth.h"
#include "protocol/cluster.h"
#include "support/test_runner.h"

#include <QJsonArray>

using namespace Qt::StringLiterals;

namespace maxiofs::api::console {

using fixture::Console;
using fixture::Reply;
using test::FakeCluster;

namespace membership_endpoints_test {

struct Case {
    const char *what;
    Error error;
    unsigned status;
    const char *code;
};

const std::vector<Case> &cases()
{
    using Door = cluster::rules::Refusal;
    static const NodeId node = NodeId::random();
    static const std::vector<Case> all{
        {"in one", {Error::AlreadyExists, "m", "cluster"}, 409, "AlreadyInCluster"},
        {"in none", {Error::NotFound, "m", "cluster"}, 409, "NotInCluster"},
        {"both in none", cluster::rules::errorOf(Door::Lone, node), 409, "NotInCluster"},
        {"wrong token", {Error::Unauthenticated, "m", "token"}, 403, "WrongToken"},
        {"wrong token there", cluster::rules::errorOf(Door::WrongToken, node), 403, "WrongToken"},
        {"wrong password", {Error::Unauthenticated, "m", "credentials"}, 403, "WrongRemoteCredentials"},
        {"no administrator", {Error::Denied, "m", "credentials"}, 403, "WrongRemoteCredentials"},
        {"certificate", {Error::Unauthenticated, "m", "certificate"}, 409, "UnknownCertificate"},
        {"unreachable", {Error::Closed, "m", "member"}, 502, "PeerUnreachable"},
        {"silent", {Error::TimedOut, "m", "member"}, 502, "PeerUnreachable"},
        {"unknown outcome", {Error::TimedOut, "m", "join"}, 504, "OutcomeUnknown"},
        {"clock", {Error::InvalidArgument, "m", "clock"}, 409, "ClockSkew"},
        {"protocol", {Error::Unsupported, "m", "protocol"}, 409, "ProtocolMismatch"},
        {"names", {Error::PreconditionFailed, "m", "ann, photos"}, 409, "NameClashes"},
        {"removed", cluster::rules::errorOf(Door::Removed, node), 409, "RemovedNode"},
        {"joining there", cluster::rules::errorOf(Door::Joining, node), 409, "JoinUnderWay"},
        {"joining here", {Error::Busy, "m", "join"}, 409, "JoinUnderWay"},
        {"full", {Error::Denied, "m", "cluster-full"}, 409, "ClusterFull"},
        {"anything unproven", {Error::Unauthenticated, "m", "else"}, 403, "PeerRefused"},
        {"wrong field", {Error::InvalidArgument, "m", "endpoint"}, 400, "InvalidArgument"}};
    return all;
}

}  // namespace membership_endpoints_test

class MembershipEndpointsTest : public QObject {
    Q_OBJECT

private:
    std::unique_ptr<Console> m_console;
    std::string m_admin;

    Reply call(const std::string &method, const std::string &path, const QJsonObject &body = {})
    {
        return m_console->call(method, path, body, m_admin);
    }
    static QJsonObject nodeRequest()
    {
        return {{"name"_L1, u"node-2"_s},
                {"endpoint"_L1, u"http://10.0.1.20:8080"_s},
                {"node_token"_L1, QString::fromUtf8(FakeCluster::kToken)},
                {"region"_L1, u"us-west-1"_s},
                {"priority"_L1, 50}};
    }
    std::string auditText() { return call("GET", "/audit-logs").text; }

private Q_SLOTS:
    void init()
    {
        m_console = std::make_unique<Console>();
        m_admin = m_console->token();
    }
    void cleanup() { m_console.reset(); }

    void aNewClusterShowsItsTokenOnce()
    {
        QVERIFY(!call("GET", "/cluster/config").data().value("is_cluster_enabled"_L1).toBool());
        const auto made = call("POST", "/cluster/initialize", {{"node_name"_L1, u"node-east-1"_s}});
        QCOMPARE(made.status, 201);
        QCOMPARE(made.data().value("cluster_token"_L1).toString(), QString::fromUtf8(FakeCluster::kToken));
        QCOMPARE(made.data().value("node_id"_L1).toString().toStdString(),
                 m_console->records->nodeId().uuid());
        QVERIFY(made.data().value("is_cluster_enabled"_L1).toBool());
        QCOMPARE(m_console->cluster.settled, 1);

        const auto config = call("GET", "/cluster/config");
        QVERIFY(config.data().value("is_cluster_enabled"_L1).toBool());
        QCOMPARE(config.data().value("token_fingerprint"_L1).toString(), u"0123abcd"_s);
        QVERIFY(!config.text.contains(FakeCluster::kToken));
        QVERIFY(auditText().contains("cluster.initialize"));
        QVERIFY(!auditText().contains(FakeCluster::kToken));
    }

    void aClusterIsMadeOnce()
    {
        m_console->cluster.refusal =
            Error(Error::AlreadyExists, "This node is in a cluster already.", "cluster");
        const auto refused = call("POST", "/cluster/initialize", {{"node_name"_L1, u"node-1"_s}});
        QCOMPARE(refused.status, 409);
        QCOMPARE(refused.code(), std::string("AlreadyInCluster"));
    }

    void aLoneNodeJoinsTheClusterAtTheEndpoint()
    {
        QJsonObject body = nodeRequest();
        body.insert("accept_renames"_L1, true);
        const auto reply = call("POST", "/cluster/nodes", body);
        QCOMPARE(reply.status, 201);
        const auto added = protocol::fromJson<protocol::AddedNode>(reply.data()).value();
        QCOMPARE(added.node.id, m_console->records->nodeId().uuid());
        QVERIFY(added.renamedUsers == std::vector<std::string>{"ann"});
        QVERIFY(added.renamedBuckets == std::vector<std::string>{"photos"});
        QVERIFY(m_console->identities->sessions().authenticate(added.session->token).has_value());
        QCOMPARE(m_console->cluster.joined.endpoint, std::string("http://10.0.1.20:8080"));
        QCOMPARE(m_console->cluster.joined.token, std::string(FakeCluster::kToken));
        QVERIFY(m_console->cluster.joined.priority == 50 && m_console->cluster.joined.acceptRenames);
        QVERIFY(m_console->cluster.invited.endpoint.empty());
        QVERIFY(auditText().contains("node.add") && !auditText().contains(FakeCluster::kToken));
    }

    void aMemberInvitesTheNodeAtTheEndpoint()
    {
        Console other(m_console.get());
        m_console->cluster.invitedId = other.records->nodeId();
        QJsonObject body = nodeRequest();
        body.insert("remote_username"_L1, u"admin"_s);
        body.insert("remote_password"_L1, u"their secret"_s);
        body.insert("remote_fingerprint"_L1, u"AB:CD:01"_s);
        const auto reply = call("POST", "/cluster/nodes", body);
        QCOMPARE(reply.status, 201);
        const auto added = protocol::fromJson<protocol::AddedNode>(reply.data()).value();
        QCOMPARE(added.node.id, other.records->nodeId().uuid());
        QVERIFY(!added.session.has_value());
        QCOMPARE(m_console->cluster.invited.username, std::string("admin"));
        QCOMPARE(m_console->cluster.invited.password, std::string("their secret"));
        QCOMPARE(m_console->cluster.invited.certificate, std::string("abcd01"));
        QVERIFY(m_console->cluster.joined.endpoint.empty());
        QVERIFY(!auditText().contains("their secret"));
    }

    void eachErrorOfAJoinHasItsCode()
    {
        for (const auto &expected : membership_endpoints_test::cases()) {
            m_console->cluster.refusal = expected.error;

            const auto reply = call("POST", "/cluster/nodes", nodeRequest());

            QVERIFY2(reply.code() == expected.code, expected.what);
            QVERIFY2(reply.status == expected.status, expected.what);
            QCOMPARE(reply.json.value("message"_L1).toString().toStdString(), expected.error.message);
        }
        QCOMPARE(call("GET", "/auth/me").status, 200);
    }

    void aNameThatIsTakenAndACertificateAreTold()
    {
        m_console->cluster.refusal = Error(Error::PreconditionFailed, "Taken.", "ann, photos");
        const auto names = call("POST", "/cluster/nodes", nodeRequest());
        QVERIFY(names.json.value("details"_L1).toObject().value("names"_L1).toArray() ==
                (QJsonArray{u"ann"_s, u"photos"_s}));

        m_console->cluster.refusal = Error(Error::Unauthenticated, "Unknown.", "certificate:00ff");
        const auto certificate = call("POST", "/cluster/nodes", nodeRequest());
        QCOMPARE(certificate.code(), std::string("UnknownCertificate"));
        QCOMPARE(certificate.json.value("details"_L1).toObject().value("fingerprint"_L1).toString(),
                 u"00ff"_s);
    }

    void anErrorOfTheOwnTokenStaysAnErrorOfTheOwnToken()
    {
        QCOMPARE(m_console->call("POST", "/cluster/nodes", nodeRequest()).code(),
                 std::string("Unauthenticated"));
    }

    void aNodeIsRemovedUnlessItOwnsBuckets()
    {
        Console other(m_console.get());
        records::NewBucket wanted;
        wanted.name = "photos";
        wanted.ownerId = m_console->identities->users().find("admin")->canonicalId;
        QVERIFY(other.buckets->create(wanted).has_value());
        other.tell(*m_console);
        const std::string path = "/cluster/nodes/" + other.records->nodeId().uuid();

        m_console->cluster.refusal = Error(Error::Busy, "It owns 1 buckets.", "photos");
        const auto refused = call("DELETE", path);
        QCOMPARE(refused.status, 409);
        QCOMPARE(refused.code(), std::string("NodeOwnsBuckets"));
        QVERIFY(refused.json.value("details"_L1).toObject().value("buckets"_L1).toArray() ==
                (QJsonArray{u"photos"_s}));

        QCOMPARE(call("DELETE", path + "?force=yes").status, 400);
        QCOMPARE(call("DELETE", path + "?force=true").status, 200);
        QVERIFY(m_console->cluster.removed == std::pair(other.records->nodeId(), true));
        QCOMPARE(call("DELETE", "/cluster/nodes/" + NodeId::random().uuid()).code(),
                 std::string("NoSuchNode"));
        QVERIFY(auditText().contains("node.remove"));
    }

    void aNodeThatLeavesKeepsItsAdministratorSignedIn()
    {
        m_console->cluster.member = true;
        const auto left = call("POST", "/cluster/leave");
        QCOMPARE(left.status, 200);
        QVERIFY(m_console->cluster.removed == std::pair(NodeId(), false));
        const auto session = protocol::fromJson<protocol::LeftCluster>(left.data()).value().session;
        QVERIFY(m_console->identities->sessions().authenticate(session->token).has_value());
    }

    void aRotatedTokenIsShownOnceWithItsFingerprint()
    {
        const auto rotated = call("POST", "/cluster/token/rotate");
        QCOMPARE(rotated.data().value("cluster_token"_L1).toString(), QString::fromUtf8(FakeCluster::kToken));
        // printf '%s' the-token-0123456789abcdef | sha256sum
        QCOMPARE(rotated.data().value("token_fingerprint"_L1).toString(), u"2ad272e9"_s);
        QVERIFY(auditText().contains("cluster.token.rotate"));
        QVERIFY(!auditText().contains(FakeCluster::kToken));
    }
};

MAXIOFS_TEST(MembershipEndpointsTest)

}  // namespace maxiofs::api::console

#include "membership_endpoints_test.moc"
