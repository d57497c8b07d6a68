// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/deadlines.h"

#include "support/test_runner.h"

#include <memory>

namespace maxiofs::net {

class DeadlinesTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void waitingTooLongIsLateOnce();
    void timeWithoutWaitingDoesNotCount();
    void newPhaseBeginsAnew();
    void enoughBytesRenewTheWindow();
    void trickleIsLate();
    void paceOfZeroHasNoLimit();
    void deadlinesLeaveInAnyOrder();
};

namespace {

using std::chrono::milliseconds;

void countLate(void *count)
{
    ++*static_cast<int *>(count);
}

}  // namespace

void DeadlinesTest::waitingTooLongIsLateOnce()
{
    Deadlines deadlines;
    int late = 0;
    Deadline deadline(deadlines, countLate, &late);
    deadline.enter({milliseconds(100), 0});
    deadline.beginWait();

    deadlines.sweep(milliseconds(99));
    QCOMPARE(late, 0);
    deadlines.sweep(milliseconds(1));
    deadlines.sweep(milliseconds(100));

    QCOMPARE(late, 1);
    QVERIFY(deadline.isLate());
}

void DeadlinesTest::timeWithoutWaitingDoesNotCount()
{
    Deadlines deadlines;
    int late = 0;
    Deadline deadline(deadlines, countLate, &late);
    deadline.enter({milliseconds(100), 0});

    deadlines.sweep(milliseconds(1000));
    deadline.beginWait();
    deadlines.sweep(milliseconds(60));
    deadline.endWait();
    deadlines.sweep(milliseconds(1000));
    QCOMPARE(late, 0);
    deadline.beginWait();
    deadlines.sweep(milliseconds(60));

    QCOMPARE(late, 1);
}

void DeadlinesTest::newPhaseBeginsAnew()
{
    Deadlines deadlines;
    int late = 0;
    Deadline deadline(deadlines, countLate, &late);
    deadline.enter({milliseconds(100), 0});
    deadline.beginWait();
    deadlines.sweep(milliseconds(90));

    deadline.enter({milliseconds(100), 0});
    deadlines.sweep(milliseconds(90));

    QCOMPARE(late, 0);
}

void DeadlinesTest::enoughBytesRenewTheWindow()
{
    Deadlines deadlines;
    int late = 0;
    Deadline deadline(deadlines, countLate, &late);
    deadline.enter({milliseconds(100), 1000});
    deadline.beginWait();

    for (int window = 0; window < 5; ++window) {
        deadline.progress(1000);
        deadlines.sweep(milliseconds(100));
    }

    QCOMPARE(late, 0);
}

void DeadlinesTest::trickleIsLate()
{
    Deadlines deadlines;
    int late = 0;
    Deadline deadline(deadlines, countLate, &late);
    deadline.enter({milliseconds(100), 1000});
    for (int i = 0; i < 10; ++i) {
        deadline.beginWait();
        deadlines.sweep(milliseconds(10));
        deadline.endWait();
        deadline.progress(99);
    }

    QCOMPARE(late, 1);
}

void DeadlinesTest::paceOfZeroHasNoLimit()
{
    Deadlines deadlines;
    int late = 0;
    Deadline deadline(deadlines, countLate, &late);
    deadline.enter({});
    deadline.beginWait();

    deadlines.sweep(milliseconds(1'000'000));

    QCOMPARE(late, 0);
}

void DeadlinesTest::deadlinesLeaveInAnyOrder()
{
    Deadlines deadlines;
    int late = 0;
    std::vector<std::unique_ptr<Deadline>> all;
    for (int i = 0; i < 5; ++i) {
        all.push_back(std::make_unique<Deadline>(deadlines, countLate, &late));
        all.back()->enter({milliseconds(1), 0});
        all.back()->beginWait();
    }

    all[2].reset();
    all[4].reset();
    all[0].reset();
    QCOMPARE(deadlines.size(), std::size_t(2));
    deadlines.sweep(milliseconds(1));

    QCOMPARE(late, 2);
    all.clear();
    QCOMPARE(deadlines.size(), std::size_t(0));
}

}  // namespace maxiofs::net

using maxiofs::net::DeadlinesTest;
MAXIOFS_TEST(DeadlinesTest)
#include "deadlines_test.moc"
