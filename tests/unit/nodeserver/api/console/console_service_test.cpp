// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/console/console_service.h"

#include "base/hex.h"
#include "console_fixture.h"
#include "protocol/auth.h"
#include "support/test_runner.h"

#include <QJsonArray>

#include <future>

using namespace Qt::StringLiterals;

namespace maxiofs::api::console {

using fixture::Console;
using fixture::Reply;
using identity::Role;

class ConsoleServiceTest : public QObject {
    Q_OBJECT

private:
    std::unique_ptr<Console> m_console;
    std::string m_admin;

    Reply call(const std::string &method, const std::string &path, const QJsonObject &body = {})
    {
        return m_console->call(method, path, body, m_admin);
    }
    static QStringList namesOf(const Reply &reply, const QString &list, const QString &field)
    {
        QStringList names;
        for (const QJsonValue &item : reply.data().value(list).toArray())
            names << item.toObject().value(field).toString();
        return names;
    }

private Q_SLOTS:
    void init()
    {
        m_console = std::make_unique<Console>();
        m_admin = m_console->token();
    }
    void cleanup() { m_console.reset(); }

    void aSessionFromLoginToLogout()
    {
        const auto login = m_console->call(
            "POST", "/auth/login",
            {{"username"_L1, u"admin"_s}, {"password"_L1, QString::fromUtf8(Console::kAdminPassword)}});
        QCOMPARE(login.status, 200);
        const auto session = protocol::fromJson<protocol::Session>(login.data()).value();
        QCOMPARE(session.expiresIn, 900);
        QCOMPARE(m_console->call("GET", "/auth/me", {}, session.token).data().value("username"_L1).toString(),
                 u"admin"_s);

        const QJsonObject token{{"refresh_token"_L1, QString::fromStdString(session.refreshToken)}};
        const auto refreshed = m_console->call("POST", "/auth/refresh", token);
        QCOMPARE(refreshed.status, 200);
        const std::string newToken = refreshed.data().value("token"_L1).toString().toStdString();
        QCOMPARE(m_console->call("POST", "/auth/logout", {}, newToken).status, 200);
        QCOMPARE(m_console->call("GET", "/auth/me", {}, newToken).status, 401);
    }

    void wrongPasswordsAreRefusedThenLocked()
    {
        const QJsonObject wrong{{"username"_L1, u"admin"_s}, {"password"_L1, u"nonsense"_s}};
        for (int i = 0; i < 5; ++i)
            QCOMPARE(m_console->call("POST", "/auth/login", wrong).code(), std::string("Unauthenticated"));
        const auto locked = m_console->call("POST", "/auth/login", wrong);
        QCOMPARE(locked.status, 429);
        QCOMPARE(locked.code(), std::string("TooManyAttempts"));
        // Another client behind a trusted proxy is another address.
        test::FakeExchange exchange("POST /api/v1/auth/login HTTP/1.1\r\nX-Forwarded-For: 203.0.113.9\r\n",
                                    R"({"username":"admin","password":"nonsense"})", "10.0.0.1");
        m_console->serve(exchange);
        QCOMPARE(exchange.sentStatus(), 401);
        QCOMPARE(m_console->audit->read({})->items[0].address, std::string("203.0.113.9"));
    }

    void malformedRequestsAreRefused()
    {
        QCOMPARE(call("GET", "/nothing").code(), std::string("NoSuchEndpoint"));
        QCOMPARE(call("GET", "/users/").status, 404);
        QCOMPARE(call("PATCH", "/users").code(), std::string("MethodNotAllowed"));
        QCOMPARE(call("GET", "/users?limit=0").code(), std::string("InvalidArgument"));
        QCOMPARE(call("GET", "/users?limit=x").status, 400);
        QCOMPARE(call("GET", "/users?after=%zz").status, 400);
        QCOMPARE(m_console->call("GET", "/users", {}, "nonsense").status, 401);
        const auto body = [&](const std::string &text) {
            test::FakeExchange exchange("POST /api/v1/auth/login HTTP/1.1\r\n", text);
            m_console->serve(exchange);
            return exchange.sentStatus();
        };
        QCOMPARE(body("{"), 400);
        QCOMPARE(body("[]"), 400);
        QCOMPARE(body(R"({"username":5})"), 400);
        QCOMPARE(body(std::string(ConsoleService::kMaxBody + 1, ' ')), 413);
    }

