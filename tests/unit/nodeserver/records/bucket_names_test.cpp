// SPDX-License-Identifier: GPL-3.0-or-later
#include "records/bucket_names.h"

#include "records/bucket_name.h"
#include "support/test_runner.h"

#include <algorithm>
#include <random>

namespace maxiofs::records {

namespace bucket_names_test {

using Claims = std::map<BucketId, BucketNames::Claim>;

// Few beginnings, so that conflict names meet.
BucketId bucketNumber(unsigned beginning, unsigned number)
{
    BucketId id;
    id.bytes[0] = static_cast<std::byte>(beginning);
    id.bytes[15] = static_cast<std::byte>(number);
    return id;
}

Stamp at(std::uint64_t time)
{
    return {time, bucketNumber(1, 1)};
}

// The rule said once more, over all claims.
std::map<BucketId, std::string> shownInModel(const Claims &claims)
{
    std::map<BucketId, std::string> shown;
    for (const auto &[id, claim] : claims) {
        const auto isBetter = [&](const auto &other) {
            return other.second.name == claim.name &&
                   std::pair(other.second.since, other.first) < std::pair(claim.since, id);
        };
        if (std::ranges::none_of(claims, isBetter)) {
            shown[id] = claim.name;
            continue;
        }
        const std::string name = conflictNameOf(claim.name, id);
        const bool isFree = std::ranges::none_of(claims, [&](const auto &other) {
            return other.second.name == name ||
                   (other.first != id && conflictNameOf(other.second.name, other.first) == name);
        });
        shown[id] = isFree ? name : "conflict-" + id.hex();
    }
    return shown;
}

std::map<BucketId, std::string> shownOf(const BucketNames &names, const Claims &claims)
{
    std::map<BucketId, std::string> shown;
    for (const auto &[id, claim] : claims)
        shown[id] = names.shownBy(id);
    return shown;
}

}  // namespace bucket_names_test

using namespace bucket_names_test;

class BucketNamesTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void theFirstKeepsTheName()
    {
        const BucketId older = bucketNumber(0xab, 1);
        const BucketId newer = bucketNumber(0xcd, 2);
        BucketNames names;
        names.put(newer, {"photos", at(20)});
        QCOMPARE(names.shownBy(newer), std::string("photos"));

        const auto affected = names.put(older, {"photos", at(10)});

        QVERIFY((affected == std::set{older, newer}));
        QCOMPARE(names.shownBy(older), std::string("photos"));
        QCOMPARE(names.shownBy(newer), std::string("photos-conflict-cd000000"));
        names.remove(older);
        QCOMPARE(names.shownBy(newer), std::string("photos"));
    }

    void ofEqualStampsTheSmallerIdKeepsIt()
    {
        BucketNames names;
        names.put(bucketNumber(2, 0), {"photos", at(10)});
        names.put(bucketNumber(1, 0), {"photos", at(10)});
        QCOMPARE(names.shownBy(bucketNumber(1, 0)), std::string("photos"));
    }

    void aConflictNameIsAValidName()
    {
        const std::string longest(63, 'a');
        QVERIFY(checkBucketName(conflictNameOf(longest, BucketId::random())).has_value());
        QCOMPARE(conflictNameOf(longest, bucketNumber(1, 0)), std::string(40, 'a') + "-conflict-01000000");
        QVERIFY(checkBucketName("conflict-" + BucketId::random().hex()).has_value());
    }

    // Whatever the order of claims, changes and removals: what is shown is what the rule says of those that
    // are left, no name is shown twice, and only those that were said to be affected show another.
    void whatIsShownDependsOnTheClaimsAlone()
    {
        const unsigned seed = std::random_device{}();
        qInfo("seed %u", seed);
        std::mt19937 random(seed);
        std::vector<std::string> words{"photos", "videos", std::string(60, 'x')};
        for (unsigned beginning = 0; beginning < 3; ++beginning)
            words.push_back(conflictNameOf("photos", bucketNumber(beginning, 0)));
        for (int round = 0; round < 300; ++round) {
            Claims claims;
            BucketNames names;
            std::map<BucketId, std::string> watched;
            for (int step = 0; step < 40; ++step) {
                const BucketId id = bucketNumber(random() % 3, random() % 4);
                std::set<BucketId> affected;
                if (random() % 4 == 0) {
                    claims.erase(id);
                    watched.erase(id);
                    affected = names.remove(id);
                } else {
                    const BucketNames::Claim claim{words[random() % words.size()], at(random() % 5)};
                    claims[id] = claim;
                    affected = names.put(id, claim);
                }
                for (const BucketId &each : affected)
                    watched[each] = names.shownBy(each);
                QVERIFY(watched == shownInModel(claims));
            }

            std::vector<std::pair<BucketId, BucketNames::Claim>> order(claims.begin(), claims.end());
            std::ranges::shuffle(order, random);
            BucketNames again;
            for (const auto &[id, claim] : order)
                again.put(id, claim);
            const auto shown = shownOf(again, claims);
            QVERIFY(shown == watched);
            std::set<std::string> unique;
            for (const auto &[id, name] : shown)
                unique.insert(name);
            QCOMPARE(unique.size(), shown.size());
        }
    }
};

MAXIOFS_TEST(BucketNamesTest)

}  // namespace maxiofs::records

#include "bucket_names_test.moc"
