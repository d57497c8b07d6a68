// SPDX-License-Identifier: GPL-3.0-or-later
#include "records/records.h"

#include "records_fixture.h"
#include "support/test_runner.h"

#include <QFile>

using namespace Qt::StringLiterals;

namespace maxiofs::records {

namespace records_test {

crypto::SecretBytes secretOf(std::string_view text)
{
    return crypto::SecretBytes(asBytes(text));
}

std::int64_t rowsIn(Records &records, const std::string &table)
{
    std::int64_t rows = -1;
    const Status status = records.database().read([&](db::Connection &connection) -> Status {
        TRY_ASSIGN(rows, connection.queryInteger("SELECT count(*) FROM " + table));
        return {};
    });
    return status ? rows : -1;
}

}  // namespace records_test

using namespace records_test;
using fixture::AuthDb;
using fixture::one;

class RecordsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void theNodeKeepsItsId()
    {
        AuthDb db;
        const NodeId id = db.records().nodeId();

        db.reopen();

        QVERIFY(!id.isNull());
        QVERIFY(db.records().nodeId() == id);
    }

    void aRecordOutlivesARestart()
    {
        AuthDb db;
        QVERIFY(
            db.records()
                .apply(one(Change::put(Kind::AccessKey, "K1", {{"user"_L1, u"u1"_s}}, secretOf("s3cret"))))
                .has_value());

        db.reopen();

        const auto records = db.records().load(Kind::AccessKey).value();
        QCOMPARE(records.size(), 1);
        QCOMPARE(records[0].id, std::string("K1"));
        QCOMPARE(records[0].body.value("user"_L1).toString(), u"u1"_s);
        QCOMPARE(toText(records[0].secret.view()), std::string("s3cret"));
        QCOMPARE(records[0].stamp.unixMs(), db.clock.nowMs);
        QVERIFY(records[0].stamp.node == db.records().nodeId());
    }

    void secretsAreNotInTheFile()
    {
        AuthDb db;
        const std::string secret = "very-secret-text-of-a-key";
        QVERIFY(
            db.records().apply(one(Change::put(Kind::AccessKey, "K1", {}, secretOf(secret)))).has_value());

        for (const auto suffix : {"", "-wal"}) {
            QFile file(QString::fromStdString(db.path() + suffix));
            QVERIFY(file.open(QIODevice::ReadOnly));
            QVERIFY(!file.readAll().contains(secret.c_str()));
        }
    }

    void aSecretMovedToAnotherRecordDoesNotOpen()
    {
        AuthDb db;
        QVERIFY(db.records().apply(one(Change::put(Kind::AccessKey, "K1", {}, secretOf("one")))).has_value());
        QVERIFY(db.records()
                    .database()
                    .write([](db::Connection &connection) {
                        return connection.execute("UPDATE access_keys SET id = 'K2'");
                    })
                    .has_value());

        const auto records = db.records().load(Kind::AccessKey);

        QVERIFY(!records);
        QCOMPARE(records.error().code, Error::Corrupt);
        QCOMPARE(records.error().subject, std::string("access_keys/K2"));
    }

    void unknownFieldsAndTheSecretSurviveAChange()
    {
        AuthDb db;
        QVERIFY(
            db.records()
                .apply(one(Change::put(Kind::AccessKey, "K1",
                                       {{"name"_L1, u"old"_s}, {"from_the_future"_L1, 1}}, secretOf("s"))))
                .has_value());

        QVERIFY(
            db.records().apply(one(Change::put(Kind::AccessKey, "K1", {{"name"_L1, u"new"_s}}))).has_value());

        const auto record = std::move(db.records().load(Kind::AccessKey).value()[0]);
        QCOMPARE(record.body, (QJsonObject{{"name"_L1, u"new"_s}, {"from_the_future"_L1, 1}}));
        QCOMPARE(toText(record.secret.view()), std::string("s"));
    }