    void aUserFromCreationToDeletion()
    {
        const auto made = call("POST", "/users",
                               {{"username"_L1, u"ann"_s},
                                {"password"_L1, u"ann-password"_s},
                                {"roles"_L1, QJsonArray{u"user"_s}},
                                {"email"_L1, u"a@example.org"_s}});
        QCOMPARE(made.status, 201);
        QVERIFY(!made.text.contains("ann-password"));
        const std::string id = made.data().value("id"_L1).toString().toStdString();
        QCOMPARE(call("POST", "/users",
                      {{"username"_L1, u"ann"_s},
                       {"password"_L1, u"ann-password"_s},
                       {"roles"_L1, QJsonArray{u"user"_s}}})
                     .status,
                 409);
        QCOMPARE(namesOf(call("GET", "/users"), u"users"_s, u"username"_s).size(), 2);

        const auto changed =
            call("PUT", "/users/" + id, {{"display_name"_L1, u"Ann"_s}, {"status"_L1, u"disabled"_s}});
        QCOMPARE(changed.data().value("status"_L1).toString(), u"disabled"_s);
        QCOMPARE(changed.data().value("email"_L1).toString(), u"a@example.org"_s);
        QCOMPARE(call("DELETE", "/users/" + id).status, 200);
        QCOMPARE(call("GET", "/users/" + id).code(), std::string("NoSuchUser"));
        QCOMPARE(call("DELETE", "/users/admin").status, 403);
    }

    void aUserChangesTheOwnProfileButNotTheOwnRights()
    {
        const auto ann = m_console->addUser("ann", Role::User);
        const std::string token = m_console->token("ann", Console::passwordOf("ann"));
        const auto put = [&](const QJsonObject &body) {
            return m_console->call("PUT", "/users/" + ann->id, body, token).status;
        };
        QCOMPARE(put({{"theme"_L1, u"dark"_s}, {"email"_L1, u"x@example.org"_s}}), 200);
        QCOMPARE(put({{"roles"_L1, QJsonArray{u"admin"_s}}}), 403);
        QCOMPARE(put({{"status"_L1, u"active"_s}}), 403);
        QCOMPARE(put({{"username"_L1, u"bob"_s}}), 403);
        QCOMPARE(put({{"password"_L1, u"new password"_s}}), 403);
        QCOMPARE(put({{"password"_L1, u"new password"_s}, {"current_password"_L1, u"ann-password"_s}}), 200);
        QVERIFY(m_console->identities->sessions().login("ann", "new password", "x").has_value());
        QVERIFY(!m_console->identities->users().find(ann->id)->has(Role::Admin));
    }

