// SPDX-License-Identifier: GPL-3.0-or-later
#include "cluster/rules/rule_comparison.h"
#include "support/test_runner.h"

#include <algorithm>
#include <map>
#include <random>

namespace maxiofs::test {

namespace rule_comparison_test {

using namespace cluster::rules;
using Kind = ManifestEntry::Kind;

ManifestEntry entry(const std::string &key, std::uint64_t stamp, Kind kind = Kind::Version)
{
    return {.name = {key, {}}, .kind = kind, .stamp = {stamp, {}}, .headerStamp = {stamp, {}}};
}

// What is found, as "key" or "-key" for a removal and "!key" for a repair.
std::string textOf(const std::vector<BatchEntry> &entries)
{
    std::string text;
    for (const BatchEntry &found : entries) {
        text += found.what == BatchEntry::What::Removal  ? "-"
                : found.what == BatchEntry::What::Repair ? "!"
                                                         : "";
        text += found.name.key + ' ';
    }
    return text;
}

ReplicationRule replica()
{
    return {};  // of equal, null ids
}

ReplicationRule copy()
{
    ReplicationRule rule;
    rule.destinationBucket.bytes[0] = std::byte{1};
    return rule;
}

std::string compareOnce(const ReplicationRule &rule, std::vector<ManifestEntry> ours,
                        std::vector<ManifestEntry> theirs, bool whole = true)
{
    RuleComparison comparison(rule);
    comparison.takeTheirs({std::move(theirs), false, true});
    return textOf(comparison.takeOurs({std::move(ours), false, whole}));
}

ManifestPage pageOf(const std::map<std::string, ManifestEntry> &entries,
                    const std::optional<VersionName> &after, std::size_t most)
{
    ManifestPage page;
    for (auto it = after ? entries.upper_bound(after->key) : entries.begin(); it != entries.end(); ++it) {
        if (page.entries.size() == most) {
            page.more = true;
            break;
        }
        page.entries.push_back(it->second);
    }
    return page;
}

}  // namespace rule_comparison_test

using namespace rule_comparison_test;

class RuleComparisonTest final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void removalWinsOverWhatIsNotNewer();
    void newerHeaderWins();
    void namesAreInTheOrderOfManifests();
    void missingAndOlderAreSent();
    void extraIsRemovedFromAReplicaAlone();
    void nothingIsRemovedWhileSomethingIsDamagedHere();
    void whatDoesNotTravelIsLeftOut();
    void pagesOfAnySizeFindTheSame();
};

void RuleComparisonTest::removalWinsOverWhatIsNotNewer()
{
    QVERIFY(compareStates(entry("a", 5, Kind::Tombstone), entry("a", 5)) > 0);
    QVERIFY(compareStates(entry("a", 5, Kind::Tombstone), entry("a", 6)) < 0);
    QVERIFY(compareStates(entry("a", 5), entry("a", 5, Kind::Tombstone)) < 0);
}

void RuleComparisonTest::newerHeaderWins()
{
    ManifestEntry changed = entry("a", 5);
    changed.headerStamp = {9, {}};

    QVERIFY(compareStates(changed, entry("a", 5)) > 0);
    QVERIFY(compareStates(changed, entry("a", 6)) < 0);
    QVERIFY(compareStates(changed, entry("a", 5, Kind::Tombstone)) < 0);
}

void RuleComparisonTest::namesAreInTheOrderOfManifests()
{
    const VersionName null{"a", {}};
    const VersionName older{"a", Stamp{1, {}}};
    const VersionName newer{"a", Stamp{2, {}}};

    QVERIFY(null < newer);
    QVERIFY(newer < older);
    QVERIFY(older < (VersionName{"a\x01", {}}));
    QVERIFY((VersionName{"a\x7f", {}}) < (VersionName{"a\x80", {}}));
}

void RuleComparisonTest::missingAndOlderAreSent()
{
    ManifestEntry rotten = entry("d", 1);
    rotten.size = 7;

    QCOMPARE(compareOnce(replica(), {entry("a", 1), entry("b", 2), entry("c", 1), entry("d", 1)},
                         {entry("b", 1), entry("c", 2), rotten}),
             std::string("a b !d "));
}

void RuleComparisonTest::extraIsRemovedFromAReplicaAlone()
{
    const std::vector<ManifestEntry> theirs{entry("a", 1), entry("b", 1, Kind::Tombstone)};

    QCOMPARE(compareOnce(replica(), {}, theirs), std::string("-a "));
    QCOMPARE(compareOnce(copy(), {}, theirs), std::string());
    QCOMPARE(compareOnce(copy(), {entry("a", 2, Kind::Tombstone)}, theirs), std::string("a "));
}

void RuleComparisonTest::nothingIsRemovedWhileSomethingIsDamagedHere()
{
    QCOMPARE(compareOnce(replica(), {}, {entry("a", 1)}, false), std::string());
}

void RuleComparisonTest::whatDoesNotTravelIsLeftOut()
{
    ReplicationRule rule = replica();
    rule.deletes = false;
    rule.metadata = false;
    ManifestEntry changed = entry("a", 1);
    changed.headerStamp = {9, {}};

    QCOMPARE(compareOnce(rule, {changed, entry("b", 2, Kind::Tombstone), entry("c", 2, Kind::Marker)},
                         {entry("a", 1), entry("b", 1), entry("z", 1)}),
             std::string());
}

void RuleComparisonTest::pagesOfAnySizeFindTheSame()
{
    const auto seed = std::random_device()();
    std::mt19937 random(seed);
    for (int round = 0; round < 300; ++round) {
        std::map<std::string, ManifestEntry> ours;
        std::map<std::string, ManifestEntry> theirs;
        for (int i = 0; i < 20; ++i) {
            const std::string key(1, static_cast<char>('a' + i));
            if (random() % 2 == 0)
                ours.emplace(key, entry(key, 1 + random() % 2));
            if (random() % 2 == 0)
                theirs.emplace(key, entry(key, 1 + random() % 2));
        }
        const ReplicationRule rule = replica();
        RuleComparison whole(rule);
        whole.takeTheirs(pageOf(theirs, {}, 100));
        const std::string expected = textOf(whole.takeOurs(pageOf(ours, {}, 100)));

        RuleComparison paged(rule);
        std::string found;
        int pages = 0;
        while (!paged.isOver() && ++pages < 100) {
            if (paged.needsTheirs())
                paged.takeTheirs(pageOf(theirs, paged.after(), 1 + random() % 4));
            found += textOf(paged.takeOurs(pageOf(ours, paged.after(), 1 + random() % 4)));
        }

        QVERIFY2(found == expected && paged.counts.compared == whole.counts.compared,
                 ("seed " + std::to_string(seed) + ": " + found + "instead of " + expected).c_str());
    }
}

MAXIOFS_TEST(RuleComparisonTest)

}  // namespace maxiofs::test

#include "rule_comparison_test.moc"
