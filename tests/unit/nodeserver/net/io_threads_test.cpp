// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/io_threads.h"

#include "support/run_coroutine.h"
#include "support/test_runner.h"

#include <atomic>
#include <future>
#include <pthread.h>
#include <set>

namespace maxiofs::net {

class IoThreadsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void threadsAreHandedOutInTurn();
    void eachThreadHasItsName();
    void everyThreadIsVisitedOnItself();
    void sweepComesAroundWithoutTraffic();
    void throwingHandlerDoesNotEndTheThread();
};

void IoThreadsTest::threadsAreHandedOutInTurn()
{
    IoThreads threads(3);

    IoThread &first = threads.next();
    IoThread &second = threads.next();
    IoThread &third = threads.next();

    QCOMPARE((std::set<IoThread *>{&first, &second, &third}.size()), std::size_t(3));
    QCOMPARE(&threads.next(), &first);
}

void IoThreadsTest::eachThreadHasItsName()
{
    IoThreads threads(2, "worker");
    threads.start();
    std::vector<std::string> names;

    threads.onEach([&](IoThread &) {
        char name[16] = "";
        pthread_getname_np(pthread_self(), name, sizeof name);
        names.emplace_back(name);
    });

    QCOMPARE(names, (std::vector<std::string>{"worker-0", "worker-1"}));
}

void IoThreadsTest::everyThreadIsVisitedOnItself()
{
    IoThreads threads(2);
    threads.start();
    int onItself = 0;

    threads.onEach([&](IoThread &thread) { onItself += thread.isCurrent() ? 1 : 0; });

    QCOMPARE(onItself, 2);
}

void IoThreadsTest::sweepComesAroundWithoutTraffic()
{
    IoThreads threads(1, "io", std::chrono::milliseconds(5));
    threads.start();
    std::promise<void> late;
    std::unique_ptr<Deadline> deadline;

    threads.onEach([&](IoThread &thread) {
        deadline = std::make_unique<Deadline>(
            thread.deadlines(),
            [](void *promise) { static_cast<std::promise<void> *>(promise)->set_value(); }, &late);
        deadline->enter({std::chrono::milliseconds(10), 0});
        deadline->beginWait();
    });

    QVERIFY(late.get_future().wait_for(std::chrono::seconds(30)) == std::future_status::ready);
    threads.onEach([&](IoThread &) { deadline.reset(); });
}

void IoThreadsTest::throwingHandlerDoesNotEndTheThread()
{
    IoThreads threads(1);
    threads.start();
    boost::asio::post(threads.at(0).context(), [] { throw std::runtime_error("a bug"); });

    int visits = 0;
    threads.onEach([&](IoThread &) { ++visits; });

    QCOMPARE(visits, 1);
}

}  // namespace maxiofs::net

using maxiofs::net::IoThreadsTest;
MAXIOFS_TEST(IoThreadsTest)
#include "io_threads_test.moc"
