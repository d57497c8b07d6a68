// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/console/openapi.h"

#include "api/console/endpoint.h"
#include "console_fixture.h"
#include "protocol/auth.h"
#include "protocol/event.h"
#include "schema_check.h"
#include "support/test_runner.h"

#include <QFile>
#include <QJsonArray>

#include <set>

using namespace Qt::StringLiterals;

namespace maxiofs::api::console {

class OpenApiTest : public QObject {
    Q_OBJECT

private:
    static QByteArray document()
    {
        QFile file(QString::fromUtf8(MAXIOFS_TEST_DATA) + u"/../../resources/openapi.yaml"_s);
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }
    static std::string idIn(const fixture::Reply &reply)
    {
        return reply.data().value("id"_L1).toString().toStdString();
    }

private Q_SLOTS:
    // With MAXIOFS_WRITE_OPENAPI=1 the test writes the file instead.
    void theDocumentationIsThatOfTheTable()
    {
        QFile file(QString::fromUtf8(MAXIOFS_TEST_DATA) + u"/../../resources/openapi.yaml"_s);
        const QByteArray expected = QByteArray::fromStdString(openApiDocument());
        if (qEnvironmentVariableIsSet("MAXIOFS_WRITE_OPENAPI")) {
            QVERIFY(file.open(QIODevice::WriteOnly));
            QCOMPARE(file.write(expected), expected.size());
            return;
        }
        QVERIFY2(document() == expected,
                 "resources/openapi.yaml is old: run this test once with MAXIOFS_WRITE_OPENAPI=1");
    }

    void eachPathStandsOnce()
    {
        std::string_view last;
        std::set<std::string_view> seen;
        for (const Endpoint &endpoint : endpoints()) {
            if (endpoint.path != last)
                QVERIFY2(seen.insert(endpoint.path).second, std::string(endpoint.path).c_str());
            last = endpoint.path;
        }
    }

    void eachEndpointSaysWhatItTakesAndGives()
    {
        for (const Endpoint &endpoint : endpoints()) {
            const std::string what = std::string(endpoint.method) + ' ' + std::string(endpoint.path);
            const bool takes = endpoint.shape.request != nullptr;
            if (endpoint.method == "GET" || endpoint.method == "DELETE")
                QVERIFY2(!takes, what.c_str());
            if (endpoint.method == "PUT")
                QVERIFY2(takes, what.c_str());
            const bool gives = endpoint.shape.success.data != nullptr;
            const bool onlySays = endpoint.method == "DELETE" || endpoint.path == "/auth/logout" ||
                                  endpoint.path == "/cluster/conflicts/{id}/discard";
            QVERIFY2(gives != onlySays, what.c_str());
        }
    }

