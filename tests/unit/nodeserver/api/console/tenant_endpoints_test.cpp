// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/console/tenant_endpoints.h"

#include "console_fixture.h"
#include "support/test_runner.h"

#include <QJsonArray>

using namespace Qt::StringLiterals;

namespace maxiofs::api::console {

using fixture::Console;
using fixture::Reply;
using identity::Role;

class TenantEndpointsTest : public QObject {
    Q_OBJECT

private:
    std::unique_ptr<Console> m_console;
    std::string m_admin;

    Reply call(const std::string &method, const std::string &path, const QJsonObject &body = {})
    {
        return m_console->call(method, path, body, m_admin);
    }
    std::string tokenOf(const std::string &name) { return m_console->token(name, Console::passwordOf(name)); }
    std::string makeTenant(const QString &name, const QJsonObject &quota = {})
    {
        const Reply made = call("POST", "/tenants", {{"name"_L1, name}, {"quota"_L1, quota}});
        return made.data().value("id"_L1).toString().toStdString();
    }

private Q_SLOTS:
    void init()
    {
        m_console = std::make_unique<Console>();
        m_admin = m_console->token();
    }

    void aTenantFromCreationToDeletion()
    {
        const Reply made = call("POST", "/tenants",
                                {{"name"_L1, u"acme"_s},
                                 {"display_name"_L1, u"Acme"_s},
                                 {"status"_L1, u"disabled"_s},
                                 {"quota"_L1, QJsonObject{{"bytes"_L1, 1000}}}});
        QCOMPARE(made.status, 201);
        QCOMPARE(made.data().value("status"_L1).toString(), u"disabled"_s);
        const std::string path = "/tenants/" + made.data().value("id"_L1).toString().toStdString();
        QCOMPARE(call("POST", "/tenants", {{"name"_L1, u"acme"_s}}).status, 409);
        QCOMPARE(call("POST", "/tenants", {{"display_name"_L1, u"x"_s}}).status, 400);
        QCOMPARE(call("PUT", path, {{"quota"_L1, QJsonObject{{"bytes"_L1, 0}}}}).status, 400);

        const Reply changed = call(
            "PUT", path,
            {{"status"_L1, u"active"_s}, {"quota"_L1, QJsonObject{{"buckets"_L1, 2}, {"bytes"_L1, {}}}}});
        QCOMPARE(changed.data().value("status"_L1).toString(), u"active"_s);
        QVERIFY(changed.data().value("quota"_L1).toObject().value("bytes"_L1).isNull());
        QCOMPARE(call("GET", path).data().value("display_name"_L1).toString(), u"Acme"_s);
        QCOMPARE(call("GET", "/tenants").data().value("count"_L1).toInteger(), 1);

        QCOMPARE(call("DELETE", path).status, 200);
        QCOMPARE(call("GET", path).code(), std::string("NoSuchTenant"));
        QCOMPARE(call("DELETE", path).code(), std::string("NoSuchTenant"));
        const Reply audit = call("GET", "/audit-logs?action=tenant.update");
        QCOMPARE(audit.data().value("audit_logs"_L1).toArray().size(), 2);  // one was refused
    }

    void aTenantShowsWhatBelongsToIt()
    {
        const auto ann = m_console->addUser("ann", Role::User, "t1");
        m_console->addUser("bob", Role::User, "t1");
        QVERIFY(m_console->identities->keys().create({ann->id, {}, {}, {}}).has_value());
        m_console->identities->tenantQuotas().countWith(
            *m_console->buckets,
            [](const BucketId &) -> Result<identity::TenantUsage> { return identity::TenantUsage{35, 3}; });
        for (const char *name : {"photos", "videos"}) {
            records::NewBucket bucket;
            bucket.name = name;
            bucket.ownerId = ann->canonicalId;
            bucket.tenantId = "t1";
            QVERIFY(m_console->buckets->create(bucket).has_value());
        }
        m_console->identities->tenantQuotas().setOthers(
            [](const std::string &) { return identity::TenantUsage{30, 1}; });

        const QJsonObject tenant = call("GET", "/tenants/t1").data();

        QCOMPARE(tenant.value("user_count"_L1).toInteger(), 2);
        QCOMPARE(tenant.value("access_key_count"_L1).toInteger(), 1);
        QCOMPARE(tenant.value("bucket_count"_L1).toInteger(), 2);
        QCOMPARE(tenant.value("total_size"_L1).toInteger(), 100);
        QCOMPARE(tenant.value("object_count"_L1).toInteger(), 7);
        const Reply refused = call("DELETE", "/tenants/t1");
        QCOMPARE(refused.status, 409);
        QVERIFY(refused.text.contains("users (2) or buckets (2)"));
    }

