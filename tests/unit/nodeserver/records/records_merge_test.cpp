// SPDX-License-Identifier: GPL-3.0-or-later
#include "records/records.h"

#include "records_fixture.h"
#include "support/test_runner.h"

#include <QJsonArray>
#include <QJsonDocument>

#include <algorithm>
#include <random>
#include <set>

using namespace Qt::StringLiterals;

namespace maxiofs::records {

namespace records_merge_test {

constexpr std::int64_t kMonthMs = std::int64_t{31} * 24 * 3600 * 1000;

NodeId nodeNumber(unsigned number)
{
    NodeId id;
    id.bytes[0] = std::byte{0x10};
    id.bytes[15] = static_cast<std::byte>(number);
    return id;
}

Record made(Kind kind, std::string id, std::uint64_t time, unsigned node = 1)
{
    Record record;
    record.kind = kind;
    record.id = std::move(id);
    record.stamp = {time, nodeNumber(node)};
    record.body = {{"made"_L1, QString::number(time)}, {"by"_L1, static_cast<int>(node)}};
    record.clusterId = "c";
    return record;
}

Record located(std::string id, std::uint64_t number, unsigned node, std::uint64_t time)
{
    Record record = made(Kind::Location, std::move(id), time, node);
    record.body = bodyOf(Location{nodeNumber(node), {number, nodeNumber(node)}, false});
    return record;
}

Record deleted(Record record)
{
    record.deleted = true;
    if (record.kind != Kind::Location)
        record.body = {};
    return record;
}

std::vector<Record> cloned(const std::vector<Record> &records)
{
    std::vector<Record> copies;
    for (const Record &record : records)
        copies.push_back(record.clone());
    return copies;
}

std::vector<Record> listOf(Record record)
{
    std::vector<Record> list;
    list.push_back(std::move(record));
    return list;
}

Slots allSlots()
{
    return Slots().set();
}

// Everything that is stored, as text: two that hold the same have the same text.
std::string contentOf(Records &records)
{
    std::string content;
    for (const Kind kind : syncedKinds()) {
        const RecordPage page = records.page(kind, allSlots(), {}, std::size_t{1} << 30).value();
        for (const Record &record : page.records) {
            content += versionLineOf(record) + textOf(record.stamp) + record.clusterId +
                       QJsonDocument(record.body).toJson(QJsonDocument::Compact).toStdString() +
                       toText(record.secret.view()) + '\n';
        }
    }
    return content;
}

// Digests as they would be computed from what is stored.
SlotDigests digestsFromScratch(Records &records, Kind kind)
{
    SlotDigests digests{};
    for (const Record &record : records.page(kind, allSlots(), {}, std::size_t{1} << 30).value().records)
        digests[slotOf(record.id)] ^= digestOf(record);
    return digests;
}

// Histories of few ids on few nodes, so that much is replaced; no two versions of a record are equal.
std::vector<Record> randomHistory(std::mt19937 &random, std::size_t size)
{
    const std::array kinds{Kind::UserProfile, Kind::AccessKey, Kind::Location, Kind::Node, Kind::Setting};
    std::set<std::pair<RecordKey, std::uint64_t>> used;
    std::vector<Record> history;
    while (history.size() < size) {
        const Kind kind = kinds[random() % kinds.size()];
        const std::string id =
            kind == Kind::Node ? nodeNumber(random() % 4).uuid() : "id-" + std::to_string(random() % 4);
        const std::uint64_t time = 1'000'000 + random() % 1000;
        if (!used.emplace(RecordKey{kind, id}, time).second)
            continue;
        Record record = kind == Kind::Location ? located(id, time, 1 + random() % 3, random() % 1000)
                                               : made(kind, id, time, 1 + random() % 3);
        if (random() % 3 == 0)
            record = deleted(std::move(record));
        else if (kind == Kind::AccessKey)
            record.secret = crypto::SecretBytes(asBytes("secret " + std::to_string(time)));
        history.push_back(std::move(record));
    }
    return history;
}

}  // namespace records_merge_test

using namespace records_merge_test;
using fixture::AuthDb;
using fixture::one;

class RecordsMergeTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void theNewerOfTwoStaysWhateverTheOrder()
    {
        AuthDb db;
        const auto merge = [&](Record record) { return db.records().merge(listOf(std::move(record))); };

        QCOMPARE(merge(made(Kind::Tenant, "t", 20)).value().applied.size(), 1);
        QCOMPARE(merge(made(Kind::Tenant, "t", 10)).value().ignored, 1);
        QCOMPARE(merge(made(Kind::Tenant, "t", 20)).value().ignored, 1);
        QCOMPARE(merge(made(Kind::Tenant, "t", 20, 2)).value().applied.size(), 1);

