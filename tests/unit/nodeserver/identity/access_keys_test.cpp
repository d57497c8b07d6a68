// SPDX-License-Identifier: GPL-3.0-or-later
#include "identity/access_keys.h"

#include "identity_fixture.h"
#include "support/test_runner.h"

#include <thread>

namespace maxiofs::identity {

using fixture::TestDirectory;

class AccessKeysTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aKeyOutlivesARestart()
    {
        TestDirectory directory;
        const UserPtr ann = directory.addUser("ann");
        AccessKeyEdit limits;
        limits.description = "backup";
        limits.readOnly = true;
        limits.buckets = {"photos"};
        limits.prefix = "2025/";
        limits.expiresMs = directory.clock.nowMs + 1000;
        const MadeAccessKey made = directory->keys().create({ann->id, {}, {}, limits}).value();
        const auto before = directory->keys().findSigner(made.key->id, "20251213", "us-east-1").value();

        directory.reopen();

        const auto signer = directory->keys().findSigner(made.key->id, "20251213", "us-east-1").value();
        QVERIFY(signer.key == before.key);
        QVERIFY(signer.key == sigv4::signingKey(made.secret, "20251213", "us-east-1"));
        QCOMPARE(signer.identity.user->id, ann->id);
        const AccessKey &key = *signer.identity.key;
        QCOMPARE(key.description, std::string("backup"));
        QVERIFY(key.readOnly && key.enabled && !key.isTemporary());
        QVERIFY(key.buckets == std::vector<std::string>{"photos"});
        QCOMPARE(key.prefix, std::string("2025/"));
        QCOMPARE(key.expiresMs, directory.clock.nowMs + 1000);
    }

    void eachDayAndRegionHasItsSigningKey()
    {
        TestDirectory directory;
        const UserPtr ann = directory.addUser("ann");
        const MadeAccessKey made = directory->keys().create({ann->id, "MYKEY", "mysecret1", {}}).value();
        for (int round = 0; round < 2; ++round) {
            for (int day = 10; day < 20; ++day) {
                for (const char *region : {"us-east-1", "eu"}) {
                    const std::string date = "202512" + std::to_string(day);
                    QVERIFY(directory->keys().findSigner("MYKEY", date, region)->key ==
                            sigv4::signingKey("mysecret1", date, region));
                }
            }
        }
    }

    void aKeyThatMayNotSignIsRefused()
    {
        TestDirectory directory;
        directory.addUser("root", Role::Admin);
        const UserPtr ann = directory.addUser("ann");
        auto &keys = directory->keys();
        const auto codeOf = [&](std::string_view id) {
            const auto signer = keys.findSigner(id, "20251213", "r");
            return signer ? -1 : static_cast<int>(signer.error().code);
        };
        AccessKeyEdit limits;
        limits.expiresMs = directory.clock.nowMs + 1000;
        QVERIFY(keys.create({ann->id, "KEY", "secret11", limits}).has_value());
        QCOMPARE(codeOf("KEY"), -1);
        QCOMPARE(codeOf("OTHER"), Error::Unauthenticated);
        QCOMPARE(codeOf(""), Error::Unauthenticated);

        directory.clock.nowMs += 1000;
        QCOMPARE(codeOf("KEY"), Error::Denied);
        AccessKeyEdit edit;
        edit.expiresMs = 0;
        QVERIFY(keys.edit("KEY", edit).has_value());
        QCOMPARE(codeOf("KEY"), -1);
        edit.enabled = false;
        QVERIFY(keys.edit("KEY", edit).has_value());
        QCOMPARE(codeOf("KEY"), Error::Denied);
        edit.enabled = true;
        QVERIFY(keys.edit("KEY", edit).has_value());

        UserEdit disable;
        disable.status = UserStatus::Disabled;
        QVERIFY(directory->users().edit(ann->id, disable).has_value());
        QCOMPARE(codeOf("KEY"), Error::Denied);
        QVERIFY(keys.remove("KEY").has_value());
        QCOMPARE(codeOf("KEY"), Error::Unauthenticated);
    }