    void aTenantAdminStaysInTheTenant()
    {
        m_console->addUser("boss", Role::TenantAdmin, "t1");
        const auto root = m_console->addUser("root", Role::Admin, "t1");
        const auto stranger = m_console->addUser("stranger", Role::User, "t2");
        const std::string boss = m_console->token("boss", Console::passwordOf("boss"));
        const QJsonObject user{{"username"_L1, u"ann"_s},
                               {"password"_L1, u"ann-password"_s},
                               {"roles"_L1, QJsonArray{u"user"_s}}};
        const auto made = m_console->call("POST", "/users", user, boss);
        QCOMPARE(made.status, 201);
        QCOMPARE(made.data().value("tenant_id"_L1).toString(), u"t1"_s);
        const std::string ann = made.data().value("id"_L1).toString().toStdString();

        QJsonObject admin = user;
        admin.insert("roles"_L1, QJsonArray{u"admin"_s});
        QCOMPARE(m_console->call("POST", "/users", admin, boss).status, 403);
        QCOMPARE(
            m_console->call("PUT", "/users/" + ann, {{"roles"_L1, QJsonArray{u"readonly"_s}}}, boss).status,
            403);
        const QJsonObject password{{"password"_L1, u"taken over!"_s}};
        QCOMPARE(m_console->call("PUT", "/users/" + root->id, password, boss).status, 403);
        QCOMPARE(m_console->call("DELETE", "/users/" + root->id, {}, boss).status, 403);
        QCOMPARE(m_console->call("GET", "/users/" + stranger->id, {}, boss).status, 404);
        QStringList seen = namesOf(m_console->call("GET", "/users", {}, boss), u"users"_s, u"username"_s);
        seen.sort();
        QCOMPARE(seen, (QStringList{u"ann"_s, u"boss"_s, u"root"_s}));
        QCOMPARE(m_console->call("PUT", "/users/" + ann, password, boss).status, 200);
    }

    void anAccessKeyShowsItsSecretOnce()
    {
        const auto made =
            call("POST", "/users/admin/access-keys",
                 {{"description"_L1, u"backup"_s}, {"expires_at"_L1, u"2030-01-01T00:00:00Z"_s}});
        QCOMPARE(made.status, 201);
        const QString secret = made.data().value("secret"_L1).toString();
        QCOMPARE(secret.size(), 40);
        const std::string id = made.data().value("id"_L1).toString().toStdString();
        const auto listed = call("GET", "/users/admin/access-keys");
        QCOMPARE(listed.data().value("count"_L1).toInteger(), 1);
        QVERIFY(!listed.text.contains(secret.toStdString()));
        QVERIFY(!call("GET", "/audit-logs").text.contains(secret.toStdString()));

        const auto changed = call("PUT", "/users/admin/access-keys/" + id,
                                  {{"enabled"_L1, false}, {"expires_at"_L1, QJsonValue::Null}});
        QCOMPARE(changed.data().value("enabled"_L1).toBool(), false);
        QVERIFY(changed.data().value("expires_at"_L1).isNull());
        QCOMPARE(changed.data().value("description"_L1).toString(), u"backup"_s);
        QCOMPARE(call("DELETE", "/users/admin/access-keys/" + id).status, 200);
        QCOMPARE(call("DELETE", "/users/admin/access-keys/" + id).code(), std::string("NoSuchAccessKey"));
    }

    void oneUsersPathDoesNotReachAnothersKey()
    {
        const auto ann = m_console->addUser("ann", Role::User);
        const std::string token = m_console->token("ann", Console::passwordOf("ann"));
        const auto key = m_console->identities->keys().create({"admin", {}, {}, {}}).value().key->id;
        const auto reply = m_console->call("DELETE", "/users/" + ann->id + "/access-keys/" + key, {}, token);
        QCOMPARE(reply.status, 404);
        QVERIFY(m_console->identities->keys().find(key) != nullptr);
    }

    void shortLivedCredentialsSignForS3()
    {
        const auto made = call("POST", "/auth/s3-credentials");
        QCOMPARE(made.status, 201);
        const auto credentials = protocol::fromJson<protocol::S3Credentials>(made.data()).value();
        QCOMPARE(credentials.region, std::string("us-east-1"));
        QCOMPARE(credentials.expiresAt.unixMs, m_console->clock.nowMs + 3'600'000);
        const auto signer = m_console->identities->keys()
                                .findSigner(credentials.accessKeyId, "20251213", "us-east-1")
                                .value();
        QVERIFY(signer.key == sigv4::signingKey(credentials.secretAccessKey, "20251213", "us-east-1"));
    }