    // The fixture holds each of these answers against its schema.
    void eachEndpointAnswersAsDocumented()
    {
        fixture::Console console;
        console.monitor->measure();
        const QJsonObject login{{"username"_L1, u"admin"_s},
                                {"password"_L1, QString::fromUtf8(fixture::Console::kAdminPassword)}};
        const auto session = console.call("POST", "/auth/login", login).data();
        console.call("POST", "/auth/refresh", {{"refresh_token"_L1, session.value("refresh_token"_L1)}});
        const std::string token = console.token();
        const auto call = [&](const char *method, const std::string &path, const QJsonObject &body = {}) {
            return console.call(method, path, body, token);
        };
        call("GET", "/auth/me");
        call("POST", "/auth/s3-credentials");
        const std::string user = "/users/" + idIn(call("POST", "/users",
                                                       {{"username"_L1, u"ann"_s},
                                                        {"password"_L1, u"ann-password"_s},
                                                        {"roles"_L1, QJsonArray{u"user"_s}}}));
        call("GET", user);
        call("PUT", user, {{"display_name"_L1, u"Ann"_s}});
        const std::string key = user + "/access-keys/" +
                                idIn(call("POST", user + "/access-keys", {{"description"_L1, u"laptop"_s}}));
        call("PUT", key, {{"expires_at"_L1, u"2031-01-01T00:00:00Z"_s}});
        call("GET", user + "/access-keys?limit=1");
        call("DELETE", key);
        call("POST", "/buckets", {{"name"_L1, u"photos"_s}, {"quota"_L1, QJsonObject{{"bytes"_L1, 9}}}});
        call("POST", "/buckets", {{"name"_L1, u"videos"_s}});
        call("GET", "/buckets?limit=1");
        call("GET", "/buckets/photos");
        call("GET", "/buckets/photos/versioning");
        call("PUT", "/buckets/photos/versioning", {{"versioning"_L1, u"enabled"_s}});
        call("GET", "/buckets/photos/quota");
        call("PUT", "/buckets/photos/quota", {{"objects"_L1, 5}});
        const QJsonObject grant{{"user_id"_L1, QString::fromStdString(user.substr(7))},
                                {"access"_L1, u"read"_s}};
        const std::string given = idIn(call("POST", "/buckets/photos/grants", grant));
        call("GET", "/buckets/photos/grants");
        call("DELETE", "/buckets/photos/grants/" + given);
        call("GET", "/cluster/buckets?limit=1");
        call("GET", "/cluster/buckets/photos/nodes");
        call("GET", "/buckets/photos/failover");
        call("PUT", "/buckets/photos/failover", {{"failover"_L1, u"manual"_s}});
        call("DELETE", "/buckets/photos");
        call("GET", "/users");
        call("DELETE", user);
        const std::string tenant =
            "/tenants/" + idIn(call("POST", "/tenants",
                                    {{"name"_L1, u"acme"_s}, {"quota"_L1, QJsonObject{{"buckets"_L1, 3}}}}));
        call("GET", tenant);
        call("PUT", tenant, {{"description"_L1, u"The first."_s}});
        call("GET", "/tenants?limit=1");
        call("DELETE", tenant);
        const std::string node = "/cluster/nodes/" + console.records->nodeId().uuid();
        for (const std::string &path :
             {std::string("/system"), std::string("/system/log"), std::string("/audit-logs"),
              std::string("/settings"), std::string("/cluster/config"), std::string("/cluster/nodes"),
              std::string("/cluster/health"), std::string("/cluster/cache/stats"), node, node + "/health"})
            call("GET", path);
        call("POST", "/system/keys/export", {{"passphrase"_L1, u"a long passphrase"_s}});
        call("PUT", "/settings", {{"s3-region"_L1, u"eu-1"_s}});
        call("PUT", node, {{"region"_L1, u"eu"_s}});
        const std::string destination = console.addNode("node-2").uuid();
        const QJsonObject wanted{{"source_bucket"_L1, u"videos"_s},
                                 {"destination_node_id"_L1, QString::fromStdString(destination)}};
        const std::string id = idIn(call("POST", "/cluster/replication", wanted));
        const std::string rule = "/cluster/replication/" + id;
        console.replication.rules[id].lastSyncAt = protocol::Time{1765621800000};
        protocol::ReplicationQueueEntry entry;
        entry.id = "1";
        entry.replicationRuleId = id;
        entry.objectKey = "key";
        console.replication.entries.push_back(entry);
        call("GET", "/cluster/replication?limit=1");
        call("GET", rule);
        call("PUT", rule, {{"priority"_L1, 3}});
        call("POST", rule + "/sync");
        call("POST", rule + "/verify");
        call("GET", rule + "/verify");
        call("GET", rule + "/queue?limit=1");
        call("POST", rule + "/pause");
        call("POST", rule + "/resume");
        call("POST", "/cluster/replication/bulk",
             {{"source_node_id"_L1, QString::fromStdString(node.substr(15))},
              {"destination_node_id"_L1, QString::fromStdString(destination)}});
        const NodeId replica = NodeId::fromUuid(destination).value();
        console.replicas.replicas = {replica};
        const auto videos = console.buckets->find("videos").value();
        console.ownership.former[videos->id] = {replica};
        call("GET", "/cluster/buckets/videos/nodes");
        call("POST", "/cluster/buckets/videos/promote");
        for (const char *objectKey : {"a", "b"}) {
            store::Conflict conflict;
            conflict.bucket = videos->id;
            conflict.object.key = objectKey;
            conflict.object.version = store::VersionId::parse("conflict-019a0000000000ab-8c9a0a7e").value();
            console.handover.all.push_back(conflict);
        }
        const auto conflicts = call("GET", "/cluster/conflicts").data().value("conflicts"_L1).toArray();
        const auto conflictPath = [&](qsizetype at) {
            return "/cluster/conflicts/" + conflicts[at].toObject().value("id"_L1).toString().toStdString();
        };
        call("POST", conflictPath(0) + "/restore");
        call("POST", conflictPath(1) + "/discard");
        call("DELETE", rule);
        call("POST", "/cluster/health/refresh");
        call("DELETE", "/cluster/cache");
        call("POST", "/cluster/initialize", {{"node_name"_L1, u"node-1"_s}});
        console.cluster.member = false;
        call("POST", "/cluster/nodes",
             {{"name"_L1, u"node-1"_s}, {"endpoint"_L1, u"http://node-2:8080"_s}, {"node_token"_L1, u"t"_s}});
        call("POST", "/cluster/token/rotate");
        call("DELETE", node + "?force=true");
        call("POST", "/cluster/leave");
        call("POST", "/auth/logout");

        for (const Endpoint &endpoint : endpoints()) {
            if (endpoint.handler != nullptr)
                QVERIFY2(console.succeeded.contains(&endpoint), std::string(endpoint.path).c_str());
        }
    }

