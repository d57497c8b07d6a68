// SPDX-License-Identifier: GPL-3.0-or-later
#include "records/replication_rules.h"

#include "records/buckets.h"
#include "records/cluster_nodes.h"
#include "records/replication_queue.h"
#include "records_fixture.h"
#include "support/test_runner.h"

using namespace Qt::StringLiterals;

namespace maxiofs::records {

namespace replication_rules_test {

using fixture::AuthDb;
using Event = ReplicationRules::Event;

ReplicationRule ruleFor(const std::string &bucket, const BucketId &id, const NodeId &destination)
{
    ReplicationRule rule;
    rule.sourceBucket = bucket;
    rule.sourceBucketId = id;
    rule.destinationNode = destination;
    rule.destinationBucket = bucket;
    return rule;
}

ReplicationRule someRule()
{
    return ruleFor("photos", BucketId::random(), NodeId::random());
}

void merge(AuthDb &db, Record record)
{
    std::vector<Record> arriving;
    arriving.push_back(std::move(record));
    const auto merged = db.records().merge(std::move(arriving));
    QVERIFY(merged && merged->applied.size() == 1);
}

Record tombstoneOf(AuthDb &db, Kind kind, const std::string &id)
{
    Record record = std::move(*db.records().find(kind, id).value());
    record.stamp.time += 1'000'000;
    record.deleted = true;
    record.body = {};
    return record;
}

// The node is a member, not alone.
void enterCluster(AuthDb &db)
{
    const NodeId self = db.records().nodeId();
    const auto become = [&](RecordTransaction &transaction) { return transaction.become({self, "c1"}); };
    QVERIFY(db.records().write(become, {}).has_value());
}

void addNode(AuthDb &db, const NodeId &id)
{
    ClusterNode node;
    node.name = "node-2";
    node.endpoint = "https://b";
    QVERIFY(db.records().apply(fixture::one(Change::put(Kind::Node, id.uuid(), bodyOf(node)))).has_value());
}

}  // namespace replication_rules_test

using namespace replication_rules_test;

class ReplicationRulesTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aRuleOutlivesARestart()
    {
        AuthDb db;
        ReplicationRule wanted = someRule();
        wanted.tenantId = "t1";
        wanted.destinationBucket = "copies";
        wanted.options = {0, false, false, false, "2026/", -3, protocol::ReplicationPolicy::Continue, 1000};
        wanted.pausedBy = "jonas";
        wanted.pausedMs = 5;
        ReplicationRulePtr made;
        {
            const auto rules = ReplicationRules::load(db.records()).value();
            made = rules->create(wanted).value();
        }

        db.reopen();

        const auto rules = ReplicationRules::load(db.records()).value();
        QCOMPARE(rules->all().size(), 1);
        QVERIFY(*rules->find(made->id).value() == *made);
        QVERIFY(NodeId::fromUuid(made->id).has_value());
        QCOMPARE(made->createdMs, db.clock.nowMs);
        wanted.id = made->id;
        wanted.createdMs = wanted.updatedMs = db.clock.nowMs;
        QVERIFY(*made == wanted);
    }

    void theSpecificationsColumnsRepeatTheBody()
    {
        AuthDb db;
        const auto rules = ReplicationRules::load(db.records()).value();
        ReplicationRule wanted = someRule();
        wanted.options = {300, true, false, true, "a/", 9, protocol::ReplicationPolicy::Continue, 77};
        const auto made = rules->create(wanted).value();

        std::string seen;
        QVERIFY(db.records()
                    .database()
                    .read([&](db::Connection &connection) -> Status {
                        TRY_ASSIGN(auto row,
                                   connection.prepare(
                                       "SELECT source_bucket || ' ' || destination_node_id || ' ' ||"
                                       " destination_bucket || ' ' || sync_interval_seconds || ' ' || enabled"
                                       " || ' ' || replicate_deletes || ' ' || replicate_metadata || ' ' ||"
                                       " prefix || ' ' || priority || ' ' || policy || ' ' ||"
                                       " bandwidth_limit_bytes_per_second || ' ' || created_at"
                                       " FROM cluster_bucket_replication WHERE last_sync_at IS NULL"));
                        TRY_STATUS(row.step());
                        seen = row.text(0);
                        return {};
                    })
                    .has_value());
        QCOMPARE(seen, "photos " + wanted.destinationNode.uuid() + " photos 300 1 0 1 a/ 9 continue 77 " +
                           std::to_string(made->createdMs / 1000));
    }