    void aBucketFromCreationToDeletion()
    {
        const auto made = call("POST", "/buckets",
                               {{"name"_L1, u"photos"_s}, {"quota"_L1, QJsonObject{{"bytes"_L1, 1000}}}});
        QCOMPARE(made.status, 201);
        QCOMPARE(made.data().value("owner"_L1).toString(), u"admin"_s);
        QCOMPARE(made.data().value("object_count"_L1).toInteger(), 0);
        QCOMPARE(call("POST", "/buckets", {{"name"_L1, u"photos"_s}}).status, 409);
        QCOMPARE(call("POST", "/buckets", {{"name"_L1, u"api"_s}}).status, 400);
        QCOMPARE(namesOf(call("GET", "/buckets"), u"buckets"_s, u"name"_s), (QStringList{u"photos"_s}));
        QCOMPARE(call("PUT", "/buckets/photos/versioning", {{"versioning"_L1, u"enabled"_s}}).status, 200);
        QCOMPARE(call("GET", "/buckets/photos").data().value("versioning"_L1).toString(), u"enabled"_s);
        QCOMPARE(call("PUT", "/buckets/photos/versioning", {{"versioning"_L1, u"unversioned"_s}}).status,
                 400);
        QCOMPARE(
            call("PUT", "/buckets/photos/quota", {{"bytes"_L1, QJsonValue::Null}, {"objects"_L1, 5}}).status,
            200);
        const auto quota = call("GET", "/buckets/photos/quota").data();
        QVERIFY(quota.value("bytes"_L1).isNull());
        QCOMPARE(quota.value("objects"_L1).toInteger(), 5);
        QCOMPARE(call("PUT", "/buckets/photos/quota", {{"objects"_L1, -1}}).status, 400);

        QCOMPARE(call("DELETE", "/buckets/photos").status, 200);
        QCOMPARE(call("GET", "/buckets/photos").code(), std::string("NoSuchBucket"));
    }

    void aBucketWithObjectsIsNotDeleted()
    {
        QCOMPARE(call("POST", "/buckets", {{"name"_L1, u"photos"_s}}).status, 201);
        const auto bucket = m_console->buckets->find("photos").value();
        store::Attributes attributes;
        attributes.ownerId = bucket->ownerId;
        auto put = m_console->store->beginPut(bucket->id, "a", attributes, 3).value();
        QVERIFY(put->write(asBytes("abc")).has_value());
        QVERIFY(put->finish().has_value());
        std::promise<bool> stored;
        put->commit({}, [&](const auto &result) { stored.set_value(result.has_value()); });
        QVERIFY(stored.get_future().get());

        QCOMPARE(call("DELETE", "/buckets/photos").code(), std::string("BucketNotEmpty"));
        const auto view = call("GET", "/buckets/photos").data();
        QCOMPARE(view.value("object_count"_L1).toInteger(), 1);
        QCOMPARE(view.value("total_size"_L1).toInteger(), 3);
        const auto cluster =
            call("GET", "/cluster/buckets").data().value("buckets"_L1).toArray()[0].toObject();
        QCOMPARE(cluster.value("object_count"_L1).toInteger(), 1);
    }

    void grantsOpenABucketToAnother()
    {
        QCOMPARE(call("POST", "/buckets", {{"name"_L1, u"photos"_s}}).status, 201);
        const auto ann = m_console->addUser("ann", Role::User);
        const std::string token = m_console->token("ann", Console::passwordOf("ann"));
        QCOMPARE(m_console->call("GET", "/buckets/photos", {}, token).status, 404);

        const QJsonObject grant{{"user_id"_L1, QString::fromStdString(ann->id)}, {"access"_L1, u"read"_s}};
        const auto given = call("POST", "/buckets/photos/grants", grant);
        QCOMPARE(given.status, 201);
        QCOMPARE(m_console->call("GET", "/buckets/photos", {}, token).status, 200);
        QCOMPARE(m_console->call("DELETE", "/buckets/photos", {}, token).status, 403);
        QCOMPARE(m_console->call("POST", "/buckets/photos/grants", grant, token).status, 403);
        QCOMPARE(call("GET", "/buckets/photos/grants").data().value("count"_L1).toInteger(), 1);

        const std::string id = given.data().value("id"_L1).toString().toStdString();
        QCOMPARE(call("DELETE", "/buckets/photos/grants/" + id).status, 200);
        QCOMPARE(m_console->call("GET", "/buckets/photos", {}, token).status, 404);
        QCOMPARE(call("POST", "/buckets/photos/grants", {{"access"_L1, u"read"_s}}).status, 400);
        QCOMPARE(
            call("POST", "/buckets/photos/grants", {{"user_id"_L1, u"x"_s}, {"access"_L1, u"read"_s}}).status,
            400);
    }

