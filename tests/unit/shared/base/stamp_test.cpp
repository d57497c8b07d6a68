// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/stamp.h"

#include "support/test_runner.h"

namespace maxiofs {

class StampTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void aLaterClockGivesItsOwnTime()
    {
        const NodeId node = Id128::random();
        const Stamp first = Stamp::after({}, 1'000, node);

        const Stamp second = Stamp::after(first, 2'000, node);

        QCOMPARE(first.unixMs(), std::int64_t{1'000});
        QCOMPARE(second.unixMs(), std::int64_t{2'000});
        QVERIFY(second.node == node);
    }

    void aClockThatStandsOrFallsBackStillRises()
    {
        const NodeId node = Id128::random();
        Stamp stamp = Stamp::after({}, 5'000, node);

        for (const std::int64_t now : {5'000, 5'000, 3, -7}) {
            const Stamp next = Stamp::after(stamp, now, node);
            QVERIFY(next > stamp);
            stamp = next;
        }

        QCOMPARE(stamp.unixMs(), std::int64_t{5'000});
    }

    void equalTimesAreOrderedByNode()
    {
        Stamp a{7, {}};
        Stamp b{7, {}};
        b.node.bytes[0] = std::byte{1};

        QVERIFY(a < b);
        a.time = 8;
        QVERIFY(b < a);
    }
};

MAXIOFS_TEST(StampTest)

}  // namespace maxiofs

#include "stamp_test.moc"
