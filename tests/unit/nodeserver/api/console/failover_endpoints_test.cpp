// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/console/failover_endpoints.h"

#include "console_fixture.h"
#include "protocol/cluster.h"
#include "support/test_runner.h"

using namespace Qt::StringLiterals;

namespace maxiofs::api::console {

using fixture::Console;
using fixture::Reply;
using protocol::FailoverPolicy;

class FailoverEndpointsTest : public QObject {
    Q_OBJECT

private:
    std::unique_ptr<Console> m_console;
    std::string m_admin;
    records::BucketPtr m_bucket;
    NodeId m_other;

    Reply call(const std::string &method, const std::string &path, const QJsonObject &body = {})
    {
        return m_console->call(method, path, body, m_admin);
    }
    Reply promote(const QJsonObject &body = {})
    {
        return call("POST", "/cluster/buckets/photos/promote", body);
    }
    [[nodiscard]] QJsonObject to(const NodeId &node, bool force = false) const
    {
        return {{"node_id"_L1, QString::fromStdString(node.uuid())}, {"force"_L1, force}};
    }
    static QString fieldOf(const Reply &reply)
    {
        return reply.json.value("details"_L1).toObject().value("field"_L1).toString();
    }
    static protocol::BucketFailover failoverIn(const Reply &reply)
    {
        return protocol::fromJson<protocol::BucketFailover>(reply.data()).value();
    }

private Q_SLOTS:
    void init()
    {
        m_console = std::make_unique<Console>();
        m_console->cluster.member = true;
        m_other = m_console->addNode("node-2");
        m_bucket = m_console->addBucket("photos");
        m_admin = m_console->token();
    }
    void cleanup() { m_console.reset(); }

