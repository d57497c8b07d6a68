// SPDX-License-Identifier: GPL-3.0-or-later
#include "records/cluster_nodes.h"

#include "records_fixture.h"
#include "support/test_runner.h"

using namespace Qt::StringLiterals;

namespace maxiofs::records {

using fixture::AuthDb;

class ClusterNodesTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aLoneNodeIsAClusterOfOne()
    {
        AuthDb db;
        const auto nodes = ClusterNodes::load(db.records(), {"host", "https://host:8080"}).value();

        QVERIFY(nodes->config().nodeId == db.records().nodeId());
        QVERIFY(!nodes->config().isClusterEnabled);
        QCOMPARE(nodes->config().nodeName, std::string("host"));
        QCOMPARE(nodes->nodes().size(), 1);
        const ClusterNode node = nodes->find(db.records().nodeId()).value();
        QCOMPARE(node.endpoint, std::string("https://host:8080"));
        QCOMPARE(node.priority, 100);
        QCOMPARE(node.createdMs, db.clock.nowMs);
    }

    void anEditOutlivesARestartAndANewDefaultName()
    {
        AuthDb db;
        const NodeId id = db.records().nodeId();
        {
            const auto nodes = ClusterNodes::load(db.records(), {"host", "https://a"}).value();
            db.clock.nowMs += 5000;
            QVERIFY(nodes->edit(id, {"node-1", "eu", 7, QJsonObject{{"rack"_L1, u"b4"_s}}, {}}).has_value());
        }

        db.reopen();

        const auto nodes = ClusterNodes::load(db.records(), {"other", "https://b"}).value();
        const ClusterNode node = nodes->find(id).value();
        QCOMPARE(node.name, std::string("node-1"));
        QCOMPARE(node.region, std::string("eu"));
        QCOMPARE(node.priority, 7);
        QCOMPARE(node.metadata.value("rack"_L1).toString(), u"b4"_s);
        QCOMPARE(node.endpoint, std::string("https://b"));
        QCOMPARE(node.updatedMs, db.clock.nowMs);
        QCOMPARE(nodes->config().nodeName, std::string("node-1"));
    }

    void aWrongEditChangesNothing()
    {
        AuthDb db;
        const auto nodes = ClusterNodes::load(db.records(), {"host", ""}).value();
        const NodeId id = db.records().nodeId();

        QCOMPARE(nodes->edit(id, {"", {}, {}, {}, {}}).error().subject, std::string("name"));
        QCOMPARE(nodes->edit(id, {{}, {}, -1, {}, {}}).error().subject, std::string("priority"));
        QCOMPARE(nodes->edit(NodeId::random(), {}).error().code, Error::NotFound);
        QCOMPARE(nodes->find(id).value().name, std::string("host"));
    }
};

MAXIOFS_TEST(ClusterNodesTest)

}  // namespace maxiofs::records

#include "cluster_nodes_test.moc"