    void listsGoByPage()
    {
        for (const char *name : {"aaa", "bbb", "ccc"})
            QCOMPARE(call("POST", "/buckets", {{"name"_L1, QString::fromUtf8(name)}}).status, 201);
        const auto first = call("GET", "/buckets?limit=2");
        QCOMPARE(namesOf(first, u"buckets"_s, u"name"_s), (QStringList{u"aaa"_s, u"bbb"_s}));
        const auto second =
            call("GET", "/buckets?limit=2&after=" + first.data().value("next"_L1).toString().toStdString());
        QCOMPARE(namesOf(second, u"buckets"_s, u"name"_s), (QStringList{u"ccc"_s}));
        QVERIFY(!second.data().contains("next"_L1));
        QCOMPARE(namesOf(call("GET", "/buckets?prefix=b"), u"buckets"_s, u"name"_s), (QStringList{u"bbb"_s}));

        m_console->addUser("ann", Role::User);
        const auto users = call("GET", "/users?limit=1");
        const std::string next = users.data().value("next"_L1).toString().toStdString();
        QVERIFY(!next.empty());
        QCOMPARE(call("GET", "/users?limit=1&after=" + next).data().value("count"_L1).toInteger(), 1);
    }

    void theAuditLogTellsWhoDidWhat()
    {
        QCOMPARE(call("POST", "/buckets", {{"name"_L1, u"photos"_s}}).status, 201);
        QCOMPARE(call("PUT", "/buckets/photos/versioning", {{"versioning"_L1, u"enabled"_s}}).status, 200);
        m_console->addUser("ann", Role::User);
        const std::string ann = m_console->token("ann", Console::passwordOf("ann"));
        QCOMPARE(m_console->call("PUT", "/settings", {{"s3-region"_L1, u"eu"_s}}, ann).status, 403);

        const auto entries = call("GET", "/audit-logs").data().value("audit_logs"_L1).toArray();
        const QJsonObject denied = entries[0].toObject();
        QCOMPARE(denied.value("action"_L1).toString(), u"settings.update"_s);
        QCOMPARE(denied.value("username"_L1).toString(), u"ann"_s);
        QCOMPARE(denied.value("answer"_L1).toInteger(), 403);
        const QJsonObject versioning = entries[1].toObject();
        QCOMPARE(versioning.value("username"_L1).toString(), u"admin"_s);
        QCOMPARE(versioning.value("address"_L1).toString(), u"192.0.2.1"_s);
        QCOMPARE(versioning.value("resource"_L1).toString(), u"photos"_s);
        QCOMPARE(versioning.value("before"_L1).toObject().value("versioning"_L1).toString(),
                 u"unversioned"_s);
        QCOMPARE(versioning.value("after"_L1).toObject().value("versioning"_L1).toString(), u"enabled"_s);
        QCOMPARE(entries[2].toObject().value("answer"_L1).toInteger(), 201);
        QCOMPARE(call("GET", "/audit-logs?action=bucket.&limit=1").data().value("count"_L1).toInteger(), 1);
        QCOMPARE(call("GET", "/audit-logs?since=yesterday").status, 400);
    }

