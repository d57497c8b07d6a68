// SPDX-License-Identifier: GPL-3.0-or-later
#include "records/schema.h"

#include "records/buckets.h"
#include "records/cluster_nodes.h"
#include "records_fixture.h"
#include "support/test_runner.h"

using namespace Qt::StringLiterals;

namespace maxiofs::records {

namespace schema_test {

constexpr const char *kNode = "10000000-0000-0000-0000-000000000001";
constexpr const char *kBucketId = "0123456789abcdef0123456789abcdef";

// What a node wrote before it could be in a cluster: schema 2, buckets by their name.
constexpr const char *kOldRows =
    "INSERT INTO cluster_config (node_id, node_name, cluster_token, created_at)"
    " VALUES ('10000000-0000-0000-0000-000000000001', 'host', '', 1765621800);"
    "INSERT INTO cluster_nodes (id, name, endpoint, node_token, region, priority, metadata, created_at,"
    " updated_at, stamp_time, stamp_node)"
    " VALUES ('10000000-0000-0000-0000-000000000001', 'host', 'https://host:8080', '', 'eu', 7,"
    " '{\"rack\":\"b4\"}', 1765621800, 1765621801, 5, '10000000-0000-0000-0000-000000000001'),"
    " ('10000000-0000-0000-0000-000000000002', 'plain', '', '', NULL, 100, NULL, 1, 1, 5,"
    " '10000000-0000-0000-0000-000000000001');"
    "INSERT INTO buckets (id, body, stamp_time, stamp_node, deleted) VALUES"
    " ('photos', '{\"bucket_id\":\"0123456789abcdef0123456789abcdef\",\"owner_id\":\"aa\","
    "\"tenant_id\":\"t\",\"region\":\"\",\"created_ms\":1765621800000,\"later\":[1]}', 655360,"
    " '10000000-0000-0000-0000-000000000001', 0),"
    " ('gone', '{}', 655361, '10000000-0000-0000-0000-000000000001', 1);"
    "INSERT INTO bucket_versioning (id, body, stamp_time, stamp_node)"
    " VALUES ('0123456789abcdef0123456789abcdef', '{\"versioning\":\"enabled\"}', 655362,"
    " '10000000-0000-0000-0000-000000000001');";

void makeOldDatabase(const std::string &path)
{
    const auto database = db::Database::open(path, schemaMigrations().first(2)).value();
    const Status written =
        database->write([](db::Connection &connection) { return connection.execute(kOldRows); });
    QVERIFY2(written.has_value(), written ? "" : written.error().message.c_str());
}

}  // namespace schema_test

using namespace schema_test;
using fixture::AuthDb;

class SchemaTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void bucketsOfALoneNodeAreItsOwnAfterTheUpgrade()
    {
        AuthDb db(makeOldDatabase);
        const NodeId self = *NodeId::fromUuid(kNode);
        QVERIFY(db.records().nodeId() == self);
        QVERIFY(db.records().clusterId().empty());

        const auto buckets = Buckets::load(db.records()).value();

        QCOMPARE(buckets->count(), 1);
        const BucketPtr bucket = buckets->find("photos").value();
        QCOMPARE(bucket->id.hex(), std::string(kBucketId));
        QCOMPARE(bucket->ownerId, std::string("aa"));
        QCOMPARE(bucket->tenantId, std::string("t"));
        QCOMPARE(bucket->createdMs, 1765621800000);
        QCOMPARE(bucket->versioning, Versioning::Enabled);
        QVERIFY((bucket->location == Location{self, {1, self}, false}));
        QVERIFY((bucket->nameStamp == Stamp{655360, self}));
        const Record record = std::move(*db.records().find(Kind::Bucket, kBucketId).value());
        QVERIFY(record.body.contains("later"_L1) && !record.body.contains("bucket_id"_L1));
        QVERIFY(!db.records().find(Kind::Bucket, "gone").value().has_value());
    }

    void nodesKeepWhatTheirColumnsSaid()
    {
        AuthDb db(makeOldDatabase);

        const auto nodes = ClusterNodes::load(db.records(), {"other", "", ""}).value();

        const ClusterNode self = nodes->self();
        QCOMPARE(self.name, std::string("host"));
        QCOMPARE(self.endpoint, std::string("https://host:8080"));
        QCOMPARE(self.region, std::string("eu"));
        QCOMPARE(self.priority, 7);
        QCOMPARE(self.metadata.value("rack"_L1).toString(), u"b4"_s);
        QCOMPARE(self.createdMs, 1765621800000);
        QCOMPARE(self.updatedMs, 1765621801000);
        QCOMPARE(nodes->nodes().size(), 2);
        QVERIFY(nodes->nodes()[1].metadata.isEmpty());
    }

    void anUpgradedDatabaseOpensAgain()
    {
        AuthDb db(makeOldDatabase);
        const std::string before = db.records().checksum(syncedKinds());

        db.reopen();

        QCOMPARE(db.records().checksum(syncedKinds()), before);
    }
};

MAXIOFS_TEST(SchemaTest)

}  // namespace maxiofs::records

#include "schema_test.moc"
