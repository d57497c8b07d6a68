// SPDX-License-Identifier: GPL-3.0-or-later
#include "golden_json.h"
#include "protocol/auth.h"
#include "protocol/bucket.h"
#include "protocol/cluster.h"
#include "protocol/envelope.h"
#include "protocol/event.h"
#include "protocol/health_history.h"
#include "protocol/system.h"
#include "protocol/tenant.h"
#include "support/test_runner.h"

#include <QJsonArray>

using namespace Qt::StringLiterals;

namespace maxiofs::protocol {

class ProtocolTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void session()
    {
        const auto value = checkGolden<Session>(u"session"_s);
        QCOMPARE(value.expiresIn, 900);
        QCOMPARE(value.user.username, std::string("admin"));
        QVERIFY(value.user.roles == std::vector{Role::Admin});
    }
    void node()
    {
        const auto value = checkGolden<Node>(u"node"_s);
        QCOMPARE(value.healthStatus, HealthStatus::Degraded);
        QCOMPARE(value.capacityTotal, std::int64_t{9007199254740993});
        QVERIFY(!value.lastSeen);
        QCOMPARE(value.lastHealthCheck->unixMs, std::int64_t{1765621800000});
    }
    void clusterConfig()
    {
        const auto value = checkGolden<ClusterConfig>(u"cluster_config"_s);
        QVERIFY(!value.isClusterEnabled);
    }
    void addedNode()
    {
        const auto value = checkGolden<AddedNode>(u"added_node"_s);
        QCOMPARE(value.node.name, std::string("node-2"));
        QCOMPARE(value.session->token, std::string("t"));
        QVERIFY(value.renamedUsers == std::vector<std::string>{"ann"});
        const QJsonObject plain = toJson(AddedNode{value.node, {}, {}, {}, {}});
        QVERIFY(plain == toJson(value.node));
    }
    void aNodeThatIsToJoinNeedsNameEndpointAndToken()
    {
        const QJsonObject least{
            {"name"_L1, u"node-2"_s}, {"endpoint"_L1, u"http://node2:8080"_s}, {"node_token"_L1, u"ab"_s}};
        QVERIFY(fromJson<NodeRequest>(least).has_value());
        QVERIFY(!fromJson<NodeRequest>(least)->priority && !fromJson<NodeRequest>(least)->acceptRenames);
        for (const QString &name : least.keys()) {
            QJsonObject without = least;
            without.remove(name);
            QCOMPARE(fromJson<NodeRequest>(without).error().subject, name.toStdString());
        }
    }
    void aPageNamesWhoIsMissing()
    {
        Page<Setting> page;
        QVERIFY(!pageToJson(page).contains("missing"_L1));
        page.missing = {{"a", "node-1", "It does not answer."}};
        const auto back = pageFromJson<Setting>(pageToJson(page)).value();
        QCOMPARE(back.missing.size(), 1);
        QCOMPARE(back.missing[0].name, std::string("node-1"));
        QCOMPARE(back.missing[0].reason, std::string("It does not answer."));
    }
    void anErrorMayHaveDetails()
    {
        const QJsonObject details{{"buckets"_L1, QJsonArray{u"photos"_s}}};
        const auto error =
            parseEnvelope(errorText("NodeOwnsBuckets", "It owns buckets.", "1", details)).value();
        QVERIFY(error.details == details);
        QVERIFY(!errorText("NodeOwnsBuckets", "It owns buckets.", "1").contains("details"));
    }
    void clusterHealth()
    {
        const auto value = checkGolden<ClusterHealth>(u"cluster_health"_s);
        QCOMPARE(value.nodes.size(), 2);
        QCOMPARE(value.nodes[1].healthStatus, HealthStatus::Unavailable);
    }
    void healthHistory()
    {
        const auto value = checkGolden<HealthHistory>(u"health_history"_s);
        QCOMPARE(value.resolutionSeconds, 10);
        QVERIFY(value.samples[0].medianMs == 1.5);
        QVERIFY(!value.samples[1].medianMs);
    }
    void bucket()
    {
        const auto value = checkGolden<Bucket>(u"bucket"_s);
        QCOMPARE(value.versioning, Versioning::Suspended);
        QVERIFY(value.quota.bytes == 1000);
        QVERIFY(!value.quota.objects);
    }
    void system()
    {
        const auto value = checkGolden<System>(u"system"_s);
        QCOMPARE(value.disk.busy, 0.25);
        QCOMPARE(value.workers.size(), 1);
        QVERIFY(value.certificate.expiresAt.has_value());
        QCOMPARE(value.consolePort, 8081);
        QCOMPARE(value.nodeFingerprint, std::string("CC:DD"));
    }
    void accessKey()
    {
        const auto value = checkGolden<AccessKey>(u"access_key"_s);
        QVERIFY(value.secret.has_value());
    }
    void tenant()
    {
        const auto value = checkGolden<Tenant>(u"tenant"_s);
        QCOMPARE(value.status, TenantStatus::Disabled);
        QVERIFY(value.quota.bytes == 9007199254740993 && !value.quota.buckets);
    }
    void auditEntry()
    {
        const auto value = checkGolden<AuditEntry>(u"audit_entry"_s);
        QVERIFY(value.before.isNull());
        QVERIFY(value.after.isObject());
    }
    void clusterBucket() { checkGolden<ClusterBucket>(u"cluster_bucket"_s); }
    void cacheStats() { checkGolden<CacheStats>(u"cache_stats"_s); }
    void grant() { checkGolden<Grant>(u"grant"_s); }
    void setting() { checkGolden<Setting>(u"setting"_s); }