    void wrongKeysAreRefused()
    {
        TestDirectory directory;
        const UserPtr ann = directory.addUser("ann");
        auto &keys = directory->keys();
        QCOMPARE(keys.create({"nobody", {}, {}, {}}).error().code, Error::NotFound);
        QCOMPARE(keys.create({ann->id, "a b c", {}, {}}).error().subject, std::string("id"));
        QCOMPARE(keys.create({ann->id, "ab", {}, {}}).error().subject, std::string("id"));
        QCOMPARE(keys.create({ann->id, "abc", "short", {}}).error().subject, std::string("secret"));
        QVERIFY(keys.create({ann->id, "abc", {}, {}}).has_value());
        QCOMPARE(keys.create({ann->id, "abc", {}, {}}).error().code, Error::AlreadyExists);
        QCOMPARE(keys.edit("none", {}).error().code, Error::NotFound);
        QCOMPARE(keys.remove("none").error().code, Error::NotFound);
    }

    void aUserHasAtMostAHundredKeys()
    {
        TestDirectory directory;
        const UserPtr ann = directory.addUser("ann");
        for (std::size_t i = 0; i < AccessKeys::kMaxPerUser; ++i)
            QVERIFY(directory->keys().create({ann->id, {}, {}, {}}).has_value());
        QCOMPARE(directory->keys().create({ann->id, {}, {}, {}}).error().code, Error::Quota);
        QCOMPARE(directory->keys().ofUser(ann->id).size(), AccessKeys::kMaxPerUser);
    }

    void aTemporaryKeyEndsByItself()
    {
        TestDirectory directory;
        const UserPtr ann = directory.addUser("ann");
        const auto made = directory->keys().createTemporary(ann->id, "s1").value();
        directory.reopen();  // another node would know it as well
        const auto signer = directory->keys().findSigner(made.key->id, "20251213", "r");
        QVERIFY(signer.has_value());
        QVERIFY(signer->key == sigv4::signingKey(made.secret, "20251213", "r"));
        QVERIFY(directory->keys().ofUser(ann->id).empty());
        QCOMPARE(directory->keys().remove(made.key->id).error().code, Error::NotFound);
        QCOMPARE(directory->keys().edit(made.key->id, {}).error().code, Error::NotFound);

        directory.clock.nowMs += AccessKeys::kTemporaryMs;
        QCOMPARE(directory->keys().findSigner(made.key->id, "20251213", "r").error().code, Error::Denied);
        QVERIFY(directory->keys().createTemporary(ann->id, "s1").has_value());
        QVERIFY(directory->keys().find(made.key->id) == nullptr);
        QCOMPARE(directory.records().load(records::Kind::AccessKey)->size(), 1U);
    }

    void theOldestOfTooManyTemporaryKeysOfASessionEnds()
    {
        TestDirectory directory;
        const UserPtr ann = directory.addUser("ann");
        const auto other = directory->keys().createTemporary(ann->id, "s2").value();
        const auto first = directory->keys().createTemporary(ann->id, "s1").value();
        for (std::size_t i = 0; i < AccessKeys::kMaxPerSession; ++i) {
            QVERIFY(directory->keys().find(first.key->id) != nullptr);
            directory.clock.nowMs += 1;
            QVERIFY(directory->keys().createTemporary(ann->id, "s1").has_value());
        }
        QVERIFY(directory->keys().find(first.key->id) == nullptr);
        QVERIFY(directory->keys().find(other.key->id) != nullptr);
    }

    void lookUpsRunBesideChanges()
    {
        TestDirectory directory;
        const UserPtr ann = directory.addUser("ann");
        QVERIFY(directory->keys().create({ann->id, "KEY", "secret11", {}}).has_value());
        const auto expected = sigv4::signingKey("secret11", "20251213", "r");
        std::atomic<int> wrong = 0;
        {
            std::vector<std::jthread> threads;
            for (int i = 0; i < 4; ++i) {
                threads.emplace_back([&] {
                    for (int k = 0; k < 2000; ++k) {
                        const auto signer = directory->keys().findSigner("KEY", "20251213", "r");
                        wrong += signer && signer->key == expected ? 0 : 1;
                    }
                });
            }
            for (int i = 0; i < 20; ++i) {
                AccessKeyEdit edit;
                edit.description = std::to_string(i);
                QVERIFY(directory->keys().edit("KEY", edit).has_value());
            }
        }
        QCOMPARE(wrong.load(), 0);
    }
};

MAXIOFS_TEST(AccessKeysTest)

}  // namespace maxiofs::identity

#include "access_keys_test.moc"