    void whatNoRuleMaySayIsNamed_data()
    {
        QTest::addColumn<QString>("field");
        QTest::addColumn<qint64>("interval");
        QTest::addColumn<qint64>("priority");
        QTest::addColumn<qint64>("limit");
        QTest::addColumn<int>("prefix");
        QTest::newRow("synchronous") << QString() << qint64{0} << qint64{0} << qint64{0} << 0;
        QTest::newRow("10 s") << QString() << qint64{10} << qint64{-1'000'000} << qint64{1} << 1024;
        QTest::newRow("30 days") << QString() << qint64{2'592'000} << qint64{1'000'000} << qint64{0} << 0;
        QTest::newRow("9 s") << u"sync_interval_seconds"_s << qint64{9} << qint64{0} << qint64{0} << 0;
        QTest::newRow("1 s") << u"sync_interval_seconds"_s << qint64{1} << qint64{0} << qint64{0} << 0;
        QTest::newRow("-10 s") << u"sync_interval_seconds"_s << qint64{-10} << qint64{0} << qint64{0} << 0;
        QTest::newRow("years") << u"sync_interval_seconds"_s << qint64{2'592'001} << qint64{0} << qint64{0}
                               << 0;
        QTest::newRow("priority") << u"priority"_s << qint64{10} << qint64{1'000'001} << qint64{0} << 0;
        QTest::newRow("limit") << u"bandwidth_limit_bytes_per_second"_s << qint64{10} << qint64{0}
                               << qint64{-1} << 0;
        QTest::newRow("prefix") << u"prefix"_s << qint64{10} << qint64{0} << qint64{0} << 1025;
    }
    void whatNoRuleMaySayIsNamed()
    {
        QFETCH(QString, field);
        QFETCH(qint64, interval);
        QFETCH(qint64, priority);
        QFETCH(qint64, limit);
        QFETCH(int, prefix);
        protocol::ReplicationRuleOptions options;
        options.syncIntervalSeconds = interval;
        options.priority = priority;
        options.bandwidthLimitBytesPerSecond = limit;
        options.prefix = std::string(static_cast<std::size_t>(prefix), 'p');

        const Status checked = checkOptions(options);

        QCOMPARE(checked.has_value(), field.isEmpty());
        if (!checked) {
            QCOMPARE(checked.error().code, Error::InvalidArgument);
            QCOMPARE(checked.error().subject, field.toStdString());
        }
    }

    void aBucketHasOneReplicaRuleForANodeAndACopyForEachPrefix()
    {
        AuthDb db;
        const auto rules = ReplicationRules::load(db.records()).value();
        ReplicationRule replica = someRule();
        const auto first = rules->create(replica).value();
        replica.options.prefix = "other/";
        QCOMPARE(rules->create(replica).error().code, Error::AlreadyExists);
        QCOMPARE(rules->create(replica).error().subject, first->id);

        ReplicationRule copy = replica;
        copy.destinationBucket = "copies";
        QVERIFY(rules->create(copy).has_value());
        QCOMPARE(rules->create(copy).error().code, Error::AlreadyExists);
        copy.options.prefix = "third/";
        const auto third = rules->create(copy).value();
        ReplicationRule elsewhere = replica;
        elsewhere.destinationNode = NodeId::random();
        QVERIFY(rules->create(elsewhere).has_value());
        QCOMPARE(rules->all().size(), 4);

        const auto clash = rules->edit(third->id, [](ReplicationRule &rule) -> Status {
            rule.options.prefix = "other/";
            return {};
        });
        QCOMPARE(clash.error().code, Error::AlreadyExists);
        QCOMPARE(rules->find(third->id).value()->options.prefix, std::string("third/"));
    }