    void anAccessKeyWithoutSecretHasNoSuchField() { QVERIFY(!toJson(AccessKey()).contains("secret"_L1)); }

    void aChangeHasOnlyWhatChanges()
    {
        UserChange change;
        change.email = "";
        QCOMPARE(toText(toJson(change)), QByteArray(R"({"email":""})"));
    }

    void unknownFieldsAreIgnored()
    {
        QJsonObject object = goldenJson(u"node"_s);
        object.insert("from_the_future"_L1, 1);
        QVERIFY(fromJson<Node>(object).has_value());
    }

    void missingAndNullFieldsTakeTheirDefault()
    {
        const auto node = fromJson<Node>(parseObject(R"({"id":"a","name":"b","priority":null})").value());
        QCOMPARE(node->priority, 100);
        QCOMPARE(node->healthStatus, HealthStatus::Unknown);
    }

    void anErrorNamesTheField_data()
    {
        QTest::addColumn<QByteArray>("json");
        QTest::addColumn<QString>("message");
        QTest::newRow("missing") << QByteArray(R"({"total_nodes":1})") << u"Field nodes is missing."_s;
        QTest::newRow("not a list") << QByteArray(R"({"total_nodes":1,"nodes":{}})")
                                    << u"Field nodes must be a list."_s;
        QTest::newRow("nested") << QByteArray(R"({"total_nodes":1,"nodes":[{"id":"a"},{"id":5}]})")
                                << u"Field nodes[1].id must be a text."_s;
        QTest::newRow("fraction") << QByteArray(R"({"total_nodes":1.5,"nodes":[]})")
                                  << u"Field total_nodes must be a whole number."_s;
        QTest::newRow("text for number") << QByteArray(R"({"total_nodes":"1","nodes":[]})")
                                         << u"Field total_nodes must be a whole number."_s;
        QTest::newRow("time") << QByteArray(R"({"total_nodes":1,"nodes":[],"last_updated":"2025-01-01"})")
                              << u"Field last_updated must be a time like 2025-12-13T10:30:00Z."_s;
        QTest::newRow("enum")
            << QByteArray(R"({"total_nodes":1,"nodes":[{"id":"a","health_status":"fine"}]})")
            << u"Field nodes[0].health_status must be one of \"unknown\" \"healthy\" \"degraded\" \"unavailable\"."_s;
    }
    void anErrorNamesTheField()
    {
        QFETCH(QByteArray, json);
        QFETCH(QString, message);

        const auto health = fromJson<ClusterHealth>(parseObject(json).value());

        QVERIFY(!health);
        QCOMPARE(health.error().code, Error::InvalidArgument);
        QCOMPARE(QString::fromStdString(health.error().message), message);
        QVERIFY(!health.error().subject.empty());
    }

