// SPDX-License-Identifier: GPL-3.0-or-later
#include "identity/authorizer.h"

#include "identity_fixture.h"
#include "support/test_runner.h"

namespace maxiofs::identity {

namespace authorizer_test {

constexpr std::array kBucketActions{Action::Read, Action::Write, Action::BucketRead, Action::BucketAdmin};

records::BucketRecord bucketOf(const std::string &owner, const std::string &tenant = {})
{
    records::BucketRecord bucket;
    bucket.name = "photos";
    bucket.id = BucketId::random();
    bucket.ownerId = owner;
    bucket.tenantId = tenant;
    return bucket;
}

}  // namespace authorizer_test

using namespace authorizer_test;
using fixture::TestDirectory;

class AuthorizerTest : public QObject {
    Q_OBJECT

private:
    TestDirectory m_directory;

    // Which of read, write, bucket read, bucket admin are allowed, as "rwRA".
    std::string rights(const UserPtr &user, const records::BucketRecord &bucket, const AccessKeyPtr &key = {})
    {
        constexpr std::string_view kLetters = "rwRA";
        std::string allowed;
        for (std::size_t i = 0; i < kBucketActions.size(); ++i) {
            const Identity identity{user, key, {}};
            if (m_directory->authorizer().authorize(identity, kBucketActions[i], &bucket, "2025/a"))
                allowed += kLetters[i];
        }
        return allowed;
    }
    bool may(const UserPtr &user, Action action, const AccessKeyPtr &key = {})
    {
        return m_directory->authorizer().authorize({user, key, {}}, action, nullptr, "photos").has_value();
    }

private Q_SLOTS:
    void rolesDecideOverAnothersBucket()
    {
        const auto bucket = bucketOf("somebody", "t1");
        QCOMPARE(rights(m_directory.addUser("admin1", Role::Admin), bucket), std::string("rwRA"));
        QCOMPARE(rights(m_directory.addUser("reader", Role::ReadOnly), bucket), std::string("rR"));
        QCOMPARE(rights(m_directory.addUser("user", Role::User), bucket), std::string());
        QCOMPARE(rights(m_directory.addUser("tenant1", Role::TenantAdmin, "t1"), bucket),
                 std::string("rwRA"));
        QCOMPARE(rights(m_directory.addUser("tenant2", Role::TenantAdmin, "t2"), bucket), std::string());
        QCOMPARE(rights(m_directory.addUser("member", Role::User, "t1"), bucket), std::string());
        QCOMPARE(rights(nullptr, bucket), std::string());
    }

    void aTenantAdminHasNoRightsOverBucketsWithoutTenant()
    {
        QCOMPARE(rights(m_directory.addUser("tenant3", Role::TenantAdmin, "t3"), bucketOf("somebody")),
                 std::string());
    }

    void anOwnerMayDoEverythingInTheOwnBucket()
    {
        const UserPtr ann = m_directory.addUser("ann");
        QCOMPARE(rights(ann, bucketOf(ann->canonicalId)), std::string("rwRA"));
    }

    void grantsOpenABucket()
    {
        const UserPtr bob = m_directory.addUser("bob", Role::User, "t9");
        const auto bucket = bucketOf("somebody");
        const auto give = [&](Access access, bool toTenant) {
            Grant grant;
            (toTenant ? grant.tenantId : grant.userId) = toTenant ? "t9" : bob->id;
            grant.bucket = bucket.name;
            grant.bucketId = bucket.id;
            grant.access = access;
            return m_directory->grants().give(grant).value();
        };

        const Grant own = give(Access::Read, false);
        QCOMPARE(rights(bob, bucket), std::string("rR"));
        QCOMPARE(give(Access::Write, false).id, own.id);
        QCOMPARE(rights(bob, bucket), std::string("rwR"));
        give(Access::Admin, true);
        QCOMPARE(rights(bob, bucket), std::string("rwRA"));
        QCOMPARE(rights(bob, bucketOf("somebody")), std::string());

        QVERIFY(m_directory->grants().takeAllOfUser(bob->id).has_value());
        QCOMPARE(rights(bob, bucket), std::string("rwRA"));
        QVERIFY(m_directory->grants().takeAllOfBucket(bucket.id).has_value());
        QCOMPARE(rights(bob, bucket), std::string());
    }