    void ofManyThatAreMadeAtOnceEachIsMadeOrRefused()
    {
        AuthDb db;
        const auto rules = ReplicationRules::load(db.records()).value();
        const ReplicationRule there = someRule();
        const auto before = rules->create(there).value();
        const ReplicationRule fresh = someRule();
        ReplicationRule wrong = someRule();
        wrong.options.syncIntervalSeconds = 5;

        const auto answers = rules->createAll({there, fresh, wrong, fresh});

        QCOMPARE(answers.size(), 4);
        QCOMPARE(answers[0].error().subject, before->id);
        QVERIFY(rules->find((*answers[1])->id).value()->sourceBucketId == fresh.sourceBucketId);
        QCOMPARE(answers[2].error().subject, std::string("sync_interval_seconds"));
        QCOMPARE(answers[3].error().subject, (*answers[1])->id);
        QCOMPARE(rules->all().size(), 2);
        QVERIFY(rules->createAll({}).empty());
    }

    void anEditKeepsIdAndCreation()
    {
        AuthDb db;
        const auto rules = ReplicationRules::load(db.records()).value();
        const auto made = rules->create(someRule()).value();
        db.clock.nowMs += 7000;

        const auto edited = rules->edit(made->id, [](ReplicationRule &rule) -> Status {
            rule.id = "other";
            rule.createdMs = 1;
            rule.options.enabled = false;
            return {};
        });

        QCOMPARE((*edited)->id, made->id);
        QCOMPARE((*edited)->createdMs, made->createdMs);
        QCOMPARE((*edited)->updatedMs, db.clock.nowMs);
        QVERIFY(!rules->find(made->id).value()->options.enabled);
        const auto refused = rules->edit(made->id, [](ReplicationRule &) -> Status {
            return failure(Error::InvalidArgument, "No.", "x");
        });
        QCOMPARE(refused.error().subject, std::string("x"));
        const auto wrong = rules->edit(made->id, [](ReplicationRule &rule) -> Status {
            rule.options.syncIntervalSeconds = 3;
            return {};
        });
        QCOMPARE(wrong.error().subject, std::string("sync_interval_seconds"));
        QCOMPARE(rules->edit("none", [](ReplicationRule &) -> Status { return {}; }).error().code,
                 Error::NotFound);
    }

    void anEditThatChangesNothingWritesNothing()
    {
        AuthDb db;
        const auto rules = ReplicationRules::load(db.records()).value();
        const auto made = rules->create(someRule()).value();
        const SlotDigests before = db.records().digests(Kind::ReplicationRule);
        db.clock.nowMs += 7000;

        QVERIFY(rules->edit(made->id, [](ReplicationRule &) -> Status { return {}; }).has_value());

        QVERIFY(db.records().digests(Kind::ReplicationRule) == before);
    }

    void watchersHearOfEachChangeWhereverItWasMade()
    {
        AuthDb db;
        const auto rules = ReplicationRules::load(db.records()).value();
        std::vector<std::pair<Event, std::string>> heard;
        rules->whenChanged([&](Event event, const ReplicationRule &rule) {
            heard.emplace_back(event, rule.options.prefix);
        });
        ReplicationRule theirs = someRule();
        theirs.options.prefix = "theirs/";
        Record record;
        record.kind = Kind::ReplicationRule;
        record.id = Id128::random().uuid();
        record.stamp = {5, NodeId::random()};
        record.body = bodyOf(theirs);
        record.body.insert("later"_L1, 1);

        merge(db, record.clone());
        QVERIFY(rules->find(record.id).value()->sourceBucketId == theirs.sourceBucketId);
        QVERIFY(rules
                    ->edit(record.id,
                           [](ReplicationRule &rule) -> Status {
                               rule.options.prefix = "ours/";
                               return {};
                           })
                    .has_value());
        QVERIFY(db.records().find(Kind::ReplicationRule, record.id).value()->body.contains("later"_L1));
        merge(db, tombstoneOf(db, Kind::ReplicationRule, record.id));

        QCOMPARE(rules->find(record.id).error().code, Error::NotFound);
        const std::vector<std::pair<Event, std::string>> expected{
            {Event::Created, "theirs/"}, {Event::Changed, "ours/"}, {Event::Removed, "ours/"}};
        QVERIFY(heard == expected);
    }

    void aRuleMayArriveBeforeItsNodeAndItsBucket()
    {
        AuthDb db;
        const auto rules = ReplicationRules::load(db.records()).value();
        enterCluster(db);
        const auto made = rules->create(someRule()).value();

        QVERIFY(rules->endStale().value().empty());
        QVERIFY(rules->find(made->id).has_value());
    }