    void anEventIsAsDocumented()
    {
        const auto events = std::ranges::find(endpoints(), "/events", &Endpoint::path);

        const QByteArray data =
            protocol::eventData({"n1-1", "bucket", {1765621800000}, {{"name"_L1, u"photos"_s}}});

        QCOMPARE(fixture::misfit(QJsonDocument::fromJson(data).object(), answerSchema(*events),
                                 componentSchemas()),
                 std::string());
    }

    void theCheckerFindsWhatDoesNotFit_data()
    {
        QTest::addColumn<QByteArray>("bucket");
        QTest::addColumn<std::string>("found");
        const auto with = [](const char *field, const QJsonValue &value) {
            QJsonObject bucket = QJsonDocument::fromJson(R"({"bytes":1,"objects":null})").object();
            value.isUndefined() ? bucket.remove(QLatin1StringView(field))
                                : static_cast<void>(bucket.insert(QLatin1StringView(field), value));
            return QJsonDocument(bucket).toJson();
        };
        QTest::newRow("fits") << with("bytes", 5) << std::string();
        QTest::newRow("null") << with("bytes", QJsonValue::Null) << std::string();
        QTest::newRow("text") << with("bytes", u"5"_s) << std::string("body.bytes: is not of type integer");
        QTest::newRow("fraction") << with("bytes", 0.5) << std::string("body.bytes: is not of type integer");
        QTest::newRow("missing") << with("bytes", QJsonValue::Undefined) << std::string("body: has no bytes");
        QTest::newRow("more") << with("other", 1) << std::string("body: has the unknown field other");
    }
    void theCheckerFindsWhatDoesNotFit()
    {
        QFETCH(QByteArray, bucket);
        QFETCH(std::string, found);
        const QJsonObject components = componentSchemas();

        QCOMPARE(fixture::misfit(QJsonDocument::fromJson(bucket).object(),
                                 components.value("Quota"_L1).toObject(), components),
                 found);
    }
};

MAXIOFS_TEST(OpenApiTest)

}  // namespace maxiofs::api::console

#include "openapi_test.moc"
