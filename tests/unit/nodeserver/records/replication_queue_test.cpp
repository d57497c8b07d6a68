// SPDX-License-Identifier: GPL-3.0-or-later
#include "records/replication_queue.h"

#include "records/replication_rules.h"
#include "records_fixture.h"
#include "support/test_runner.h"

namespace maxiofs::records {

namespace replication_queue_test {

struct World {
    fixture::AuthDb db;
    std::unique_ptr<ReplicationRules> rules = ReplicationRules::load(db.records()).value();
    ReplicationQueue queue{db.records()};

    std::string addRule(const std::string &bucket)
    {
        ReplicationRule rule;
        rule.sourceBucket = bucket;
        rule.sourceBucketId = BucketId::random();
        rule.destinationNode = NodeId::random();
        rule.destinationBucket = bucket;
        return rules->create(rule).value()->id;
    }
    static QueuedVersion version(const std::string &rule, const std::string &key)
    {
        QueuedVersion version;
        version.ruleId = rule;
        version.tenantId = "t1";
        version.sourceBucket = "photos";
        version.objectKey = key;
        version.versionId = "v1";
        version.destinationNode = NodeId::random();
        version.destinationBucket = "photos";
        version.size = 9'007'199'254'740'993;
        version.attempts = 4;
        version.lastError = "node-2 has no room.";
        version.nextAttemptMs = 1'765'621'840'000;
        version.priority = 2;
        return version;
    }
    std::vector<std::string> keys(const std::string &rule)
    {
        std::vector<std::string> keys;
        for (const QueuedVersion &version : queue.page(rule, {}, 1000).value())
            keys.push_back(version.objectKey);
        return keys;
    }
};

}  // namespace replication_queue_test

using namespace replication_queue_test;
using Keys = std::vector<std::string>;

class ReplicationQueueTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aRowHoldsAllThatWasPut()
    {
        World world;
        QueuedVersion wanted = World::version(world.addRule("photos"), "a\xc3\xa4");
        wanted.operation = protocol::ReplicationOperation::Delete;
        wanted.status = protocol::ReplicationQueueStatus::Sending;

        QVERIFY(world.queue.put({wanted}).has_value());

        const QueuedVersion row = world.queue.page(wanted.ruleId, {}, 10).value().at(0);
        wanted.id = row.id;
        wanted.createdMs = wanted.updatedMs = world.db.clock.nowMs / 1000 * 1000;
        QVERIFY(row == wanted);
        QVERIFY(Id128::fromUuid(row.id).has_value());
    }

    void aVersionThatFailsAgainKeepsItsRow()
    {
        World world;
        QueuedVersion wanted = World::version(world.addRule("photos"), "a");
        QVERIFY(world.queue.put({wanted}).has_value());
        const QueuedVersion first = world.queue.page(wanted.ruleId, {}, 10).value().at(0);
        world.db.clock.nowMs += 60'000;
        wanted.attempts = 5;
        wanted.lastError.reset();
        wanted.nextAttemptMs.reset();

        QVERIFY(world.queue.put({wanted}).has_value());

        const auto rows = world.queue.page(wanted.ruleId, {}, 10).value();
        QCOMPARE(rows.size(), 1);
        QCOMPARE(rows[0].id, first.id);
        QCOMPARE(rows[0].createdMs, first.createdMs);
        QCOMPARE(rows[0].updatedMs, first.updatedMs + 60'000);
        QCOMPARE(rows[0].attempts, 5);
        QVERIFY(!rows[0].lastError && !rows[0].nextAttemptMs);
    }

    void pagesGoFromTheOldestToTheNewest()
    {
        World world;
        const std::string rule = world.addRule("photos");
        const std::string other = world.addRule("mail");
        for (const char *key : {"c", "a", "b"}) {
            QVERIFY(world.queue.put({World::version(rule, key)}).has_value());
            world.db.clock.nowMs += 1;
        }
        QVERIFY(world.queue.put({World::version(other, "z")}).has_value());

        const auto first = world.queue.page(rule, {}, 2).value();
        const auto second = world.queue.page(rule, first.back().id, 2).value();

        QCOMPARE(first.size(), 2);
        QCOMPARE(first[0].objectKey, std::string("c"));
        QCOMPARE(first[1].objectKey, std::string("a"));
        QCOMPARE(second.size(), 1);
        QCOMPARE(second[0].objectKey, std::string("b"));
        QCOMPARE(world.queue.count(rule).value(), 3);
        QCOMPARE(world.queue.count(other).value(), 1);
    }

    void versionsOfAKeyAreApart()
    {
        World world;
        QueuedVersion old = World::version(world.addRule("photos"), "a");
        QueuedVersion null = old;
        null.versionId.clear();
        QVERIFY(world.queue.put({old, null}).has_value());
        QCOMPARE(world.queue.count(old.ruleId).value(), 2);

        QVERIFY(world.queue.remove({old, World::version(old.ruleId, "never there")}).has_value());

        const auto rows = world.queue.page(old.ruleId, {}, 10).value();
        QCOMPARE(rows.size(), 1);
        QVERIFY(rows[0].versionId.empty());
    }

    void aQueueEndsWithItsRule()
    {
        World world;
        const std::string rule = world.addRule("photos");
        const std::string other = world.addRule("mail");
        QVERIFY(world.queue.put({World::version(rule, "a"), World::version(other, "b")}).has_value());

        QVERIFY(world.rules->remove(rule).has_value());

        QCOMPARE(world.queue.count(rule).value(), 0);
        QCOMPARE(world.keys(other), Keys{"b"});
        QVERIFY(world.queue.removeAll(other).has_value());
        QCOMPARE(world.queue.count(other).value(), 0);
    }

    void aQueueOutlivesAChangeOfItsRuleAndARestart()
    {
        World world;
        const std::string rule = world.addRule("photos");
        QVERIFY(world.queue.put({World::version(rule, "a")}).has_value());
        const auto pause = [](ReplicationRule &changed) -> Status {
            changed.options.enabled = false;
            return {};
        };
        QVERIFY(world.rules->edit(rule, pause).has_value());
        world.rules.reset();

        world.db.reopen();

        ReplicationQueue queue(world.db.records());
        QCOMPARE(queue.count(rule).value(), 1);
    }

    void aVersionOfNoRuleIsRefused()
    {
        World world;
        QVERIFY(!world.queue.put({World::version(Id128::random().uuid(), "a")}).has_value());
    }
};

MAXIOFS_TEST(ReplicationQueueTest)

}  // namespace maxiofs::records

#include "replication_queue_test.moc"
