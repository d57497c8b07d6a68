// SPDX-License-Identifier: GPL-3.0-or-later
#include "identity/name_claims.h"

#include "support/test_runner.h"

#include <algorithm>
#include <random>

namespace maxiofs::identity {

namespace name_claims_test {

const std::string kFirst = "11111111-aaaa";
const std::string kSecond = "22222222-bbbb";
const std::string kThird = "33333333-cccc";

}  // namespace name_claims_test

using namespace name_claims_test;

class NameClaimsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void theOlderClaimHasTheName()
    {
        NameClaims claims(128);
        QVERIFY(claims.set(kSecond, "ann", 20).empty());
        QVERIFY(claims.set(kFirst, "ann", 10) == std::vector{kSecond});

        QCOMPARE(claims.nameOf(kFirst), std::string("ann"));
        QCOMPARE(claims.nameOf(kSecond), std::string("ann-conflict-22222222"));
        QCOMPARE(*claims.holderOf("ann"), kFirst);
        QCOMPARE(*claims.holderOf("ann-conflict-22222222"), kSecond);
        QVERIFY(claims.holderOf("ann-conflict-11111111") == nullptr);
        QVERIFY(claims.losers() == (NameClaims::Losers{{"ann-conflict-22222222", kSecond}}));
    }

    void ofEquallyOldOnesTheSmallerIdHasTheName()
    {
        NameClaims claims(128);
        claims.set(kSecond, "ann", 10);
        claims.set(kFirst, "ann", 10);
        QCOMPARE(claims.nameOf(kFirst), std::string("ann"));
    }

    void aFreedNameGoesToTheNext()
    {
        NameClaims claims(128);
        claims.set(kFirst, "ann", 10);
        claims.set(kSecond, "ann", 20);
        claims.set(kThird, "ann", 30);

        QVERIFY(claims.drop(kFirst) == std::vector{kSecond});
        QCOMPARE(claims.nameOf(kSecond), std::string("ann"));
        QVERIFY(claims.holderOf("ann-conflict-22222222") == nullptr);

        QVERIFY(claims.set(kSecond, "anna", 40) == std::vector{kThird});
        QCOMPARE(claims.nameOf(kThird), std::string("ann"));
        QCOMPARE(*claims.holderOf("anna"), kSecond);
        QVERIFY(claims.losers().empty());
    }

    void whoLosesAnotherNameIsToldAgain()
    {
        NameClaims claims(128);
        claims.set(kFirst, "ann", 10);
        claims.set(kThird, "bob", 10);
        claims.set(kSecond, "ann", 20);
        const NameClaims::Losers before = claims.losers();
        QVERIFY(claims.lostSince(before).empty());

        claims.set(kSecond, "bob", 20);

        const auto lost = claims.lostSince(before);
        QCOMPARE(lost.size(), 1U);
        QCOMPARE(lost[0].before, std::string("bob"));
        QCOMPARE(lost[0].name, std::string("bob-conflict-22222222"));
    }

    void aChosenNameGoesBeforeAConflictsName()
    {
        NameClaims claims(128);
        claims.set(kFirst, "ann", 10);
        claims.set(kSecond, "ann", 20);
        claims.set(kThird, "ann-conflict-22222222", 30);

        QCOMPARE(*claims.holderOf("ann-conflict-22222222"), kThird);
        claims.drop(kThird);
        QCOMPARE(*claims.holderOf("ann-conflict-22222222"), kSecond);
    }

    void aLongNameIsCutBetweenCharacters()
    {
        NameClaims claims(23);
        claims.set(kFirst, "\xC3\xA4\xC3\xA4\xC3\xA4\xC3\xA4", 10);
        claims.set(kSecond, "\xC3\xA4\xC3\xA4\xC3\xA4\xC3\xA4", 20);
        QCOMPARE(claims.nameOf(kSecond), std::string("\xC3\xA4\xC3\xA4-conflict-22222222"));
    }

    // Whatever the order in which the claims became known, all nodes show the same names.
    void theNamesAreAFunctionOfTheClaims()
    {
        const unsigned seed = std::random_device()();
        qInfo("seed %u", seed);
        std::mt19937 random(seed);
        const auto pick = [&](unsigned below) { return random() % below; };
        for (int round = 0; round < 200; ++round) {
            NameClaims grown(128);
            std::map<std::string, std::pair<std::string, std::int64_t>> wanted;
            for (int step = 0; step < 40; ++step) {
                const std::string id = std::to_string(pick(8)) + "-0000000";
                if (pick(4) == 0) {
                    grown.drop(id);
                    wanted.erase(id);
                    continue;
                }
                wanted[id] = {std::string(1, static_cast<char>('a' + pick(3))), pick(4)};
                grown.set(id, wanted[id].first, wanted[id].second);
            }
            std::vector<std::string> ids;
            for (const auto &[id, unused] : wanted)
                ids.push_back(id);
            std::ranges::shuffle(ids, random);
            NameClaims fresh(128);
            for (const std::string &id : ids)
                fresh.set(id, wanted[id].first, wanted[id].second);
            for (const std::string &id : ids) {
                QCOMPARE(grown.nameOf(id), fresh.nameOf(id));
                QVERIFY(grown.holderOf(grown.nameOf(id)) != nullptr);
                QCOMPARE(*grown.holderOf(grown.nameOf(id)), id);
            }
        }
    }

    void aChangeNamesAllWhoAreShownDifferently()
    {
        const unsigned seed = std::random_device()();
        qInfo("seed %u", seed);
        std::mt19937 random(seed);
        NameClaims claims(128);
        std::map<std::string, std::string> shown;
        for (int step = 0; step < 3000; ++step) {
            const std::string id = std::to_string(random() % 8) + "-0000000";
            std::vector<std::string> told;
            if (random() % 4 == 0) {
                told = claims.drop(id);
                shown.erase(id);
            } else {
                told = claims.set(id, std::string(1, static_cast<char>('a' + random() % 3)),
                                  static_cast<std::int64_t>(random() % 4));
                shown[id] = claims.nameOf(id);
            }
            for (const std::string &other : told)
                shown[other] = claims.nameOf(other);
            for (const auto &[each, name] : shown)
                QCOMPARE(name, claims.nameOf(each));
        }
    }
};

MAXIOFS_TEST(NameClaimsTest)

}  // namespace maxiofs::identity

#include "name_claims_test.moc"
