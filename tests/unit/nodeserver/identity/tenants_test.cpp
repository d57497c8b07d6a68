// SPDX-License-Identifier: GPL-3.0-or-later
#include "identity/tenants.h"

#include "identity_fixture.h"
#include "support/test_runner.h"

namespace maxiofs::identity {

using fixture::TestDirectory;

class TenantsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aTenantOutlivesARestart()
    {
        TestDirectory directory;
        NewTenant wanted;
        wanted.name = "Acme Ltd";
        wanted.displayName = "Acme";
        wanted.description = "the first";
        wanted.quota = {1000, 2, 3};
        const TenantPtr made = directory->tenants().create(wanted).value();

        directory.reopen();

        const TenantPtr tenant = directory->tenants().find(made->id);
        QVERIFY(tenant != nullptr && tenant == directory->tenants().findByName("Acme Ltd"));
        QCOMPARE(tenant->displayName, wanted.displayName);
        QCOMPARE(tenant->description, wanted.description);
        QVERIFY(tenant->quota == wanted.quota);
        QVERIFY(tenant->isActive());
        QCOMPARE(tenant->createdMs, directory.clock.nowMs);
    }

    void wrongTenantsAreRefused()
    {
        TestDirectory directory;
        auto &tenants = directory->tenants();
        const auto subjectOf = [&](auto change) {
            NewTenant wanted;
            wanted.name = "fine";
            change(wanted);
            const auto made = tenants.create(wanted);
            return made ? std::string("none") : made.error().subject;
        };
        QCOMPARE(subjectOf([](NewTenant &wanted) { wanted.name = ""; }), std::string("name"));
        QCOMPARE(subjectOf([](NewTenant &wanted) { wanted.name = " a"; }), std::string("name"));
        QCOMPARE(subjectOf([](NewTenant &wanted) { wanted.name = "a\n"; }), std::string("name"));
        QCOMPARE(subjectOf([](NewTenant &wanted) { wanted.name = std::string(129, 'a'); }),
                 std::string("name"));
        QCOMPARE(subjectOf([](NewTenant &wanted) { wanted.quota.bytes = 0; }), std::string("quota"));
        QCOMPARE(subjectOf([](NewTenant &wanted) { wanted.quota.buckets = -1; }), std::string("quota"));
        QCOMPARE(subjectOf([](NewTenant &wanted) { wanted.description.assign(1025, 'a'); }),
                 std::string("description"));
        QCOMPARE(subjectOf([](NewTenant &) {}), std::string("none"));
        QCOMPARE(tenants.create({{}, "fine", {}, {}, {}}).error().code, Error::AlreadyExists);
        QCOMPARE(tenants.edit("none", {}).error().code, Error::NotFound);
        QCOMPARE(tenants.remove("none").error().code, Error::NotFound);
    }

    void anEditChangesWhatItNames()
    {
        TestDirectory directory;
        const TenantPtr made = directory->tenants().create({{}, "acme", "A", "d", {10, {}, {}}}).value();
        directory.clock.nowMs += 5;
        TenantEdit edit;
        edit.name = "acme2";
        edit.quota = TenantQuota{{}, 5, {}};
        QVERIFY(directory->tenants().edit(made->id, edit).has_value());
        for (int start = 0; start < 2; ++start) {
            const TenantPtr tenant = directory->tenants().find(made->id);
            QCOMPARE(tenant->name, std::string("acme2"));
            QCOMPARE(tenant->displayName, std::string("A"));
            QVERIFY(!tenant->quota.bytes && tenant->quota.buckets == 5);
            QVERIFY(directory->tenants().findByName("acme") == nullptr);
            QCOMPARE(tenant->updatedMs, directory.clock.nowMs);
            directory.reopen();
        }
    }

    void aTenantWithUsersOrBucketsStays()
    {
        TestDirectory directory;
        directory.addUser("root", Role::Admin);
        const UserPtr ann = directory.addUser("ann", Role::User, "t1");
        const auto buckets = records::Buckets::load(directory.records()).value();
        directory->tenantQuotas().countWith(*buckets, {});
        Grant grant;
        grant.tenantId = "t1";
        grant.bucket = "photos";
        grant.bucketId = BucketId::random();
        QVERIFY(directory->grants().give(grant).has_value());

        QCOMPARE(directory->removeTenant("t1").error().code, Error::PreconditionFailed);
        QVERIFY(directory->removeUser(ann->id).has_value());
        records::NewBucket wanted;
        wanted.name = "photos";
        wanted.ownerId = ann->canonicalId;
        wanted.tenantId = "t1";
        const BucketId bucket = buckets->create(wanted).value()->id;
        QCOMPARE(directory->removeTenant("t1").error().code, Error::PreconditionFailed);
        QVERIFY(buckets->remove("photos", bucket).has_value());
        QVERIFY(directory->removeTenant("t1").has_value());

        QVERIFY(directory->tenants().find("t1") == nullptr);
        QVERIFY(directory->grants().list({}, 10).empty());
        QCOMPARE(directory->removeTenant("t1").error().code, Error::NotFound);
    }

