// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/blocking_pool.h"

#include "net/io_threads.h"
#include "support/run_coroutine.h"
#include "support/test_runner.h"

#include <atomic>
#include <memory>
#include <stdexcept>
#include <thread>

namespace maxiofs::net {

class BlockingPoolTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void valueComesBackToTheCallersThread();
    void exceptionComesBackToTheCaller();
    void resultMayBeMoveOnly();
    void stopWaitsForWhatWasAccepted();
    void jobAfterStopRunsAtOnce();
    void manyCoroutinesShareThePool();
};

namespace {

struct WhereItRan {
    bool jobElsewhere = false;
    bool resumedHere = false;
    int value = 0;
};

Awaitable<WhereItRan> runOnPool(BlockingPool &pool)
{
    const auto caller = std::this_thread::get_id();
    auto job = [caller] { return std::pair(std::this_thread::get_id() != caller, 42); };
    const auto [elsewhere, value] = co_await pool.run(job);
    co_return WhereItRan{elsewhere, std::this_thread::get_id() == caller, value};
}

Awaitable<std::string> messageOfThrown(BlockingPool &pool)
{
    try {
        auto job = [] { throw std::runtime_error("thrown on the pool"); };
        co_await pool.run(job);
    } catch (const std::runtime_error &error) {
        co_return error.what();
    }
    co_return "nothing";
}

Awaitable<int> movedOnly(BlockingPool &pool)
{
    auto job = [] { return std::make_unique<int>(7); };
    const std::unique_ptr<int> value = co_await pool.run(job);
    co_return *value;
}

Awaitable<void> addOnPool(BlockingPool &pool, std::atomic<int> &sum, int rounds)
{
    for (int i = 0; i < rounds; ++i) {
        auto job = [&sum] { sum.fetch_add(1); };
        co_await pool.run(job);
    }
}

}  // namespace

void BlockingPoolTest::valueComesBackToTheCallersThread()
{
    BlockingPool pool(2);

    const WhereItRan ran = test::runCoroutine(runOnPool(pool));

    QVERIFY(ran.jobElsewhere);
    QVERIFY(ran.resumedHere);
    QCOMPARE(ran.value, 42);
}

void BlockingPoolTest::exceptionComesBackToTheCaller()
{
    BlockingPool pool(1);

    QCOMPARE(test::runCoroutine(messageOfThrown(pool)), std::string("thrown on the pool"));
}

void BlockingPoolTest::resultMayBeMoveOnly()
{
    BlockingPool pool(1);

    QCOMPARE(test::runCoroutine(movedOnly(pool)), 7);
}

void BlockingPoolTest::stopWaitsForWhatWasAccepted()
{
    std::atomic<int> done = 0;
    BlockingPool pool(2);
    for (int i = 0; i < 500; ++i)
        pool.submit([&] { done.fetch_add(1); });

    pool.stop();

    QCOMPARE(done.load(), 500);
    QCOMPARE(pool.waiting(), std::size_t(0));
}

void BlockingPoolTest::jobAfterStopRunsAtOnce()
{
    BlockingPool pool(1);
    pool.stop();
    bool ran = false;

    pool.submit([&] { ran = true; });

    QVERIFY(ran);
}

void BlockingPoolTest::manyCoroutinesShareThePool()
{
    BlockingPool pool(3);
    IoThreads threads(2);
    threads.start();
    std::atomic<int> sum = 0;
    std::vector<std::future<void>> running;
    for (int i = 0; i < 16; ++i)
        running.push_back(boost::asio::co_spawn(threads.next().executor(), addOnPool(pool, sum, 50),
                                                boost::asio::use_future));

    for (auto &each : running)
        each.get();

    QCOMPARE(sum.load(), 16 * 50);
}

}  // namespace maxiofs::net

using maxiofs::net::BlockingPoolTest;
MAXIOFS_TEST(BlockingPoolTest)
#include "blocking_pool_test.moc"