    void settingsAreChangedTogetherOrNotAtAll()
    {
        QCOMPARE(call("PUT", "/settings", {{"s3-region"_L1, u"eu-central-1"_s}}).status, 200);
        QCOMPARE(m_console->settings->text("s3-region"), std::string("eu-central-1"));
        const auto wrong = call("PUT", "/settings", {{"s3-region"_L1, u"us-west-1"_s}, {"nonsense"_L1, 1}});
        QCOMPARE(wrong.status, 400);
        QVERIFY(wrong.text.contains("nonsense"));
        QCOMPARE(m_console->settings->text("s3-region"), std::string("eu-central-1"));
        QCOMPARE(call("PUT", "/settings", {{"s3-region"_L1, u"EU"_s}}).status, 400);
        QCOMPARE(namesOf(call("GET", "/settings"), u"settings"_s, u"name"_s),
                 (QStringList{u"s3-region"_s, u"scrub-bytes-per-second"_s, u"failover"_s}));
    }

    void aLoneNodeIsAClusterOfOne()
    {
        const std::string id = m_console->records->nodeId().uuid();
        const auto config = call("GET", "/cluster/config");
        QCOMPARE(config.data().value("node_id"_L1).toString().toStdString(), id);
        QCOMPARE(config.data().value("is_cluster_enabled"_L1).toBool(), false);
        QCOMPARE(namesOf(call("GET", "/cluster/nodes"), u"nodes"_s, u"name"_s), (QStringList{u"node-1"_s}));
        const auto node = call("GET", "/cluster/nodes/" + id).data();
        QCOMPARE(node.value("health_status"_L1).toString(), u"healthy"_s);
        QVERIFY(node.value("is_local"_L1).toBool());
        QVERIFY(node.value("capacity_total"_L1).toInteger() > node.value("capacity_used"_L1).toInteger());
        QVERIFY(!call("GET", "/cluster/nodes/" + id).text.contains("token"));
        QCOMPARE(call("GET", "/cluster/nodes/nonsense").code(), std::string("NoSuchNode"));

        const auto changed =
            call("PUT", "/cluster/nodes/" + id,
                 {{"name"_L1, u"east"_s}, {"priority"_L1, 5}, {"scrub_bytes_per_second"_L1, 1000}});
        QCOMPARE(changed.data().value("name"_L1).toString(), u"east"_s);
        QCOMPARE(m_console->settings->integer("scrub-bytes-per-second"), 1000);
        const auto health = call("GET", "/cluster/health").data();
        QCOMPARE(health.value("total_nodes"_L1).toInteger(), 1);
        QCOMPARE(health.value("healthy_nodes"_L1).toInteger(), 1);
        QCOMPARE(call("POST", "/cluster/health/refresh").status, 200);
        QCOMPARE(call("GET", "/cluster/cache/stats").data().value("ttl_seconds"_L1).toInteger(), 300);
    }

    void theHealthHistoryHasSamples()
    {
        const std::string path = "/cluster/nodes/" + m_console->records->nodeId().uuid() + "/health";
        for (int i = 0; i < 25; ++i) {
            m_console->clock.nowMs += 1000;
            m_console->monitor->measure();
        }
        QCOMPARE(call("GET", path).data().value("samples"_L1).toArray().size(), 25);
        QCOMPARE(call("GET", path + "?resolution=10").data().value("samples"_L1).toArray().size(), 2);
        QCOMPARE(call("GET", path + "?resolution=5").status, 400);
        const std::string since = protocol::toIso({m_console->clock.nowMs - 3000});
        QCOMPARE(call("GET", path + "?since=" + since).data().value("samples"_L1).toArray().size(), 3);
    }