    void usersOfADisabledTenantAreRefusedWithTheReason()
    {
        TestDirectory directory;
        directory.addUser("root", Role::Admin);
        const UserPtr ann = directory.addUser("ann", Role::User, "t1");
        const Tokens tokens = directory.login("ann");
        QVERIFY(directory->keys().create({ann->id, "ANNSKEY", "secret11", {}}).has_value());
        TenantEdit edit;
        edit.status = TenantStatus::Disabled;
        QVERIFY(directory->editTenant("t1", edit).has_value());

        auto &sessions = directory->sessions();
        const std::string reason = "The tenant t1 of the user ann is disabled.";
        const auto byPassword = sessions.login("ann", TestDirectory::passwordOf("ann"), "x");
        QCOMPARE(byPassword.error().code, Error::Denied);
        QCOMPARE(byPassword.error().message, reason);
        // Who does not know the password does not learn it.
        QCOMPARE(sessions.login("ann", "wrong-password", "y").error().code, Error::Unauthenticated);
        QCOMPARE(sessions.authenticate(tokens.access).error().code, Error::Unauthenticated);
        QCOMPARE(sessions.authenticate(tokens.access).error().message, reason);
        QCOMPARE(sessions.refresh(tokens.refresh).error().message, reason);
        const auto byKey = directory->keys().findSigner("ANNSKEY", "20251213", "r");
        QCOMPARE(byKey.error().code, Error::Denied);
        QCOMPARE(byKey.error().message, std::string("The tenant of the access key ANNSKEY is disabled."));

        edit.status = TenantStatus::Active;
        QVERIFY(directory->editTenant("t1", edit).has_value());
        QVERIFY(sessions.authenticate(tokens.access).has_value());
        QVERIFY(sessions.refresh(tokens.refresh).has_value());
        QVERIFY(directory->keys().findSigner("ANNSKEY", "20251213", "r").has_value());
    }

    void somebodyCanAlwaysAdminister()
    {
        TestDirectory directory;
        directory.addUser("root", Role::Admin, "t1");
        directory.addUser("ann", Role::User);
        TenantEdit edit;
        edit.status = TenantStatus::Disabled;
        QCOMPARE(directory->editTenant("t1", edit).error().code, Error::Denied);
        const UserPtr other = directory.addUser("other", Role::Admin);
        QVERIFY(directory->editTenant("t1", edit).has_value());
        QCOMPARE(directory->users().remove(other->id).error().code, Error::Denied);
    }

    void aUsersTenantMustExist()
    {
        TestDirectory directory;
        const UserPtr ann = directory.addUser("ann");
        NewUser wanted;
        wanted.username = "bob";
        wanted.password = "long enough";
        wanted.roles = {Role::User};
        wanted.tenantId = "nowhere";
        QCOMPARE(directory->users().create(wanted).error().subject, std::string("tenant_id"));
        UserEdit edit;
        edit.tenantId = "nowhere";
        QCOMPARE(directory->users().edit(ann->id, edit).error().subject, std::string("tenant_id"));
        directory.addTenant("t1");
        edit.tenantId = "t1";
        QCOMPARE(directory->users().edit(ann->id, edit).value()->tenantId, std::string("t1"));
    }

    void aTenantHasAsManyAccessKeysAsItsQuotaAllows()
    {
        TestDirectory directory;
        const UserPtr ann = directory.addUser("ann", Role::User, "t1");
        const UserPtr bob = directory.addUser("bob", Role::User, "t1");
        const UserPtr eve = directory.addUser("eve", Role::User, "t2");
        TenantEdit edit;
        edit.quota = TenantQuota{{}, {}, 2};
        QVERIFY(directory->tenants().edit("t1", edit).has_value());
        auto &keys = directory->keys();
        const std::string first = keys.create({ann->id, {}, {}, {}})->key->id;
        QVERIFY(keys.create({bob->id, {}, {}, {}}).has_value());
        QVERIFY(keys.createTemporary(ann->id, "s1").has_value());

        QCOMPARE(keys.create({ann->id, {}, {}, {}}).error().code, Error::Quota);
        QVERIFY(keys.create({eve->id, {}, {}, {}}).has_value());
        QVERIFY(keys.remove(first).has_value());
        QVERIFY(keys.create({ann->id, {}, {}, {}}).has_value());
    }
};

MAXIOFS_TEST(TenantsTest)

}  // namespace maxiofs::identity

#include "tenants_test.moc"
