// SPDX-License-Identifier: GPL-3.0-or-later
#include "membership_model.h"
#include "support/test_runner.h"

namespace maxiofs::sim {

// Each rule of the membership, broken, is noticed by random histories; none is broken in the product's.
class MembershipFlawsTest final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void rulesHoldInRandomHistories()
    {
        const Explored explored = explore(membershipScenario(), 1, {.histories = 300});

        QVERIFY2(!explored.failure, story(explored));
    }

    void flawsAreFound_data()
    {
        QTest::addColumn<int>("flaw");
        QTest::newRow("an intent that is not on the disk before the confirm") << 0;
        QTest::newRow("a removed id that is forgotten") << 1;
        QTest::newRow("an edit that revives a removed node") << 2;
        QTest::newRow("secrets taken whatever their generation") << 3;
        QTest::newRow("an overlap kept after a removal") << 4;
        QTest::newRow("secrets that a removed node may know") << 5;
        QTest::newRow("a removed node that is answered") << 6;
        QTest::newRow("a number that two members keep") << 7;
        QTest::newRow("buckets that a removed node keeps") << 8;
        QTest::newRow("an invitation with any password") << 9;
        QTest::newRow("a join with any token") << 10;
    }

    void flawsAreFound()
    {
        QFETCH(int, flaw);
        MembershipFlaws flaws;
        bool *const all[]{&flaws.losesIntent,       &flaws.forgetsRemoved, &flaws.revivesRemoved,
                          &flaws.ignoresGeneration, &flaws.keepsOverlap,   &flaws.keepsCoverage,
                          &flaws.admitsRemoved,     &flaws.keepsNumber,    &flaws.keepsOwners,
                          &flaws.anyPassword,       &flaws.anyToken};
        *all[flaw] = true;

        const Explored explored = explore(membershipScenario(flaws), 1, {.histories = 10'000});

        QVERIFY(explored.failure);
        qInfo("after %llu histories: %s", static_cast<unsigned long long>(explored.histories),
              story(explored));
    }

private:
    const char *story(const Explored &explored)
    {
        m_story.clear();
        if (explored.failure)
            m_story = "seed " + std::to_string(explored.failure->seed) + ": " + explored.failure->promise +
                      '\n' + explored.failure->story;
        return m_story.c_str();
    }

    std::string m_story;
};

}  // namespace maxiofs::sim

using maxiofs::sim::MembershipFlawsTest;
MAXIOFS_TEST(MembershipFlawsTest)

#include "membership_test.moc"
