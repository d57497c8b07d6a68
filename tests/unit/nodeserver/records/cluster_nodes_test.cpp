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
        const auto nodes = ClusterNodes::load(db.records(), {"host", "https://host:8080", ""}).value();

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
            const auto nodes = ClusterNodes::load(db.records(), {"host", "https://a", "aa"}).value();
            db.clock.nowMs += 5000;
            QVERIFY(
                nodes->edit(id, {"node-1", "eu", 7, QJsonObject{{"rack"_L1, u"b4"_s}}, {}, {}}).has_value());
        }

        db.reopen();

        const auto nodes = ClusterNodes::load(db.records(), {"other", "https://b", "bb"}).value();
        const ClusterNode node = nodes->find(id).value();
        QCOMPARE(node.name, std::string("node-1"));
        QCOMPARE(node.region, std::string("eu"));
        QCOMPARE(node.priority, 7);
        QCOMPARE(node.metadata.value("rack"_L1).toString(), u"b4"_s);
        QCOMPARE(node.endpoint, std::string("https://b"));
        QCOMPARE(node.certificate, std::string("bb"));
        QCOMPARE(node.updatedMs, db.clock.nowMs);
        QCOMPARE(nodes->config().nodeName, std::string("node-1"));
    }

    void aWrongEditChangesNothing()
    {
        AuthDb db;
        const auto nodes = ClusterNodes::load(db.records(), {"host", "", ""}).value();
        const NodeId id = db.records().nodeId();

        QCOMPARE(nodes->edit(id, {"", {}, {}, {}, {}, {}}).error().subject, std::string("name"));
        QCOMPARE(nodes->edit(id, {{}, {}, -1, {}, {}, {}}).error().subject, std::string("priority"));
        QCOMPARE(nodes->edit(NodeId::random(), {}).error().code, Error::NotFound);
        QCOMPARE(nodes->find(id).value().name, std::string("host"));
    }

    void membersComeAndGoWithTheirRecords()
    {
        AuthDb db;
        const auto nodes = ClusterNodes::load(db.records(), {"host", "https://a", ""}).value();
        ClusterNode other;
        other.name = "node-2";
        other.endpoint = "https://b";
        other.priority = 3;
        other.certificate = std::string(64, 'c');
        other.memberNumber = 2;
        Record record;
        record.kind = Kind::Node;
        record.id = NodeId::random().uuid();
        record.stamp = {5, NodeId::random()};
        record.body = bodyOf(other);
        record.body.insert("later"_L1, 1);

        std::vector<Record> arriving;
        arriving.push_back(record.clone());
        QVERIFY(db.records().merge(std::move(arriving)).has_value());
        const NodeId id = *NodeId::fromUuid(record.id);
        const ClusterNode seen = nodes->find(id).value();
        QCOMPARE(nodes->nodes().size(), 2);
        QCOMPARE(seen.name, std::string("node-2"));
        QCOMPARE(seen.memberNumber, 2);
        QVERIFY(nodes->edit(id, {{}, "eu", {}, {}, {}, {}}).has_value());
        QVERIFY(db.records().find(Kind::Node, record.id).value()->body.contains("later"_L1));

        record.deleted = true;
        arriving.clear();
        arriving.push_back(record.clone());
        QVERIFY(db.records().merge(std::move(arriving)).has_value());
        QCOMPARE(nodes->find(id).error().code, Error::NotFound);
        QCOMPARE(nodes->edit(id, {}).error().code, Error::NotFound);
    }

    void aNodeThatWasRemovedStillKnowsItself()
    {
        AuthDb db;
        const NodeId self = db.records().nodeId();
        QVERIFY(ClusterNodes::load(db.records(), {"host", "https://a", "aa"}).has_value());
        Record record = std::move(*db.records().find(Kind::Node, self.uuid()).value());
        record.deleted = true;
        std::vector<Record> arriving;
        arriving.push_back(std::move(record));
        QVERIFY(db.records().merge(std::move(arriving)).has_value());

        db.reopen();
        const auto nodes = ClusterNodes::load(db.records(), {"other", "https://b", ""}).value();

        QVERIFY(db.records().find(Kind::Node, self.uuid()).value()->deleted);
        QCOMPARE(nodes->self().name, std::string("host"));
        QCOMPARE(nodes->self().endpoint, std::string("https://b"));
        QCOMPARE(nodes->nodes().size(), 1);
    }

    void observationsAreColumnsAndNoRecords()
    {
        AuthDb db;
        const NodeId self = db.records().nodeId();
        const auto nodes = ClusterNodes::load(db.records(), {"host", "https://a", ""}).value();
        const SlotDigests before = db.records().digests(Kind::Node);

        QVERIFY(nodes
                    ->writeObservations({{self, "degraded", 7000, std::nullopt, 12, 100, 40, 3},
                                         {NodeId::random(), "healthy", 1, 2, 3, 4, 5, 6}})
                    .has_value());
        QVERIFY(nodes->edit(self, {"renamed", {}, {}, {}, {}, {}}).has_value());

        QVERIFY(db.records().digests(Kind::Node) != before);  // by the edit
        QVERIFY(db.records()
                    .database()
                    .read([&](db::Connection &connection) -> Status {
                        TRY_ASSIGN(auto row, connection.prepare("SELECT name, health_status,"
                                                                " last_health_check, last_seen, latency_ms,"
                                                                " bucket_count FROM cluster_nodes"));
                        TRY_ASSIGN(const bool there, row.step());
                        const bool same = there && row.text(0) == "renamed" && row.text(1) == "degraded" &&
                                          row.integer(2) == 7 && row.isNull(3) && row.integer(4) == 12 &&
                                          row.integer(5) == 3;
                        TRY_ASSIGN(const bool another, row.step());
                        return same && !another ? Status() : failure(Error::Internal, "other columns");
                    })
                    .has_value());
    }
};

MAXIOFS_TEST(ClusterNodesTest)

}  // namespace maxiofs::records

#include "cluster_nodes_test.moc"
