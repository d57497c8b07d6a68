// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocol/replication.h"

#include "golden_json.h"
#include "protocol/schema.h"
#include "support/test_runner.h"

using namespace Qt::StringLiterals;

namespace maxiofs::protocol {

namespace replication_test {

QJsonObject leastRule()
{
    return {{"source_bucket"_L1, u"photos"_s}, {"destination_node_id"_L1, u"n2"_s}};
}

}  // namespace replication_test

class ReplicationProtocolTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aRuleWithItsStateIsOneFlatObject()
    {
        const auto rule = checkGolden<ReplicationRule>(u"replication_rule"_s);
        QCOMPARE(rule.options.syncIntervalSeconds, 0);
        QCOMPARE(rule.options.policy, ReplicationPolicy::Continue);
        QCOMPARE(rule.options.bandwidthLimitBytesPerSecond, std::int64_t{9007199254740993});
        QCOMPARE(rule.state.status, ReplicationStatus::Paused);
        QVERIFY(rule.state.backlogTotal == 100 && rule.state.oldestUnsentAt);
    }
    void aQueueEntry()
    {
        const auto entry = checkGolden<ReplicationQueueEntry>(u"replication_queue_entry"_s);
        QCOMPARE(entry.operation, ReplicationOperation::Delete);
        QCOMPARE(entry.status, ReplicationQueueStatus::Failed);
    }
    void aVerification()
    {
        const auto done = checkGolden<ReplicationVerification>(u"replication_verification"_s);
        QCOMPARE(done.state, ReplicationVerifyState::Done);
        QVERIFY(!done.error);
    }
    void aRequestTakesTheUsualOptionsForWhatItLeavesOut()
    {
        const auto request = fromJson<ReplicationRuleRequest>(replication_test::leastRule()).value();
        QVERIFY(!request.destinationBucket);
        QVERIFY(request.options == ReplicationRuleOptions());
        QCOMPARE(request.options.syncIntervalSeconds, 10);
    }
    void aRequestNeedsBucketAndDestination()
    {
        for (const QString &name : replication_test::leastRule().keys()) {
            QJsonObject without = replication_test::leastRule();
            without.remove(name);
            QCOMPARE(fromJson<ReplicationRuleRequest>(without).error().subject, name.toStdString());
        }
    }
    void aWrongOptionIsNamed()
    {
        QJsonObject request = replication_test::leastRule();
        request.insert("policy"_L1, u"maybe"_s);
        QCOMPARE(fromJson<ReplicationRuleRequest>(request).error().subject, std::string("policy"));
        request.insert("policy"_L1, u"continue"_s);
        request.insert("sync_interval_seconds"_L1, 10.5);
        QCOMPARE(fromJson<ReplicationRuleRequest>(request).error().subject,
                 std::string("sync_interval_seconds"));
    }
    void aChangeHasOnlyWhatChanges()
    {
        ReplicationRuleChange change;
        change.prefix = "";
        QCOMPARE(toText(toJson(change)), QByteArray(R"({"prefix":""})"));
        const auto back = fromJson<ReplicationRuleChange>(toJson(change)).value();
        QVERIFY(back.prefix == "" && !back.enabled && !back.policy);
    }
    void theAnswerToBulkNamesWhatWasSkipped()
    {
        const ReplicationBulkResult result{{"r1", "r2"}, {{"photos", "It has such a rule."}}};
        QCOMPARE(
            toText(toJson(result)),
            QByteArray(
                R"({"created":["r1","r2"],"skipped":[{"bucket":"photos","reason":"It has such a rule."}]})"));
        const auto back = fromJson<ReplicationBulkResult>(toJson(result)).value();
        QVERIFY(back.created == result.created);
        QCOMPARE(back.skipped[0].reason, result.skipped[0].reason);
    }
    void listsHaveTheirPlurals()
    {
        QVERIFY(pageToJson(Page<ReplicationRule>()).contains("rules"_L1));
        QVERIFY(pageToJson(Page<ReplicationQueueEntry>()).contains("entries"_L1));
    }
    void theSchemaOfARuleHasOptionsAndState()
    {
        Schemas schemas(Schemas::Use::Answer);
        [[maybe_unused]] const QJsonObject reference = schemaOf<ReplicationRule>(schemas);
        const QJsonObject properties = schemas.all().at("ReplicationRule").value("properties"_L1).toObject();
        QCOMPARE(properties.keys(), goldenJson(u"replication_rule"_s).keys());
    }
};

MAXIOFS_TEST(ReplicationProtocolTest)

}  // namespace maxiofs::protocol

#include "replication_test.moc"
