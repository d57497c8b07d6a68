// SPDX-License-Identifier: GPL-3.0-or-later
#include "cluster/machine_thread.h"

#include "support/test_runner.h"

#include <algorithm>
#include <future>
#include <set>

using namespace maxiofs;
using namespace maxiofs::cluster;

namespace machine_thread_test {

constexpr std::chrono::seconds kPatience(30);

// Keeps what was asked until the test answers.
struct Questions {
    base::Mutex mutex;
    std::vector<MachineThread::Arrived> waiting GUARDED_BY(mutex);

    MachineThread::Ask ask()
    {
        return [this](const rules::Peer &, rules::Request, std::int64_t, MachineThread::Arrived arrived) {
            const base::MutexLock lock(mutex);
            waiting.push_back(std::move(arrived));
        };
    }
    std::vector<MachineThread::Arrived> take()
    {
        const base::MutexLock lock(mutex);
        return std::exchange(waiting, {});
    }
};

}  // namespace machine_thread_test

using namespace machine_thread_test;

class MachineThreadTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void jobsRunInTheirOrderOnOneThread()
    {
        MachineThread thread("test", SystemClock::instance(), {});
        std::vector<int> seen;
        std::set<std::thread::id> threads;
        for (int i = 0; i < 100; ++i) {
            thread.post([&, i] {
                seen.push_back(i);
                threads.insert(std::this_thread::get_id());
            });
        }

        thread.start();
        QVERIFY(thread.runAndWait([] {}));

        QCOMPARE(seen.size(), std::size_t{100});
        QVERIFY(std::ranges::is_sorted(seen));
        QCOMPARE(threads.size(), std::size_t{1});
        QVERIFY(!threads.contains(std::this_thread::get_id()));
    }

    void timersRunWhenTheyAreDueAndNotWhenCancelled()
    {
        MachineThread thread("test", SystemClock::instance(), {});
        thread.start();
        std::vector<int> seen;

        const auto done = thread.await<bool>([&](auto finish) {
            thread.after(30, [&seen, finish = std::move(finish)]() mutable {
                seen.push_back(3);
                finish(true);
            });
            thread.after(10, [&seen] { seen.push_back(2); });
            const auto cancelled = thread.after(5, [&seen] { seen.push_back(9); });
            thread.after(0, [&seen, &thread, cancelled] {
                seen.push_back(1);
                thread.cancel(cancelled);
                thread.cancel(cancelled);
            });
        });

        QVERIFY(done);
        QCOMPARE(seen, (std::vector<int>{1, 2, 3}));
    }

    void answersComeBackOnTheThread()
    {
        Questions questions;
        MachineThread thread("test", SystemClock::instance(), questions.ask());
        thread.start();
        std::promise<std::thread::id> where;
        std::thread::id own;
        QVERIFY(thread.runAndWait([&] {
            own = std::this_thread::get_id();
            thread.ask({}, rules::Beat{}, 1000, [&](Result<rules::Answer> answer) {
                if (answer && std::get<rules::BeatAnswer>(*answer).wallMs == 7)
                    where.set_value(std::this_thread::get_id());
            });
        }));

        auto waiting = questions.take();
        QCOMPARE(waiting.size(), std::size_t{1});
        waiting.front()([]() -> Result<rules::Answer> {
            rules::BeatAnswer answer;
            answer.wallMs = 7;
            return answer;
        });

        auto answered = where.get_future();
        QVERIFY(answered.wait_for(kPatience) == std::future_status::ready);
        QCOMPARE(answered.get(), own);
    }

    void whoWaitsIsToldThatItStops()
    {
        Questions questions;
        auto thread = std::make_unique<MachineThread>("test", SystemClock::instance(), questions.ask());
        thread->start();
        std::promise<void> asked;
        auto waiting = std::async(std::launch::async, [&] {
            return thread->await<int>([&](auto done) {
                thread->after(3'600'000, [done = std::move(done)]() mutable { done(1); });
                asked.set_value();
            });
        });
        asked.get_future().wait();

        thread->stop();

        QVERIFY(waiting.wait_for(kPatience) == std::future_status::ready);
        QCOMPARE(waiting.get().error().code, Error::Stopping);
        QVERIFY(!thread->runAndWait([] {}));
    }

    void anAnswerAfterTheEndIsDropped()
    {
        Questions questions;
        auto thread = std::make_unique<MachineThread>("test", SystemClock::instance(), questions.ask());
        thread->start();
        bool called = false;
        QVERIFY(
            thread->runAndWait([&] { thread->ask({}, rules::Beat{}, 1000, [&](auto) { called = true; }); }));
        auto waiting = questions.take();

        thread.reset();
        waiting.front()([]() -> Result<rules::Answer> { return rules::BeatAnswer(); });

        QVERIFY(!called);
    }
};

MAXIOFS_TEST(MachineThreadTest)
#include "machine_thread_test.moc"
