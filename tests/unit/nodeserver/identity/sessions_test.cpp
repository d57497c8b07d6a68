// SPDX-License-Identifier: GPL-3.0-or-later
#include "identity/sessions.h"

#include "base/hex.h"
#include "crypto/hmac.h"
#include "identity_fixture.h"
#include "support/test_runner.h"

namespace maxiofs::identity {

using fixture::TestDirectory;

class SessionsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aLoginSignsIn()
    {
        TestDirectory directory;
        const UserPtr ann = directory.addUser("ann");

        const Tokens tokens = directory.login("ann");

        QCOMPARE(tokens.expiresInSeconds, 900);
        const auto identity = directory->sessions().authenticate(tokens.access);
        QVERIFY(identity.has_value());
        QCOMPARE(identity->user->id, ann->id);
        QVERIFY(!identity->sessionId.empty());
    }

    void wrongNameAndWrongPasswordReadTheSame()
    {
        TestDirectory directory;
        directory.addUser("ann");
        const auto wrongPassword = directory->sessions().login("ann", "nonsense", "a");
        const auto wrongName = directory->sessions().login("bob", "nonsense", "a");

        QCOMPARE(wrongPassword.error().code, Error::Unauthenticated);
        QCOMPARE(wrongName.error().code, Error::Unauthenticated);
        QCOMPARE(wrongName.error().message, wrongPassword.error().message);
    }

    void aUserOrPasswordOfAnotherNodeIsAskedForOnce()
    {
        TestDirectory directory;
        const UserPtr ann = directory.addUser("ann");
        std::vector<std::string> asked;
        directory->sessions().seekUsersBy([&](const std::string &name) {
            asked.push_back(name);
            if (name == "bob" && asked.size() == 1)
                directory.addUser("bob");
            else if (name == "ann" && !directory->changePassword(ann->id, "new-password-1"))
                qFatal("no new password");
        });

        QVERIFY(directory->sessions().login("bob", "bob-password", "a").has_value());
        QVERIFY(directory->sessions().login("bob", "bob-password", "a").has_value());
        QCOMPARE(asked, std::vector<std::string>{"bob"});
        QVERIFY(directory->sessions().login("ann", "new-password-1", "a").has_value());
        QVERIFY(!directory->sessions().login("nobody", "nonsense", "a").has_value());
        QCOMPARE(asked, (std::vector<std::string>{"bob", "ann", "nobody"}));
    }

    void anAccessTokenEndsAfterFifteenMinutes()
    {
        TestDirectory directory;
        directory.addUser("ann");
        const Tokens tokens = directory.login("ann");

        directory.clock.nowMs += 899'000;
        QVERIFY(directory->sessions().authenticate(tokens.access).has_value());
        directory.clock.nowMs += 1'000;
        QCOMPARE(directory->sessions().authenticate(tokens.access).error().code, Error::Unauthenticated);
    }

    void aSessionOutlivesARestart()
    {
        TestDirectory directory;
        directory.addUser("ann");
        const Tokens tokens = directory.login("ann");

        directory.reopen();

        QVERIFY(directory->sessions().authenticate(tokens.access).has_value());
        QVERIFY(directory->sessions().refresh(tokens.refresh).has_value());
    }

    void whoIsSignedInGetsNewTokensOfTheSameSession()
    {
        TestDirectory directory;
        directory.addUser("ann");
        const Tokens first = directory.login("ann");
        const Identity identity = directory->sessions().authenticate(first.access).value();

        const Tokens second = directory->sessions().renew(identity).value();

        QCOMPARE(directory->sessions().count(), 1);
        QCOMPARE(directory->sessions().authenticate(second.access)->sessionId, identity.sessionId);
        QVERIFY(directory->sessions().refresh(second.refresh).has_value());
    }

    void newTokensNeedNoSessionButAnActiveUser()
    {
        TestDirectory directory;
        const UserPtr ann = directory.addUser("ann");
        const Identity identity = directory->sessions().authenticate(directory.login("ann").access).value();
        QVERIFY(directory->sessions().endAllOf(ann->id).has_value());
        QVERIFY(directory->sessions().renew(identity).has_value());

        // As after a join, with which another password came.
        directory.clock.nowMs += 1;
        QVERIFY(directory->changePassword(ann->id, "another one", identity.sessionId + "x").has_value());
        const Tokens renewed = directory->sessions().renew(identity).value();
        QVERIFY(directory->sessions().authenticate(renewed.access).has_value());

        QVERIFY(directory->removeUser(ann->id).has_value());
        QCOMPARE(directory->sessions().renew(identity).error().code, Error::Unauthenticated);
    }