    void aGrantOutlivesARestart()
    {
        TestDirectory directory;
        const UserPtr bob = directory.addUser("bob");
        const BucketId bucket = BucketId::random();
        Grant grant;
        grant.userId = bob->id;
        grant.bucket = "photos";
        grant.bucketId = bucket;
        grant.access = Access::Write;
        const std::string id = directory->grants().give(grant)->id;

        directory.reopen();

        QVERIFY(directory->grants().accessOf(*bob, bucket) == Access::Write);
        QCOMPARE(directory->grants().ofBucket(bucket).size(), 1);
        QVERIFY(directory->grants().take(id).has_value());
        QCOMPARE(directory->grants().take(id).error().code, Error::NotFound);
        QVERIFY(!directory->grants().accessOf(*bob, bucket));
    }

    void aKeyNarrowsWhatItsUserMay()
    {
        const UserPtr user = m_directory.addUser("carl");
        const auto bucket = bucketOf(user->canonicalId);
        const auto key = [](auto set) {
            AccessKey limits;
            limits.id = "K";
            set(limits);
            return std::make_shared<const AccessKey>(limits);
        };
        QCOMPARE(rights(user, bucket, key([](AccessKey &) {})), std::string("rwRA"));
        QCOMPARE(rights(user, bucket, key([](AccessKey &k) { k.readOnly = true; })), std::string("rR"));
        QCOMPARE(rights(user, bucket, key([](AccessKey &k) { k.buckets = {"other"}; })), std::string());
        QCOMPARE(rights(user, bucket, key([](AccessKey &k) { k.buckets = {"other", "photos"}; })),
                 std::string("rwRA"));
        QCOMPARE(rights(user, bucket, key([](AccessKey &k) { k.prefix = "2025/"; })), std::string("rwR"));
        QCOMPARE(rights(user, bucket, key([](AccessKey &k) { k.prefix = "2024/"; })), std::string("R"));

        QVERIFY(may(user, Action::CreateBucket, key([](AccessKey &) {})));
        QVERIFY(!may(user, Action::CreateBucket, key([](AccessKey &k) { k.readOnly = true; })));
        QVERIFY(!may(user, Action::CreateBucket, key([](AccessKey &k) { k.buckets = {"other"}; })));
        QVERIFY(may(user, Action::CreateBucket, key([](AccessKey &k) { k.buckets = {"photos"}; })));
        QVERIFY(may(user, Action::ListBuckets, key([](AccessKey &k) { k.buckets = {"other"}; })));

        const Identity narrow{user, key([](AccessKey &k) { k.buckets = {"other"}; }), {}};
        QVERIFY(!m_directory->authorizer().isVisible(narrow, bucket));
        QVERIFY(m_directory->authorizer().isVisible({user, nullptr, {}}, bucket));
    }

    void whoMayMakeAndListBuckets()
    {
        const UserPtr reader = m_directory.addUser("reader2", Role::ReadOnly);
        QVERIFY(!may(reader, Action::CreateBucket));
        QVERIFY(may(reader, Action::ListBuckets));
        QVERIFY(may(m_directory.addUser("dora", Role::User), Action::CreateBucket));
        QVERIFY(may(m_directory.addUser("tenant4", Role::TenantAdmin, "t4"), Action::CreateBucket));
        QVERIFY(!may(nullptr, Action::ListBuckets));
        QVERIFY(!may(nullptr, Action::CreateBucket));
    }

    void listsShowWhatIsReadable()
    {
        const UserPtr erna = m_directory.addUser("erna");
        const auto &authorizer = m_directory->authorizer();
        QVERIFY(authorizer.isVisible({erna, nullptr, {}}, bucketOf(erna->canonicalId)));
        QVERIFY(!authorizer.isVisible({erna, nullptr, {}}, bucketOf("somebody")));
        QVERIFY(authorizer.isVisible({m_directory.addUser("reader3", Role::ReadOnly), nullptr, {}},
                                     bucketOf("somebody")));
        QVERIFY(!authorizer.isVisible({}, bucketOf("somebody")));
    }

    void aRefusalSaysWhy()
    {
        const UserPtr fred = m_directory.addUser("fred");
        const auto bucket = bucketOf("somebody");
        const Status status = m_directory->authorizer().authorize({fred, nullptr, {}}, Action::Read, &bucket);
        QCOMPARE(status.error().code, Error::Denied);
        QVERIFY(status.error().message.contains("fred") && status.error().message.contains("photos"));
    }
};

MAXIOFS_TEST(AuthorizerTest)

}  // namespace maxiofs::identity

#include "authorizer_test.moc"
