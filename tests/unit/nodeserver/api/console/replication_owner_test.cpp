// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/console/replication_endpoints.h"

#include "console_fixture.h"
#include "protocol/cluster.h"
#include "support/test_runner.h"

using namespace Qt::StringLiterals;

namespace maxiofs::api::console {

using fixture::Console;
using fixture::Reply;
using protocol::ReplicationStatus;

// Two members: the one that is asked owns no bucket.
class ReplicationOwnerTest : public QObject {
    Q_OBJECT

private:
    std::unique_ptr<Console> m_edge;
    std::unique_ptr<Console> m_owner;
    std::string m_admin;
    records::ReplicationRulePtr m_rule;

    Reply call(const std::string &method, const std::string &path, const QJsonObject &body = {})
    {
        return m_edge->call(method, path, body, m_admin);
    }
    static protocol::ReplicationRule ruleIn(const Reply &reply)
    {
        return protocol::fromJson<protocol::ReplicationRule>(reply.data()).value();
    }
    static protocol::Page<protocol::ReplicationRule> rulesIn(const Reply &reply)
    {
        return protocol::pageFromJson<protocol::ReplicationRule>(reply.data()).value();
    }
    [[nodiscard]] std::string path() const { return "/cluster/replication/" + m_rule->id; }

private Q_SLOTS:
    void init()
    {
        m_edge = std::make_unique<Console>();
        m_owner = std::make_unique<Console>(m_edge.get());
        const auto bucket = m_owner->addBucket("photos");
        m_rule = m_owner->addRule(*bucket, m_edge->records->nodeId());
        m_owner->replication.rules[m_rule->id].lagObjects = 12;
        m_owner->replication.rules[m_rule->id].lagSeconds = 5;
        m_owner->tell(*m_edge);
        m_admin = m_edge->token();
    }
    void cleanup()
    {
        m_owner.reset();
        m_edge.reset();
    }

    void whatTheOwnerObservesIsInTheListOfEveryNode()
    {
        const auto rules = rulesIn(call("GET", "/cluster/replication"));
        QCOMPARE(rules.items.size(), 1);
        QCOMPARE(rules.items[0].sourceNodeId, m_owner->records->nodeId().uuid());
        QVERIFY(rules.items[0].state.status == ReplicationStatus::InSync);
        QCOMPARE(rules.items[0].state.lagObjects, 12);
        const auto nodes =
            protocol::fromJson<protocol::BucketNodes>(call("GET", "/cluster/buckets/photos/nodes").data())
                .value();
        QVERIFY(nodes.replicas.at(0).lagSeconds == 5);
    }

    void theOwnerIsAskedForARuleAndItsQueue()
    {
        protocol::ReplicationQueueEntry entry;
        entry.id = "1";
        entry.replicationRuleId = m_rule->id;
        entry.objectKey = "key";
        m_owner->replication.entries.push_back(entry);
        QCOMPARE(ruleIn(call("GET", path())).state.lagObjects, 12);
        QCOMPARE(call("GET", path() + "/queue").data().value("count"_L1).toInteger(), 1);
        QCOMPARE(call("POST", path() + "/sync").status, 200);
        QCOMPARE(call("POST", path() + "/verify").status, 202);
        QVERIFY(m_owner->replication.synced == std::vector{m_rule->id});
        QVERIFY(m_owner->replication.verified == std::vector{m_rule->id});
        QVERIFY(m_edge->replication.synced.empty());
        QCOMPARE(m_owner->audit->read({}).value().items.size(), 2);
    }

    void rulesOfAnOwnerThatIsAwayAreListedAndChanged()
    {
        m_edge->peers.refusals.emplace(m_owner->records->nodeId(), Error(Error::TimedOut, "No route to it."));
        const auto rules = rulesIn(call("GET", "/cluster/replication"));
        QCOMPARE(rules.items.size(), 1);
        QVERIFY(rules.items[0].state.status == ReplicationStatus::Unknown);
        QVERIFY(rules.items[0].state.reason.contains("node-2"));
        QCOMPARE(rules.missing.at(0).name, std::string("node-2"));
        const auto nodes =
            protocol::fromJson<protocol::BucketNodes>(call("GET", "/cluster/buckets/photos/nodes").data())
                .value();
        QVERIFY(!nodes.replicas.at(0).lagSeconds);
        QCOMPARE(call("POST", path() + "/sync").code(), std::string("NodeTimedOut"));

        const auto paused = ruleIn(call("POST", path() + "/pause"));
        QVERIFY(paused.state.status == ReplicationStatus::Paused);
        QCOMPARE(call("DELETE", path()).status, 200);
    }
};

MAXIOFS_TEST(ReplicationOwnerTest)

}  // namespace maxiofs::api::console

#include "replication_owner_test.moc"