    void aTenantAdminEditsTheOwnTenantButNotItsQuota()
    {
        m_console->addUser("boss", Role::TenantAdmin, "t1");
        m_console->addUser("ann", Role::User, "t2");
        const std::string boss = tokenOf("boss");
        const auto put = [&](const QJsonObject &body) {
            return m_console->call("PUT", "/tenants/t1", body, boss);
        };
        QCOMPARE(put({{"description"_L1, u"ours"_s}}).status, 200);
        QCOMPARE(put({{"quota"_L1, QJsonObject()}}).status, 403);
        QCOMPARE(put({{"status"_L1, u"disabled"_s}}).status, 403);
        QCOMPARE(m_console->call("PUT", "/tenants/t2", {{"description"_L1, u"x"_s}}, boss).status, 404);
        const QJsonObject listed = m_console->call("GET", "/tenants", {}, boss).data();
        QCOMPARE(listed.value("count"_L1).toInteger(), 1);
        QCOMPARE(listed.value("tenants"_L1).toArray()[0].toObject().value("id"_L1).toString(), u"t1"_s);
    }

    void anAdminChoosesAUsersTenant()
    {
        const QString tenant = QString::fromStdString(makeTenant(u"acme"_s));
        const QJsonObject user{{"username"_L1, u"ann"_s},
                               {"password"_L1, u"ann-password"_s},
                               {"roles"_L1, QJsonArray{u"tenant-admin"_s}},
                               {"tenant_id"_L1, tenant}};
        const Reply made = call("POST", "/users", user);
        QCOMPARE(made.status, 201);
        QCOMPARE(made.data().value("tenant_id"_L1).toString(), tenant);
        const std::string path = "/users/" + made.data().value("id"_L1).toString().toStdString();
        const std::string ann = m_console->token("ann", "ann-password");

        QCOMPARE(call("PUT", path, {{"tenant_id"_L1, u"nowhere"_s}}).status, 400);
        QCOMPARE(m_console->call("PUT", path, {{"tenant_id"_L1, u""_s}}, ann).status, 403);
        QJsonObject other = user;
        other.insert("username"_L1, u"bob"_s);
        other.insert("tenant_id"_L1, u"elsewhere"_s);
        QCOMPARE(m_console->call("POST", "/users", other, ann).status, 403);
        QCOMPARE(call("PUT", path, {{"tenant_id"_L1, u""_s}, {"roles"_L1, QJsonArray{u"user"_s}}})
                     .data()
                     .value("tenant_id"_L1)
                     .toString(),
                 QString());
    }

    void usersOfADisabledTenantAreToldWhy()
    {
        m_console->addUser("ann", Role::User, "t1");
        const std::string token = tokenOf("ann");
        QCOMPARE(call("PUT", "/tenants/t1", {{"status"_L1, u"disabled"_s}}).status, 200);

        const Reply asked = m_console->call("GET", "/auth/me", {}, token);
        QCOMPARE(asked.status, 401);
        QVERIFY(asked.text.contains("The tenant t1 of the user ann is disabled."));
        const Reply login = m_console->call("POST", "/auth/login",
                                            {{"username"_L1, u"ann"_s}, {"password"_L1, u"ann-password"_s}});
        QCOMPARE(login.status, 403);
        QVERIFY(login.text.contains("The tenant t1 of the user ann is disabled."));
    }

    void aTenantMakesAsManyBucketsAsItsQuotaAllows()
    {
        m_console->addUser("boss", Role::TenantAdmin, "t1");
        m_console->identities->tenantQuotas().countWith(*m_console->buckets, {});
        QCOMPARE(call("PUT", "/tenants/t1", {{"quota"_L1, QJsonObject{{"buckets"_L1, 1}}}}).status, 200);
        const std::string boss = tokenOf("boss");

        QCOMPARE(m_console->call("POST", "/buckets", {{"name"_L1, u"first"_s}}, boss).status, 201);
        const Reply refused = m_console->call("POST", "/buckets", {{"name"_L1, u"second"_s}}, boss);
        QCOMPARE(refused.status, 409);
        QCOMPARE(refused.code(), std::string("LimitReached"));
        QVERIFY(refused.text.contains("The quota of the tenant t1 of 1 buckets would be exceeded."));
        QCOMPARE(call("POST", "/buckets", {{"name"_L1, u"second"_s}}).status, 201);  // of no tenant
    }
};

MAXIOFS_TEST(TenantEndpointsTest)

}  // namespace maxiofs::api::console

#include "tenant_endpoints_test.moc"
