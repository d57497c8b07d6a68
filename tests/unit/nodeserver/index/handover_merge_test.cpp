// SPDX-License-Identifier: GPL-3.0-or-later
#include "index/handover_merge.h"
#include "support/test_runner.h"

#include <algorithm>
#include <map>
#include <random>
#include <set>

namespace maxiofs::index {

namespace handover_merge_test {

NodeId nodeOf(std::uint8_t number)
{
    NodeId node;
    node.bytes[0] = std::byte{number};
    return node;
}

MergedSide side(std::uint64_t time, bool isRemoval = false, bool isApart = true)
{
    return {{time, nodeOf(1)}, isRemoval, isApart};
}

// One key at the node that owns the bucket: what is there, and what stays beside it.
struct Kept {
    std::optional<MergedSide> current;
    std::set<Stamp> conflicts;

    void take(const MergedSide &theirs)
    {
        switch (mergeHandedOver(current, theirs)) {
        case HandoverMerge::Nothing: return;
        case HandoverMerge::KeepTheirs: conflicts.insert(theirs.stamp); return;
        case HandoverMerge::TakeKeepOurs: conflicts.insert(current->stamp); break;
        case HandoverMerge::Take: break;
        }
        current = theirs;
    }
};

}  // namespace handover_merge_test

using namespace handover_merge_test;

class HandoverMergeTest final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void whatIsMissingIsTaken()
    {
        QCOMPARE(mergeHandedOver(std::nullopt, side(5)), HandoverMerge::Take);
        QCOMPARE(mergeHandedOver(std::nullopt, side(5, true)), HandoverMerge::Take);
    }

    void theSameChangeIsThereAlready()
    {
        QCOMPARE(mergeHandedOver(side(5), side(5)), HandoverMerge::Nothing);
    }

    void aLoserThatWasMadeApartStays()
    {
        QCOMPARE(mergeHandedOver(side(5), side(7)), HandoverMerge::TakeKeepOurs);
        QCOMPARE(mergeHandedOver(side(7), side(5)), HandoverMerge::KeepTheirs);
    }

    void whatWasOnlyOlderDoesNotStay()
    {
        QCOMPARE(mergeHandedOver(side(5, false, false), side(7)), HandoverMerge::Take);
        QCOMPARE(mergeHandedOver(side(7), side(5, false, false)), HandoverMerge::Nothing);
    }

    void aRemovalWinsAndLosesLikeAVersionAndLeavesNothing()
    {
        QCOMPARE(mergeHandedOver(side(5), side(7, true)), HandoverMerge::TakeKeepOurs);
        QCOMPARE(mergeHandedOver(side(5, true), side(7)), HandoverMerge::Take);
        QCOMPARE(mergeHandedOver(side(7), side(5, true)), HandoverMerge::Nothing);
    }

    void stampsOfOneTimeAreToldApartByTheirNodes()
    {
        const MergedSide one{{5, nodeOf(1)}, false, true};
        const MergedSide two{{5, nodeOf(2)}, false, true};

        QCOMPARE(mergeHandedOver(one, two), HandoverMerge::TakeKeepOurs);
        QCOMPARE(mergeHandedOver(two, one), HandoverMerge::KeepTheirs);
    }

    void theOrderInWhichTheyHandOverDoesNotMatter()
    {
        const std::uint32_t seed = std::random_device()();
        qInfo("seed %u", seed);
        std::mt19937 random(seed);
        for (int round = 0; round < 500; ++round) {
            std::map<std::uint64_t, MergedSide> sides;
            for (int i = 0; i < 5; ++i) {
                const std::uint64_t time = random() % 8;
                sides.emplace(time, side(time, random() % 3 == 0));
            }
            std::vector<MergedSide> order;
            for (const auto &[time, one] : sides)
                order.push_back(one);
            std::optional<Kept> first;
            for (int i = 0; i < 6; ++i) {
                std::ranges::shuffle(order, random);
                Kept kept;
                for (const MergedSide &one : order)
                    kept.take(one);
                if (!first)
                    first = kept;

                QCOMPARE(kept.current->stamp.time, sides.rbegin()->first);
                QVERIFY(kept.conflicts == first->conflicts);
            }
        }
    }

    void aConflictIsNamedAfterItsStamp()
    {
        QCOMPARE(conflictNameOf({0x1234, nodeOf(0xab)}), std::string("conflict-0000000000001234-ab000000"));
    }
};

MAXIOFS_TEST(HandoverMergeTest)

}  // namespace maxiofs::index

#include "handover_merge_test.moc"