        const Record stored = std::move(*db.records().find(Kind::Tenant, "t").value());
        QCOMPARE(stored.body.value("by"_L1).toInt(), 2);
        QCOMPARE(stored.clusterId, std::string("c"));
    }

    // Any order, any repetition, any grouping, with restarts in between: the same records and digests.
    void randomHistoriesEndTheSame()
    {
        const unsigned seed = std::random_device{}();
        qInfo("seed %u", seed);
        std::mt19937 random(seed);
        for (int round = 0; round < 6; ++round) {
            const std::vector<Record> history = randomHistory(random, 80);
            std::vector<std::string> contents;
            std::vector<SlotDigests> digests;
            std::vector<std::string> checksums;
            for (int node = 0; node < 3; ++node) {
                AuthDb db;
                std::vector<Record> order = cloned(history);
                for (int again = 0; again < 20; ++again)
                    order.push_back(history[random() % history.size()].clone());
                std::ranges::shuffle(order, random);
                for (std::size_t at = 0; at < order.size();) {
                    const std::size_t size = std::min(order.size() - at, 1 + random() % 20);
                    std::vector<Record> group;
                    for (std::size_t i = 0; i < size; ++i)
                        group.push_back(order[at + i].clone());
                    QVERIFY(db.records().merge(std::move(group)).has_value());
                    at += size;
                    if (random() % 8 == 0)
                        db.reopen();
                }
                contents.push_back(contentOf(db.records()));
                for (const Kind kind : syncedKinds()) {
                    QVERIFY(db.records().digests(kind) == digestsFromScratch(db.records(), kind));
                    if (kind == Kind::AccessKey)
                        digests.push_back(db.records().digests(kind));
                }
                checksums.push_back(db.records().checksum(syncedKinds()));
            }
            QVERIFY(contents[0] == contents[1] && contents[1] == contents[2]);
            QVERIFY(digests[0] == digests[1] && digests[1] == digests[2]);
            QVERIFY(checksums[0] == checksums[1] && checksums[1] == checksums[2]);
        }
    }

    void aRemovedNodeNeverComesBack()
    {
        AuthDb db;
        const std::string id = nodeNumber(7).uuid();
        QVERIFY(db.records().merge(listOf(deleted(made(Kind::Node, id, 10)))).has_value());

        QCOMPARE(db.records().merge(listOf(made(Kind::Node, id, 1000))).value().ignored, 1);
        QCOMPARE(db.records().apply(one(Change::put(Kind::Node, id, {}))).error().code, Error::NotFound);
        QVERIFY(db.records().find(Kind::Node, id).value()->deleted);
    }

    void aLocationGoesByItsEpochAlone()
    {
        AuthDb db;
        const std::string id(32, 'b');
        QVERIFY(db.records().merge(listOf(located(id, 3, 1, 5))).has_value());

        QCOMPARE(db.records().merge(listOf(located(id, 2, 2, 1000))).value().ignored, 1);
        QCOMPARE(db.records().merge(listOf(located(id, 3, 2, 1))).value().applied.size(), 1);
        const Status late = db.records().apply(
            one(Change::put(Kind::Location, id, bodyOf(Location{nodeNumber(1), {3, nodeNumber(1)}, false}))));
        QCOMPARE(late.error().code, Error::PreconditionFailed);

        QVERIFY(db.records().apply(one(Change::remove(Kind::Location, id))).has_value());
        const Record tombstone = std::move(*db.records().find(Kind::Location, id).value());
        QVERIFY(tombstone.deleted);
        QVERIFY((locationOf(tombstone.body).epoch == Epoch{4, db.records().nodeId()}));
        QVERIFY(locationOf(tombstone.body).owner == nodeNumber(2));
    }

    void aLocationThatIsAvailableAgainSaysSo()
    {
        AuthDb db;
        const std::string id(32, 'b');
        const auto put = [&](const Location &location) {
            return db.records().apply(one(Change::put(Kind::Location, id, bodyOf(location))));
        };
        QVERIFY(put({nodeNumber(1), {1, nodeNumber(1)}, true}).has_value());
        QVERIFY(put({nodeNumber(2), {2, nodeNumber(2)}, false}).has_value());

        const Record stored = std::move(*db.records().find(Kind::Location, id).value());
        QVERIFY((locationOf(stored.body) == Location{nodeNumber(2), {2, nodeNumber(2)}, false}));
    }

    void fieldsOfANewerVersionStay()
    {
        AuthDb db;
        Record record = made(Kind::UserProfile, "u", 5);
        record.body.insert("from_the_future"_L1, QJsonArray{1, 2});
        QVERIFY(db.records().merge(listOf(record.clone())).has_value());
        QVERIFY(db.records()
                    .apply(one(Change::put(Kind::UserProfile, "u", {{"made"_L1, u"here"_s}})))
                    .has_value());

        const QJsonObject body = db.records().find(Kind::UserProfile, "u").value()->body;
        QCOMPARE(body.value("from_the_future"_L1), QJsonValue(QJsonArray{1, 2}));
        QCOMPARE(body.value("made"_L1).toString(), u"here"_s);
    }