    void aRefreshTokenIsGoodForOneUse()
    {
        TestDirectory directory;
        directory.addUser("ann");
        const Tokens first = directory.login("ann");
        const Tokens second = directory->sessions().refresh(first.refresh).value();
        QVERIFY(second.refresh != first.refresh);

        QVERIFY(!directory->sessions().refresh(first.refresh).has_value());

        // The second use ended the session, for whoever holds the newer tokens too.
        QVERIFY(!directory->sessions().refresh(second.refresh).has_value());
        QVERIFY(!directory->sessions().authenticate(second.access).has_value());
        QCOMPARE(directory->sessions().count(), 0);
    }

    void aRefreshTokenEndsAfterThirtyDays()
    {
        TestDirectory directory;
        directory.addUser("ann");
        const Tokens tokens = directory.login("ann");
        directory.clock.nowMs += Sessions::kRefreshMs;
        QVERIFY(!directory->sessions().refresh(tokens.refresh).has_value());
    }

    void nonsenseIsNoRefreshToken()
    {
        TestDirectory directory;
        directory.addUser("ann");
        const Tokens tokens = directory.login("ann");
        for (const std::string &text : {std::string(), std::string("."), std::string("a.b"),
                                        tokens.refresh.substr(0, tokens.refresh.find('.'))})
            QVERIFY(!directory->sessions().refresh(text).has_value());
        QVERIFY(directory->sessions().authenticate(tokens.access).has_value());
    }

    void aDisabledUserIsRefusedAtOnce()
    {
        TestDirectory directory;
        directory.addUser("root", Role::Admin);
        const UserPtr ann = directory.addUser("ann");
        const Tokens tokens = directory.login("ann");
        UserEdit edit;
        edit.status = UserStatus::Disabled;
        QVERIFY(directory->users().edit(ann->id, edit).has_value());

        QVERIFY(!directory->sessions().authenticate(tokens.access).has_value());
        QVERIFY(!directory->sessions().refresh(tokens.refresh).has_value());
        QVERIFY(!directory->sessions().login("ann", TestDirectory::passwordOf("ann"), "x").has_value());
    }

    void aChangedRoleCountsAtTheNextRequest()
    {
        TestDirectory directory;
        const UserPtr ann = directory.addUser("ann");
        const Tokens tokens = directory.login("ann");
        UserEdit edit;
        edit.roles = {Role::Admin};
        QVERIFY(directory->users().edit(ann->id, edit).has_value());

        QVERIFY(directory->sessions().authenticate(tokens.access)->user->has(Role::Admin));
    }

    void logoutEndsTheSessionAndItsShortLivedKeys()
    {
        TestDirectory directory;
        const UserPtr ann = directory.addUser("ann");
        const Tokens tokens = directory.login("ann");
        const Tokens other = directory.login("ann");
        const auto id = directory->sessions().authenticate(tokens.access)->sessionId;
        const auto key = directory->keys().createTemporary(ann->id, id).value();

        QVERIFY(directory->sessions().logout(id).has_value());

        QVERIFY(!directory->sessions().authenticate(tokens.access).has_value());
        QVERIFY(!directory->sessions().refresh(tokens.refresh).has_value());
        QVERIFY(directory->keys().find(key.key->id) == nullptr);
        QVERIFY(directory->sessions().authenticate(other.access).has_value());
    }

    void aNewPasswordEndsTheOtherSessions()
    {
        TestDirectory directory;
        const UserPtr ann = directory.addUser("ann");
        const Tokens mine = directory.login("ann");
        const Tokens other = directory.login("ann");
        const auto id = directory->sessions().authenticate(mine.access)->sessionId;

        QVERIFY(directory->changePassword(ann->id, "another one", id).has_value());

        QVERIFY(directory->sessions().authenticate(mine.access).has_value());
        QVERIFY(!directory->sessions().authenticate(other.access).has_value());
        QVERIFY(directory->sessions().login("ann", "another one", "x").has_value());
        QVERIFY(!directory->sessions().login("ann", TestDirectory::passwordOf("ann"), "x").has_value());
    }

    void theOldestOfTooManySessionsEnds()
    {
        TestDirectory directory;
        directory.addUser("ann");
        const Tokens first = directory.login("ann");
        for (std::size_t i = 0; i < Sessions::kMaxPerUser; ++i) {
            directory.clock.nowMs += 1;
            directory.login("ann");
        }
        QCOMPARE(directory->sessions().count(), Sessions::kMaxPerUser);
        QVERIFY(!directory->sessions().authenticate(first.access).has_value());
    }