    void theSystemSaysHowItIs()
    {
        m_console->clock.nowMs += 5000;
        const auto before =
            protocol::pageFromJson<protocol::System>(call("GET", "/system").data()).value().items.at(0);
        QCOMPARE(before.uptimeSeconds, 5);
        QCOMPARE(before.state, std::string("healthy"));
        QCOMPARE(before.version, std::string(MAXIOFS_VERSION));
        QCOMPARE(before.certificate.fingerprint, std::string("AA:BB"));
        QVERIFY(before.disk.totalBytes > 0);
        QVERIFY(!before.lastKeyExport);
        QVERIFY(before.disk.reserveBytes > 0);
        QVERIFY(!before.scrub.lastCompletedAt);
        QVERIFY(!before.compaction.lastCompletedAt);

        QVERIFY(m_console->store->scrubOnce());
        QCOMPARE(call("POST", "/system/keys/export", {{"passphrase"_L1, u"short"_s}}).status, 400);
        const auto exported =
            call("POST", "/system/keys/export", {{"passphrase"_L1, u"a long passphrase"_s}});
        const auto bundle = fromBase64(exported.data().value("bundle"_L1).toString().toStdString());
        QCOMPARE(toText(bundle.value()), std::string("bundle of a long passphrase"));
        QVERIFY(!call("GET", "/audit-logs").text.contains("a long passphrase"));
        const auto after =
            protocol::pageFromJson<protocol::System>(call("GET", "/system").data()).value().items.at(0);
        QCOMPARE(after.lastKeyExport->unixMs, m_console->clock.nowMs);
        QVERIFY(after.scrub.lastCompletedAt.has_value());
    }

    void whatComesBeforeTheStoreIsToldToComeAgain()
    {
        test::FakeExchange exchange("GET /api/v1/buckets HTTP/1.1\r\n", {});
        boost::asio::io_context io;
        boost::asio::co_spawn(io, answerStarting(exchange), boost::asio::detached);
        io.run();

        QCOMPARE(exchange.sentStatus(), 503);
        QVERIFY(exchange.response.find("Retry-After") == "1");
        QVERIFY(exchange.sent.contains("\"code\":\"Starting\""));
    }

    void theLogIsReadNewestFirst()
    {
        base::infoLine("console test line one");
        base::warningLine("console test line two");
        const auto lines = call("GET", "/system/log?contains=console%20test&limit=1").data();
        const QJsonObject newest = lines.value("lines"_L1).toArray()[0].toObject();
        QVERIFY(newest.value("text"_L1).toString().contains(u"line two"_s));
        QCOMPARE(newest.value("level"_L1).toString(), u"warning"_s);
        const std::string next = lines.value("next"_L1).toString().toStdString();
        const auto older = call("GET", "/system/log?contains=console%20test&after=" + next).data();
        QCOMPARE(older.value("count"_L1).toInteger(), 1);
        QCOMPARE(call("GET", "/system/log?level=warning&contains=console%20test")
                     .data()
                     .value("count"_L1)
                     .toInteger(),
                 1);
        QCOMPARE(call("GET", "/system/log?level=loud").status, 400);
    }

    void theRootIsAPlainPage()
    {
        test::FakeExchange exchange("GET / HTTP/1.1\r\n", {});
        m_console->serve(exchange);
        QCOMPARE(exchange.sentStatus(), 200);
        QVERIFY(exchange.response.find("Content-Type")->starts_with("text/html"));
        QVERIFY(exchange.sent.contains("node-1") && exchange.sent.contains("maxiofs-desktop"));
    }

    void answersAreNotCached()
    {
        test::FakeExchange exchange("GET /api/v1/users HTTP/1.1\r\n", {});
        m_console->serve(exchange);
        QCOMPARE(exchange.sentStatus(), 401);
        QVERIFY(exchange.response.find("Cache-Control") == "no-store");
        QVERIFY(exchange.response.find("WWW-Authenticate") == "Bearer");
        QVERIFY(exchange.sent.contains("\"request_id\":\"00000000000000AB\""));
    }
};

MAXIOFS_TEST(ConsoleServiceTest)

}  // namespace maxiofs::api::console

#include "console_service_test.moc"