    void stampsGrowAlsoWhenTheClockGoesBack()
    {
        AuthDb db;
        QVERIFY(db.records().apply(one(Change::put(Kind::Setting, "a", {}))).has_value());
        const Stamp first = db.records().load(Kind::Setting).value()[0].stamp;

        db.clock.nowMs -= 60'000;
        QVERIFY(db.records().apply(one(Change::put(Kind::Setting, "a", {}))).has_value());

        QVERIFY(db.records().load(Kind::Setting).value()[0].stamp > first);
    }

    void aDeletedRecordLeavesATombstoneForThirtyDays()
    {
        AuthDb db;
        QVERIFY(db.records().apply(one(Change::put(Kind::Grant, "g", {{"a"_L1, 1}}))).has_value());
        QVERIFY(db.records().apply(one(Change::remove(Kind::Grant, "g"))).has_value());
        QVERIFY(db.records().load(Kind::Grant).value().empty());
        QCOMPARE(rowsIn(db.records(), "grants"), 1);

        db.clock.nowMs += Records::kTombstoneMs - 1000;
        QVERIFY(db.records().apply({}).has_value());
        QCOMPARE(rowsIn(db.records(), "grants"), 1);

        db.clock.nowMs += 3'600'000;
        QVERIFY(db.records().apply({}).has_value());
        QCOMPARE(rowsIn(db.records(), "grants"), 0);
    }

    void aRecordMadeAgainHasNothingOfTheDeletedOne()
    {
        AuthDb db;
        QVERIFY(db.records()
                    .apply(one(Change::put(Kind::AccessKey, "K", {{"a"_L1, 1}}, secretOf("s"))))
                    .has_value());
        QVERIFY(db.records().apply(one(Change::remove(Kind::AccessKey, "K"))).has_value());
        QVERIFY(db.records().apply(one(Change::put(Kind::AccessKey, "K", {{"b"_L1, 2}}))).has_value());

        const auto record = std::move(db.records().load(Kind::AccessKey).value()[0]);
        QCOMPARE(record.body, (QJsonObject{{"b"_L1, 2}}));
        QVERIFY(record.secret.empty());
    }

    void removingWhatIsNotThereLeavesNothing()
    {
        AuthDb db;
        QVERIFY(db.records().apply(one(Change::remove(Kind::Grant, "none"))).has_value());
        QCOMPARE(rowsIn(db.records(), "grants"), 0);
    }

    void everyKindHasItsTable()
    {
        AuthDb db;
        for (const Kind kind : allKinds())
            QCOMPARE(rowsIn(db.records(), std::string(tableOf(kind))), 0);
    }

    void theSpecificationsTablesHaveTheirColumns()
    {
        AuthDb db;
        const auto columns = [&](const std::string &query) {
            return db.records().database().read([&](db::Connection &connection) -> Status {
                TRY_ASSIGN(auto row, connection.prepare(query));
                TRY_STATUS(row.step());
                return {};
            });
        };
        QVERIFY(columns("SELECT node_id, node_name, cluster_token, is_cluster_enabled, region, created_at"
                        " FROM cluster_config")
                    .has_value());
        QVERIFY(columns("SELECT id, name, endpoint, node_token, region, priority, health_status,"
                        " last_health_check, last_seen, latency_ms, capacity_total, capacity_used,"
                        " bucket_count, metadata, created_at, updated_at FROM cluster_nodes")
                    .has_value());
    }

    void aSealedSecretThatWasChangedDoesNotOpen()
    {
        constexpr std::array<std::byte, 32> kKey{std::byte{1}};
        const RecordKeySealer sealer(kKey);
        const Bytes sealed = sealer.seal(asBytes("secret"), "a/b");
        QCOMPARE(toText(sealer.open(sealed, "a/b")->view()), std::string("secret"));
        QVERIFY(sealed != sealer.seal(asBytes("secret"), "a/b"));

        for (std::size_t i = 0; i < sealed.size(); ++i) {
            Bytes changed = sealed;
            changed[i] ^= std::byte{4};
            QVERIFY(!sealer.open(changed, "a/b").has_value());
        }
        QVERIFY(!sealer.open(ByteView(sealed).first(10), "a/b").has_value());
        QVERIFY(!sealer.open({}, "a/b").has_value());
    }
};

MAXIOFS_TEST(RecordsTest)

}  // namespace maxiofs::records

#include "records_test.moc"