    void fiveWrongPasswordsLockForAMinuteAndThenLonger()
    {
        TestDirectory directory;
        directory.addUser("ann");
        auto &sessions = directory->sessions();
        for (int i = 0; i < LoginGuard::kFreeAttempts; ++i)
            QCOMPARE(sessions.login("ann", "nonsense", "evil").error().code, Error::Unauthenticated);

        QCOMPARE(sessions.login("ann", TestDirectory::passwordOf("ann"), "evil").error().code, Error::Locked);
        QVERIFY(sessions.login("ann", TestDirectory::passwordOf("ann"), "elsewhere").has_value());
        QVERIFY(sessions.login("ann", "nonsense", "evil").error().message.contains("60 s"));

        directory.clock.nowMs += LoginGuard::kFirstLockMs;
        QCOMPARE(sessions.login("ann", "nonsense", "evil").error().code, Error::Unauthenticated);
        directory.clock.nowMs += LoginGuard::kFirstLockMs;
        QCOMPARE(sessions.login("ann", "nonsense", "evil").error().code, Error::Locked);
        directory.clock.nowMs += LoginGuard::kFirstLockMs;
        QVERIFY(sessions.login("ann", TestDirectory::passwordOf("ann"), "evil").has_value());
        QCOMPARE(sessions.login("ann", "nonsense", "evil").error().code, Error::Unauthenticated);
        QVERIFY(sessions.login("ann", TestDirectory::passwordOf("ann"), "evil").has_value());
    }

    void anOverlongNameIsRefusedWithoutAMemory()
    {
        TestDirectory directory;
        const std::string name(Users::kLongestName + 1, 'x');
        for (int i = 0; i < LoginGuard::kFreeAttempts + 1; ++i)
            QCOMPARE(directory->sessions().login(name, "nonsense", "a").error().code, Error::Unauthenticated);
    }

    void theGuardForgetsTheOldestWhenItIsFull()
    {
        fixture::FakeClock clock;
        LoginGuard guard(clock);
        for (int i = 0; i < LoginGuard::kFreeAttempts; ++i)
            guard.failed("ann", "first");
        QVERIFY(!guard.admit("ann", "first"));
        for (std::size_t i = 0; i < LoginGuard::kMaxEntries; ++i) {
            ++clock.nowMs;
            guard.failed("x", std::to_string(i));
        }
        QVERIFY(guard.admit("ann", "first").has_value());
    }

    void aTokenThatWasChangedIsRefused()
    {
        const auto key = crypto::SecretBytes::random(32);
        const std::string token = signToken({"ann", "s1", 100, 200}, key);
        QCOMPARE(verifyToken(token, key, 150)->userId, std::string("ann"));
        QCOMPARE(verifyToken(token, key, 150)->sessionId, std::string("s1"));
        QVERIFY(!verifyToken(token, key, 200).has_value());
        QVERIFY(!verifyToken(token, crypto::SecretBytes::random(32), 150).has_value());
        for (std::size_t i = 0; i < token.size(); ++i) {
            std::string changed = token;
            changed[i] = changed[i] == 'A' ? 'B' : 'A';
            QVERIFY2(!verifyToken(changed, key, 150).has_value(), std::to_string(i).c_str());
        }
        QVERIFY(!verifyToken("", key, 150).has_value());
        QVERIFY(!verifyToken("..", key, 150).has_value());
        QVERIFY(!verifyToken(token + '.', key, 150).has_value());
    }

    void aTokenCannotChooseItsAlgorithm()
    {
        const auto key = crypto::SecretBytes::random(32);
        const std::string token = signToken({"ann", "s1", 100, 200}, key);
        const std::string body = token.substr(token.find('.'), token.rfind('.') - token.find('.'));
        for (const std::string_view header :
             {R"({"alg":"none","typ":"JWT"})", R"({"alg":"HS512","typ":"JWT"})",
              R"({"typ":"JWT","alg":"HS256"})"}) {
            const std::string signedPart = toBase64Url(asBytes(header)) + body;
            QVERIFY(!verifyToken(signedPart + '.', key, 150).has_value());
            QVERIFY(!verifyToken(signedPart + '.' + toBase64Url(crypto::hmacSha256(key.view(), signedPart)),
                                 key, 150)
                         .has_value());
        }
    }
};

MAXIOFS_TEST(SessionsTest)

}  // namespace maxiofs::identity

#include "sessions_test.moc"