    void aPageHasPluralCountAndNext()
    {
        Grant grant;
        grant.id = "g1";
        grant.bucket = "b";
        const Page<Grant> page{{grant}, "g1"};

        const QJsonObject json = pageToJson(page);

        QCOMPARE(json.value("grants"_L1).toArray().size(), 1);
        QCOMPARE(json.value("count"_L1).toInteger(), 1);
        const auto again = pageFromJson<Grant>(json);
        QCOMPARE(again->items.size(), 1);
        QCOMPARE(again->next, std::string("g1"));
        QVERIFY(!pageToJson(Page<Grant>()).contains("next"_L1));
        QVERIFY(!pageFromJson<Grant>(QJsonObject()).has_value());
    }

    void timesAreIsoInUtc()
    {
        QCOMPARE(toIso(Time{1765621800000}), std::string("2025-12-13T10:30:00Z"));
        QCOMPARE(toIso(Time{1765621800007}), std::string("2025-12-13T10:30:00.007Z"));
        QCOMPARE(fromIso("2025-12-13T10:30:00.007Z")->unixMs, std::int64_t{1765621800007});
        QCOMPARE(fromIso("2025-12-13T11:30:00+01:00")->unixMs, std::int64_t{1765621800000});
        QVERIFY(!fromIso("2025-12-13T10:30:00"));
        QVERIFY(!fromIso("2025-13-13T10:30:00Z"));
        QVERIFY(!fromIso(""));
    }

    void anEnvelopeWrapsAnswers()
    {
        QCOMPARE(successText(QJsonObject{{"a"_L1, 1}}, "done"),
                 QByteArray(R"({"data":{"a":1},"message":"done","status":"success"})"));
        const auto success = parseEnvelope(successText(QJsonValue(), {}));
        QVERIFY(success->success && success->data.isNull());

        const auto error = parseEnvelope(errorText("NoSuchNode", "There is no node x.", "r1"));
        QVERIFY(!error->success);
        QCOMPARE(error->code, std::string("NoSuchNode"));
        QCOMPARE(error->message, std::string("There is no node x."));
        QCOMPARE(error->requestId, std::string("r1"));
    }

    void otherTextIsNoEnvelope()
    {
        QVERIFY(!parseEnvelope("").has_value());
        QVERIFY(!parseEnvelope("[]").has_value());
        QVERIFY(!parseEnvelope("<html>").has_value());
        QVERIFY(!parseEnvelope(R"({"data":1})").has_value());
        QVERIFY(!parseEnvelope(R"({"status":"maybe"})").has_value());
    }

    void anEventSurvivesTheStream()
    {
        const Event event{"n1-5", "bucket", Time{1765621800000}, {{"name"_L1, u"a\nb"_s}}};

        const QByteArray text = toEventText(event);

        QCOMPARE(text, QByteArray(
                           "event: bucket\nid: n1-5\n"
                           "data: {\"payload\":{\"name\":\"a\\nb\"},\"time\":\"2025-12-13T10:30:00Z\"}\n\n"));
        const QList<QByteArray> lines = text.split('\n');
        const auto again = fromEventText(lines[1].mid(4), lines[0].mid(7), lines[2].mid(6));
        QCOMPARE(again->id, event.id);
        QCOMPARE(again->time.unixMs, event.time.unixMs);
        QCOMPARE(again->payload, event.payload);
    }
};

MAXIOFS_TEST(ProtocolTest)

}  // namespace maxiofs::protocol

#include "protocol_test.moc"