    void aMergedTombstoneHasNeitherBodyNorSecret()
    {
        AuthDb db;
        Record record = made(Kind::AccessKey, "K", 5);
        record.secret = crypto::SecretBytes(asBytes("s"));
        record.deleted = true;

        QVERIFY(db.records().merge(listOf(std::move(record))).has_value());

        const Record stored = std::move(*db.records().find(Kind::AccessKey, "K").value());
        QVERIFY(stored.deleted && stored.body.isEmpty() && stored.secret.empty());
    }

    void secretsOfTheClusterAreNeitherMergedNorGivenAway()
    {
        AuthDb db;
        QCOMPARE(db.records().merge(listOf(made(Kind::ClusterSecret, "token", 5))).value().ignored, 1);
        QVERIFY(db.records()
                    .apply(one(Change::put(Kind::ClusterSecret, "k", {}, crypto::SecretBytes(asBytes("s")))))
                    .has_value());
        QVERIFY(db.records().page(Kind::ClusterSecret, allSlots(), {}, 1000).value().records.empty());
    }

    void checksumsFollowEveryChange()
    {
        AuthDb a;
        AuthDb b;
        const std::array kinds{Kind::Tenant, Kind::TenantQuota};
        const std::string empty = a.records().checksum(kinds);
        QCOMPARE(empty.size(), 64);
        QVERIFY(a.records().apply(one(Change::put(Kind::Tenant, "t", {}))).has_value());
        const std::string with = a.records().checksum(kinds);
        QVERIFY(with != empty);
        QCOMPARE(a.records().checksum(kinds), with);

        QVERIFY(b.records().merge(listOf(std::move(*a.records().find(Kind::Tenant, "t").value()))));
        QCOMPARE(b.records().checksum(kinds), with);
        QVERIFY(a.records().apply(one(Change::remove(Kind::Tenant, "t"))).has_value());
        QVERIFY(a.records().checksum(kinds) != with);
    }

    void pagesOfAnySizeAreAllOfTheSlots()
    {
        AuthDb db;
        std::vector<Record> records;
        for (int i = 0; i < 300; ++i)
            records.push_back(made(Kind::Grant, "g" + std::to_string(i), 5));
        records[7] = deleted(std::move(records[7]));
        QVERIFY(db.records().merge(cloned(records)).has_value());
        Slots slots;
        for (std::size_t slot = 0; slot < kSlots; slot += 2)
            slots.set(slot);
        std::set<std::string> expected;
        for (const Record &record : records) {
            if (slots.test(slotOf(record.id)))
                expected.insert(record.id);
        }

        for (const std::size_t limit : {1UL, 1000UL, 1'000'000UL}) {
            std::vector<std::string> ids;
            while (true) {
                const RecordPage page =
                    db.records().page(Kind::Grant, slots, ids.empty() ? "" : ids.back(), limit).value();
                for (const Record &record : page.records)
                    ids.push_back(record.id);
                if (!page.more)
                    break;
                QVERIFY(limit != 1 || page.records.size() == 1);
            }
            QCOMPARE(ids, std::vector<std::string>(expected.begin(), expected.end()));
        }
    }

    void tombstonesAreForgottenInTheVersionThatWasNamed()
    {
        AuthDb db;
        QVERIFY(db.records().merge(listOf(deleted(made(Kind::Grant, "old", 1)))).has_value());
        QVERIFY(db.records().merge(listOf(deleted(made(Kind::Grant, "older", 0)))).has_value());
        QVERIFY(db.records().merge(listOf(made(Kind::Grant, "live", 1))).has_value());
        const auto old = db.records().oldTombstones(Kind::Grant, 1000, 10).value();
        QCOMPARE(old.size(), 2);
        QCOMPARE(old[0].id, std::string("older"));
        QVERIFY(db.records().oldTombstones(Kind::Grant, 0, 10).value().empty());
        QVERIFY(db.records().merge(listOf(deleted(made(Kind::Grant, "older", 9)))).has_value());

        QVERIFY(db.records().forget(old).has_value());

        QVERIFY(!db.records().find(Kind::Grant, "old").value().has_value());
        QVERIFY(db.records().find(Kind::Grant, "older").value().has_value());
        QVERIFY(db.records().find(Kind::Grant, "live").value().has_value());
        QVERIFY(db.records().digests(Kind::Grant) == digestsFromScratch(db.records(), Kind::Grant));
    }