    void rulesEndWithTheirDestinationAndTheirBucket()
    {
        AuthDb db;
        enterCluster(db);
        const auto rules = ReplicationRules::load(db.records()).value();
        const auto buckets = Buckets::load(db.records()).value();
        const NodeId staying = NodeId::random();
        const NodeId leaving = NodeId::random();
        addNode(db, staying);
        addNode(db, leaving);
        const auto bucket = buckets->create({"photos", "o", {}, {}}).value();
        const auto doomed = buckets->create({"doomed", "o", {}, {}}).value();
        const auto kept = rules->create(ruleFor("photos", bucket->id, staying)).value();
        const auto ofNode = rules->create(ruleFor("photos", bucket->id, leaving)).value();
        const auto ofBucket = rules->create(ruleFor("doomed", doomed->id, staying)).value();
        // Of a bucket of another node, which ends it itself.
        const auto others = rules->create(someRule()).value();
        QVERIFY(rules->endStale().value().empty());

        QVERIFY(db.records().apply(fixture::one(Change::remove(Kind::Node, leaving.uuid()))).has_value());
        QVERIFY(db.records()
                    .apply(fixture::one(Change::remove(Kind::Node, others->destinationNode.uuid())))
                    .has_value());
        QVERIFY(buckets->remove("doomed", doomed->id).has_value());
        std::set<std::string> ended;
        for (const ReplicationRulePtr &rule : rules->endStale().value())
            ended.insert(rule->id);

        QVERIFY((ended == std::set{ofNode->id, ofBucket->id}));
        QVERIFY(rules->find(kept->id).has_value() && rules->find(others->id).has_value());
        QVERIFY(db.records().find(Kind::ReplicationRule, ofNode->id).value()->deleted);
        QCOMPARE(rules->ofBucket(bucket->id).size(), 1);
    }

    void aLoneNodeKeepsNoRules()
    {
        AuthDb db;
        const auto rules = ReplicationRules::load(db.records()).value();
        QVERIFY(rules->create(someRule()).has_value());

        QCOMPARE(rules->endStale().value().size(), 1);

        QVERIFY(rules->all().empty());
    }

    void notesAreColumnsAndNoRecords()
    {
        AuthDb db;
        const auto rules = ReplicationRules::load(db.records()).value();
        const auto made = rules->create(someRule()).value();
        QVERIFY(rules->note(made->id).value() == ReplicationRuleNote());
        const SlotDigests before = db.records().digests(Kind::ReplicationRule);
        const NodeId owner = NodeId::random();
        const ReplicationRuleNote note{9000, "node-2 has no room.", 12, 4096, true, {3, owner}, 7000};

        QVERIFY(rules->writeNotes({{made->id, note}, {"none", note}}).has_value());

        QVERIFY(rules->note(made->id).value() == note);
        QVERIFY(db.records().digests(Kind::ReplicationRule) == before);
        QVERIFY(rules
                    ->edit(made->id,
                           [](ReplicationRule &rule) -> Status {
                               rule.options.priority = 5;
                               return {};
                           })
                    .has_value());
        QVERIFY(rules->note(made->id).value() == note);
        QCOMPARE(rules->note("none").error().code, Error::NotFound);
    }

    void whatADestinationKeepsIsNoRecordEither()
    {
        AuthDb db;
        auto rules = ReplicationRules::load(db.records()).value();
        const auto made = rules->create(someRule()).value();
        const auto other = rules->create(someRule()).value();
        QVERIFY(rules->replicaTimes().value().empty());
        const SlotDigests before = db.records().digests(Kind::ReplicationRule);

        QVERIFY(rules->writeReplicaTimes({{made->id, 123'456}, {"none", 1}}).has_value());

        const std::map<std::string, std::int64_t> wanted{{made->id, 123'456}};
        QVERIFY(rules->replicaTimes().value() == wanted);
        QVERIFY(rules->note(made->id).value() == ReplicationRuleNote());
        QVERIFY(db.records().digests(Kind::ReplicationRule) == before);
        rules.reset();
        db.reopen();
        rules = ReplicationRules::load(db.records()).value();
        QVERIFY(rules->replicaTimes().value() == wanted);
        QVERIFY(rules->remove(made->id).has_value());
        QVERIFY(rules->replicaTimes().value().empty());
    }
};

MAXIOFS_TEST(ReplicationRulesTest)

}  // namespace maxiofs::records

#include "replication_rules_test.moc"
