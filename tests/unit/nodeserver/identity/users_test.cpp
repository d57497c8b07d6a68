// SPDX-License-Identifier: GPL-3.0-or-later
#include "identity/users.h"

#include "identity_fixture.h"
#include "support/test_runner.h"

using namespace Qt::StringLiterals;

namespace maxiofs::identity {

using fixture::TestDirectory;

class UsersTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aUserOutlivesARestart()
    {
        TestDirectory directory;
        NewUser wanted;
        wanted.username = "ann";
        wanted.password = "long enough";
        wanted.roles = {Role::User, Role::ReadOnly};
        wanted.displayName = "Ann";
        wanted.email = "ann@example.org";
        wanted.theme = "dark";
        wanted.language = "de";
        wanted.metadata = {{"team"_L1, u"x"_s}};
        const UserPtr made = directory->users().create(wanted).value();

        directory.reopen();

        const UserPtr user = directory->users().findByName("ann");
        QVERIFY(user != nullptr);
        QCOMPARE(user->id, made->id);
        QCOMPARE(user->canonicalId, made->canonicalId);
        QCOMPARE(user->canonicalId.size(), 64);
        QVERIFY(user->roles == wanted.roles);
        QCOMPARE(user->displayName, wanted.displayName);
        QCOMPARE(user->email, wanted.email);
        QCOMPARE(user->theme, wanted.theme);
        QCOMPARE(user->language, wanted.language);
        QCOMPARE(user->metadata, wanted.metadata);
        QCOMPARE(user->createdMs, directory.clock.nowMs);
        QVERIFY(directory->users().verifyPassword(user->id, "long enough").value());
        QVERIFY(!directory->users().verifyPassword(user->id, "long enougH").value());
        QVERIFY(!directory->users().verifyPassword("", "long enough").value());
        QVERIFY(directory->users().findByCanonicalId(made->canonicalId) == user);
    }

    void twoUsersHaveTwoCanonicalIds()
    {
        TestDirectory directory;
        QVERIFY(directory.addUser("a")->canonicalId != directory.addUser("b")->canonicalId);
    }

    void wrongUsersAreRefused()
    {
        TestDirectory directory;
        directory.addUser("ann");
        const auto codeOf = [&](auto change) {
            NewUser user;
            user.username = "bob";
            user.password = "long enough";
            user.roles = {Role::User};
            change(user);
            const auto made = directory->users().create(user);
            return made ? -1 : static_cast<int>(made.error().code);
        };

        QCOMPARE(codeOf([](NewUser &user) { user.username = "ann"; }), Error::AlreadyExists);
        QCOMPARE(codeOf([](NewUser &user) { user.username = ""; }), Error::InvalidArgument);
        QCOMPARE(codeOf([](NewUser &user) { user.username = "a b"; }), Error::InvalidArgument);
        QCOMPARE(codeOf([](NewUser &user) { user.username = "a\n"; }), Error::InvalidArgument);
        QCOMPARE(codeOf([](NewUser &user) { user.password = "seven77"; }), Error::InvalidArgument);
        QCOMPARE(codeOf([](NewUser &user) { user.roles.clear(); }), Error::InvalidArgument);
        QCOMPARE(codeOf([](NewUser &user) { user.roles = {Role::TenantAdmin}; }), Error::InvalidArgument);
        QCOMPARE(codeOf([](NewUser &) {}), -1);
    }

    void aRenamedUserIsFoundByTheNewNameOnly()
    {
        TestDirectory directory;
        const UserPtr ann = directory.addUser("ann");
        UserEdit edit;
        edit.username = "anna";
        QVERIFY(directory->users().edit(ann->id, edit).has_value());

        QVERIFY(directory->users().findByName("ann") == nullptr);
        QCOMPARE(directory->users().findByName("anna")->id, ann->id);
        QVERIFY(directory.addUser("ann") != nullptr);
    }

    void theLastAdministratorStays()
    {
        TestDirectory directory;
        const UserPtr only = directory.addUser("root", Role::Admin);
        UserEdit disable;
        disable.status = UserStatus::Disabled;
        UserEdit demote;
        demote.roles = {Role::User};

        QCOMPARE(directory->users().edit(only->id, disable).error().code, Error::Denied);
        QCOMPARE(directory->users().edit(only->id, demote).error().code, Error::Denied);
        QCOMPARE(directory->users().remove(only->id).error().code, Error::Denied);

        directory.addUser("second", Role::Admin);
        QVERIFY(directory->users().edit(only->id, disable).has_value());
        QVERIFY(directory->users().remove(only->id).has_value());
    }

    void aPreferenceDoesNotTouchProfileOrPassword()
    {
        TestDirectory directory;
        const UserPtr ann = directory.addUser("ann");
        const auto passwordStamp = directory.records().load(records::Kind::UserPassword).value()[0].stamp;
        directory.clock.nowMs += 10;
        UserEdit edit;
        edit.theme = "light";
        QVERIFY(directory->users().edit(ann->id, edit).has_value());

        QVERIFY(directory.records().load(records::Kind::UserPassword).value()[0].stamp == passwordStamp);
        QCOMPARE(directory->users().find(ann->id)->theme, std::string("light"));
        QCOMPARE(directory->users().find(ann->id)->username, std::string("ann"));
    }

    void listsByPage()
    {
        TestDirectory directory;
        for (const char *name : {"a", "b", "c", "d", "e"})
            directory.addUser(name);
        std::set<std::string> seen;
        std::string after;
        int pages = 0;
        while (true) {
            const auto page = directory->users().list(after, 2);
            if (page.empty())
                break;
            ++pages;
            for (const UserPtr &user : page)
                QVERIFY(seen.insert(user->username).second);
            after = page.back()->id;
        }
        QCOMPARE(pages, 3);
        QCOMPARE(seen.size(), 5);
    }

    void removingAUserRemovesKeysGrantsAndSessions()
    {
        TestDirectory directory;
        directory.addUser("root", Role::Admin);
        const UserPtr ann = directory.addUser("ann");
        const auto tokens = directory.login("ann");
        const auto key = directory->keys().create({ann->id, {}, {}, {}}).value();
        Grant grant;
        grant.userId = ann->id;
        grant.bucket = "photos";
        grant.bucketId = BucketId::random();
        QVERIFY(directory->grants().give(grant).has_value());

        QVERIFY(directory->removeUser(ann->id).has_value());

        for (int start = 0; start < 2; ++start) {
            QVERIFY(!directory->sessions().authenticate(tokens.access));
            QVERIFY(!directory->sessions().refresh(tokens.refresh));
            QVERIFY(directory->keys().find(key.key->id) == nullptr);
            QVERIFY(directory->grants().list({}, 10).empty());
            directory.reopen();
        }
    }
};

MAXIOFS_TEST(UsersTest)

}  // namespace maxiofs::identity

#include "users_test.moc"