    void inAClusterTombstonesStayUntilItSaysSo()
    {
        AuthDb db;
        QVERIFY(db.records().apply(one(Change::put(Kind::Grant, "g", {}))).has_value());
        QVERIFY(db.records().apply(one(Change::remove(Kind::Grant, "g"))).has_value());
        const NodeId self = db.records().nodeId();
        QVERIFY(
            db.records()
                .write([&](RecordTransaction &transaction) { return transaction.become({self, "c"}); }, {})
                .has_value());

        db.clock.nowMs += kMonthMs;
        QVERIFY(db.records().apply({}).has_value());

        QVERIFY(db.records().find(Kind::Grant, "g").value().has_value());
    }

    void listenersHearOfWhatIsOnTheDisk()
    {
        AuthDb db;
        std::vector<std::pair<std::vector<RecordKey>, Origin>> heard;
        {
            const auto listening =
                db.records().whenChanged([&](const std::vector<RecordKey> &keys, Origin origin) {
                    QVERIFY(db.records().find(keys[0].kind, keys[0].id).value().has_value());
                    heard.emplace_back(keys, origin);
                });
            QVERIFY(db.records().apply(one(Change::put(Kind::Setting, "a", {}))).has_value());
            std::vector<Record> records = listOf(made(Kind::Tenant, "t", 5));
            records.push_back(made(Kind::Setting, "a", 1));
            QVERIFY(db.records().merge(std::move(records)).has_value());
            QVERIFY(db.records().merge(listOf(made(Kind::Tenant, "t", 5))).has_value());
        }
        QVERIFY(db.records().apply(one(Change::put(Kind::Setting, "b", {}))).has_value());

        QCOMPARE(heard.size(), 2);
        QVERIFY(heard[0].second == Origin::Local && heard[1].second == Origin::Merged);
        QVERIFY((heard[0].first == std::vector{RecordKey{Kind::Setting, "a"}}));
        QVERIFY((heard[1].first == std::vector{RecordKey{Kind::Tenant, "t"}}));
    }

    void changesCarryTheCluster()
    {
        AuthDb db;
        const NodeId other = nodeNumber(9);
        QVERIFY(db.records().apply(one(Change::put(Kind::Setting, "alone", {}))).has_value());
        QVERIFY(
            db.records()
                .write([&](RecordTransaction &transaction) { return transaction.become({other, "c1"}); }, {})
                .has_value());
        QVERIFY(db.records().apply(one(Change::put(Kind::Setting, "member", {}))).has_value());
        db.reopen();
        QVERIFY(db.records().nodeId() == other);
        QCOMPARE(db.records().clusterId(), std::string("c1"));
        QVERIFY(
            db.records()
                .write([&](RecordTransaction &transaction) { return transaction.become({other, ""}); }, {})
                .has_value());
        QVERIFY(db.records().apply(one(Change::put(Kind::Setting, "member", {{"a"_L1, 1}}))).has_value());

        const auto clusterOf = [&](const char *id) {
            return db.records().find(Kind::Setting, id).value()->clusterId;
        };
        QCOMPARE(clusterOf("alone"), std::string());
        QCOMPARE(clusterOf("member"), std::string("c1"));  // changed while alone, made in the cluster
        QVERIFY(db.records().find(Kind::Setting, "member").value()->stamp.node == other);
    }

    void aTransactionThatFailsChangesNothing()
    {
        AuthDb db;
        QVERIFY(db.records().apply(one(Change::put(Kind::Setting, "a", {{"v"_L1, 1}}))).has_value());
        const std::string before = contentOf(db.records());
        const SlotDigests digests = db.records().digests(Kind::Setting);
        const NodeId self = db.records().nodeId();

        const Status failed = db.records().write(
            [&](RecordTransaction &transaction) -> Status {
                TRY_STATUS(transaction.become({nodeNumber(3), "c"}));
                TRY_STATUS(transaction.apply(Change::put(Kind::Setting, "a", {{"v"_L1, 2}})));
                TRY_STATUS(transaction.drop(Kind::Setting, "a"));
                return failure(Error::Busy, "no");
            },
            {Origin::Local});

        QCOMPARE(failed.error().code, Error::Busy);
        QCOMPARE(contentOf(db.records()), before);
        QVERIFY(db.records().digests(Kind::Setting) == digests);
        QVERIFY(db.records().nodeId() == self && db.records().clusterId().empty());
    }

    void stampsAreReadAsTheyAreWritten()
    {
        const Stamp stamp{(std::uint64_t{1} << 63) + 5, nodeNumber(3)};
        QVERIFY(stampFrom(textOf(stamp)) == stamp);
        for (const char *wrong : {"", "-", "5", "5-", "x-10000000-0000-0000-0000-000000000003",
                                  "5-10000000000000000000000000000003", "99999999999999999999999-"})
            QVERIFY(!stampFrom(wrong).has_value());
    }
};

MAXIOFS_TEST(RecordsMergeTest)

}  // namespace maxiofs::records

#include "records_merge_test.moc"