    void aBucketFollowsTheClusterUntilItSaysOtherwise()
    {
        const auto before = failoverIn(call("GET", "/buckets/photos/failover"));
        const auto own = failoverIn(call("PUT", "/buckets/photos/failover", {{"failover"_L1, u"manual"_s}}));
        const auto nodes =
            protocol::fromJson<protocol::BucketNodes>(call("GET", "/cluster/buckets/photos/nodes").data())
                .value();
        const auto without =
            failoverIn(call("PUT", "/buckets/photos/failover", {{"failover"_L1, QJsonValue()}}));
        QCOMPARE(call("PUT", "/settings", {{"failover"_L1, u"manual"_s}}).status, 200);
        const auto after = failoverIn(call("GET", "/buckets/photos/failover"));

        QVERIFY(!before.failover && before.inEffect == FailoverPolicy::Automatic);
        QVERIFY(own.failover == FailoverPolicy::Manual && own.inEffect == FailoverPolicy::Manual);
        QVERIFY(own.clusterDefault == FailoverPolicy::Automatic);
        QVERIFY(nodes.failover == FailoverPolicy::Manual && nodes.epoch == 1);
        QVERIFY(!without.failover && without.inEffect == FailoverPolicy::Automatic);
        QVERIFY(after.inEffect == FailoverPolicy::Manual);
        QVERIFY(after.clusterDefault == FailoverPolicy::Manual);
    }
    void anotherPolicyIsRefusedWithItsField()
    {
        const Reply ofBucket = call("PUT", "/buckets/photos/failover", {{"failover"_L1, u"never"_s}});
        const Reply ofCluster = call("PUT", "/settings", {{"failover"_L1, u"never"_s}});

        QCOMPARE(ofBucket.status, 400);
        QCOMPARE(fieldOf(ofBucket), u"failover"_s);
        QCOMPARE(ofCluster.status, 400);
        QVERIFY(!m_console->buckets->find("photos").value()->failover);
    }
    void aPromotionNamesOwnerAndEpoch()
    {
        const Reply reply = promote(to(m_other, true));

        QCOMPARE(reply.status, 200);
        const auto promoted = protocol::fromJson<protocol::PromotedBucket>(reply.data()).value();
        QCOMPARE(promoted.nodeId, m_other.uuid());
        QCOMPARE(promoted.nodeName, std::string("node-2"));
        QCOMPARE(promoted.formerNodeId, m_console->records->nodeId().uuid());
        QCOMPARE(promoted.epoch, 7);
        QCOMPARE(m_console->ownership.promoted.size(), 1);
        const auto &asked = m_console->ownership.promoted[0];
        QVERIFY(asked.bucket == m_bucket->id && asked.target == m_other && asked.force);
        QCOMPARE(m_console->audit->read({}).value().items[0].action, std::string("bucket.promote"));
    }
    void withoutANodeTheFreshestIsTaken()
    {
        m_console->replicas.replicas = {m_console->records->nodeId(), m_other};

        QCOMPARE(promote().status, 200);

        QVERIFY(m_console->ownership.promoted[0].target == m_other);
        QVERIFY(!m_console->ownership.promoted[0].force);
    }
    void whatCannotBePromotedIsRefusedWithItsReason()
    {
        const auto refusedAs = [&](Error error) {
            m_console->ownership.refusal = std::move(error);
            return promote(to(m_other));
        };
        const Reply noReplica = promote();
        const Reply unknown = promote(to(NodeId::random()));
        const Reply owner = promote(to(m_console->records->nodeId()));
        QVERIFY(m_console->ownership.promoted.empty());
        const Reply partial = refusedAs({Error::InvalidArgument, "It has no full replica.", "some-bucket"});
        const Reply stale = refusedAs({Error::PreconditionFailed, "The owner does not answer."});
        const Reply late = refusedAs({Error::TimedOut, "It did not answer in time."});
        const Reply away = refusedAs({Error::Closed, "It cannot be reached."});
        const Reply busy = refusedAs({Error::Busy, "Another change is under way."});

        QVERIFY2(noReplica.status == 409 && noReplica.code() == "NoFullReplica", noReplica.text.c_str());
        QVERIFY2(unknown.status == 400 && unknown.code() == "NoSuchNode", unknown.text.c_str());
        QCOMPARE(fieldOf(unknown), u"node_id"_s);
        QVERIFY2(owner.status == 400 && owner.code() == "SameNode", owner.text.c_str());
        QCOMPARE(fieldOf(owner), u"node_id"_s);
        QVERIFY2(partial.status == 400 && partial.code() == "NoFullReplica", partial.text.c_str());
        QCOMPARE(fieldOf(partial), u"node_id"_s);
        QVERIFY2(stale.status == 409 && stale.code() == "NotPromotable", stale.text.c_str());
        QVERIFY2(late.status == 504 && late.code() == "OutcomeUnknown", late.text.c_str());
        QVERIFY2(away.status == 502 && away.code() == "PeerUnreachable", away.text.c_str());
        QVERIFY2(busy.status == 503, busy.text.c_str());
        QCOMPARE(call("POST", "/cluster/buckets/nothing/promote").code(), std::string("NoSuchBucket"));
    }
    void aBucketWithAFormerOwnerSaysSoAndIsNotDeleted()
    {
        m_console->ownership.former[m_bucket->id] = {m_other};

        const auto nodes =
            protocol::fromJson<protocol::BucketNodes>(call("GET", "/cluster/buckets/photos/nodes").data())
                .value();
        const Reply refused = call("DELETE", "/buckets/photos");
        m_console->ownership.former.clear();
        const Reply deleted = call("DELETE", "/buckets/photos");

        QVERIFY(nodes.awaited.size() == 1 && nodes.awaited[0].id == m_other.uuid());
        QCOMPARE(nodes.awaited[0].name, std::string("node-2"));
        QVERIFY2(refused.status == 409 && refused.text.contains("node-2"), refused.text.c_str());
        QCOMPARE(deleted.status, 200);
    }
};

MAXIOFS_TEST(FailoverEndpointsTest)

}  // namespace maxiofs::api::console

#include "failover_endpoints_test.moc"
