// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/console/rights.h"

#include "console_fixture.h"
#include "support/test_runner.h"

#include <set>

using namespace Qt::StringLiterals;

namespace maxiofs::api::console {

using fixture::Console;
using identity::Role;

// Walks the table of endpoints with every kind of caller.
class RightsTest : public QObject {
    Q_OBJECT

private:
    struct Caller {
        QString name;
        std::string token;
    };
    Console m_console;
    std::vector<Caller> m_callers;
    std::string m_target;  // a user of tenant t1
    std::string m_targetKey;

    std::string m_rule;

    [[nodiscard]] std::string filled(const Endpoint &endpoint, const std::string &user,
                                     const std::string &node) const
    {
        std::string path(endpoint.path);
        const auto replace = [&](std::string_view what, const std::string &with) {
            const std::size_t at = path.find(what);
            if (at != path.npos)
                path.replace(at, what.size(), with);
        };
        replace("{bucket}", "photos");
        replace("{key}", "NOKEY");
        replace("{id}", path.starts_with("/cluster/replication") ? m_rule
                        : path.starts_with("/cluster")           ? node
                        : path.starts_with("/users")             ? user
                        : path.starts_with("/tenants")           ? "t1"
                                                                 : "no-grant");
        return path;
    }
    // Who may use an endpoint of this right, on a user of tenant t1 and a bucket of tenant t1's administrator
    // that "granted" may read; written down apart from the code under test.
    static QStringList allowedFor(Right right)
    {
        const QStringList all{u"admin"_s,   u"readonly"_s, u"tenant1"_s,
                              u"tenant2"_s, u"target"_s,   u"granted"_s};
        switch (right) {
        case Right::Anyone: return all + QStringList{u"nobody"_s};
        case Right::SignedIn: return all;
        case Right::ReadAll: return {u"admin"_s, u"readonly"_s};
        case Right::Admin: return {u"admin"_s};
        case Right::ManageUsers: return {u"admin"_s, u"tenant1"_s, u"tenant2"_s};
        case Right::ReadUser: return {u"admin"_s, u"readonly"_s, u"tenant1"_s, u"target"_s};
        case Right::EditUser: return {u"admin"_s, u"tenant1"_s, u"target"_s};
        case Right::ManageUser: return {u"admin"_s, u"tenant1"_s};
        case Right::ListTenants: return {u"admin"_s, u"readonly"_s, u"tenant1"_s, u"tenant2"_s};
        case Right::ReadTenant: return {u"admin"_s, u"readonly"_s, u"tenant1"_s};
        case Right::EditTenant: return {u"admin"_s, u"tenant1"_s};
        case Right::CreateBucket: return {u"admin"_s, u"tenant1"_s, u"tenant2"_s, u"target"_s, u"granted"_s};
        case Right::ReadBucket: return {u"admin"_s, u"readonly"_s, u"tenant1"_s, u"granted"_s};
        case Right::AdminBucket: return {u"admin"_s, u"tenant1"_s};
        case Right::QuotaOfBucket: return {u"admin"_s, u"tenant1"_s};
        }
        return {};
    }

private Q_SLOTS:
    void initTestCase()
    {
        m_target = m_console.addUser("target", Role::User, "t1")->id;
        const auto granted = m_console.addUser("granted", Role::User);
        const auto tenant = m_console.addUser("tenant1", Role::TenantAdmin, "t1");
        m_console.addUser("tenant2", Role::TenantAdmin, "t2");
        m_console.addUser("readonly", Role::ReadOnly);
        records::NewBucket bucket;
        bucket.name = "photos";
        bucket.ownerId = tenant->canonicalId;
        bucket.tenantId = "t1";
        const auto made = m_console.buckets->create(bucket).value();
        identity::Grant grant;
        grant.userId = granted->id;
        grant.bucket = "photos";
        grant.bucketId = made->id;
        QVERIFY(m_console.identities->grants().give(grant).has_value());
        m_rule = m_console.addRule(*made, m_console.addNode("node-2"))->id;
        m_callers = {{u"admin"_s, m_console.token()}, {u"nobody"_s, {}}};
        for (const char *name : {"readonly", "tenant1", "tenant2", "target", "granted"})
            m_callers.push_back({QString::fromUtf8(name), m_console.token(name, Console::passwordOf(name))});
    }

    void eachEndpointLetsInWhoItsRightNames()
    {
        const std::string node = m_console.records->nodeId().uuid();
        for (const Endpoint &endpoint : endpoints()) {
            const std::string path = filled(endpoint, m_target, node);
            const Match match = findEndpoint(endpoint.method, path);
            QVERIFY(match.endpoint == &endpoint);
            QStringList allowed;
            for (const Caller &caller : m_callers) {
                Call call{.context = *m_console.context, .identity = {}, .parameters = match.parameters};
                if (endpoint.right != Right::Anyone) {
                    const auto identity = m_console.identities->sessions().authenticate(caller.token);
                    if (!identity)
                        continue;
                    call.identity = *identity;
                }
                if (permit(endpoint.right, call))
                    allowed << caller.name;
            }
            QStringList expected = allowedFor(endpoint.right);
            expected.sort();
            allowed.sort();
            QVERIFY2(allowed == expected,
                     qPrintable(QString::fromStdString(path) + u": "_s + allowed.join(u' ')));
        }
    }

    void theServiceRefusesWhoHasNoRight()
    {
        // Changes that would do harm are left out: their right was walked above.
        const std::string node = m_console.records->nodeId().uuid();
        for (const Endpoint &endpoint : endpoints()) {
            for (const Caller &caller : m_callers) {
                const bool allowed = allowedFor(endpoint.right).contains(caller.name);
                if (endpoint.handler == nullptr || (allowed && endpoint.method != "GET"))
                    continue;
                const auto reply = m_console.call(std::string(endpoint.method),
                                                  filled(endpoint, m_target, node), {}, caller.token);
                const std::string what = std::string(endpoint.method) + ' ' + std::string(endpoint.path) +
                                         ' ' + caller.name.toStdString() + ' ' + reply.text;
                if (allowed)
                    QVERIFY2(reply.status == 200, what.c_str());
                else if (caller.token.empty())
                    QVERIFY2(reply.status == 401, what.c_str());
                else
                    QVERIFY2(reply.status == 404 ||
                                 (reply.status == 403 && reply.text.contains("\"This needs ")),
                             what.c_str());
            }
        }
    }

    void theTableNamesEachEndpointOnceAndSaysWhatItDoes()
    {
        std::set<std::string> seen;
        for (const Endpoint &endpoint : endpoints()) {
            QVERIFY(seen.insert(std::string(endpoint.method) + std::string(endpoint.path)).second);
            QVERIFY(endpoint.about.ends_with('.'));
            QVERIFY(!nameOf(endpoint.right).empty() && !nameOf(endpoint.scope).empty());
            const bool changes = endpoint.method != "GET" && endpoint.path != "/auth/refresh" &&
                                 endpoint.path != "/cluster/health/refresh";
            QVERIFY2(changes == !endpoint.action.empty(), std::string(endpoint.path).c_str());
        }
    }
};

MAXIOFS_TEST(RightsTest)

}  // namespace maxiofs::api::console

#include "rights_test.moc"
