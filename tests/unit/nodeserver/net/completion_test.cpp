// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/completion.h"

#include "net/io_threads.h"
#include "support/run_coroutine.h"
#include "support/test_runner.h"

#include <mutex>
#include <thread>

namespace maxiofs::net {

class CompletionTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void answerGivenAtOnceIsReceived();
    void answerOfAnotherThreadResumesOnTheCallers();
    void errorIsReceived();
    void batchOfAnswersReachesEveryWaiter();
};

namespace {

using Answer = std::move_only_function<void(Result<int>)>;

Awaitable<Result<int>> answeredAtOnce(Result<int> result)
{
    auto starter = [&result](Answer answer) { answer(std::move(result)); };
    co_return co_await completion<int>(starter);
}

Awaitable<bool> answeredElsewhere()
{
    const auto caller = std::this_thread::get_id();
    std::jthread other;
    auto starter = [&other](Answer answer) {
        other = std::jthread([answer = std::move(answer)]() mutable { answer(5); });
    };
    const Result<int> result = co_await completion<int>(std::move(starter));
    co_return result == 5 && std::this_thread::get_id() == caller;
}

// Collects requests and answers them all together, as a committer does after a sync.
class Batcher {
public:
    void submit(Answer answer)
    {
        const std::lock_guard lock(m_mutex);
        m_waiting.push_back(std::move(answer));
    }
    std::size_t answerAll()
    {
        std::vector<Answer> batch;
        {
            const std::lock_guard lock(m_mutex);
            batch.swap(m_waiting);
        }
        for (Answer &answer : batch)
            answer(1);
        return batch.size();
    }

private:
    std::mutex m_mutex;
    std::vector<Answer> m_waiting;
};

Awaitable<int> submitRepeatedly(Batcher &batcher, int rounds)
{
    int sum = 0;
    for (int i = 0; i < rounds; ++i) {
        auto starter = [&batcher](Answer answer) { batcher.submit(std::move(answer)); };
        const Result<int> one = co_await completion<int>(starter);
        sum += one.value_or(0);
    }
    co_return sum;
}

}  // namespace

void CompletionTest::answerGivenAtOnceIsReceived()
{
    QCOMPARE(test::runCoroutine(answeredAtOnce(3)).value(), 3);
}

void CompletionTest::answerOfAnotherThreadResumesOnTheCallers()
{
    IoThreads threads(1);
    threads.start();

    QVERIFY(test::runCoroutineOn(threads.at(0).executor(), answeredElsewhere()));
}

void CompletionTest::errorIsReceived()
{
    const Result<int> result = test::runCoroutine(answeredAtOnce(failure(Error::Quota, "full")));

    QVERIFY(!result.has_value());
    QCOMPARE(result.error().code, Error::Quota);
}

void CompletionTest::batchOfAnswersReachesEveryWaiter()
{
    constexpr std::size_t kWaiters = 64;
    constexpr int kRounds = 100;
    IoThreads threads(2);
    threads.start();
    Batcher batcher;
    std::vector<std::future<int>> sums;
    for (std::size_t i = 0; i < kWaiters; ++i)
        sums.push_back(boost::asio::co_spawn(threads.next().executor(), submitRepeatedly(batcher, kRounds),
                                             boost::asio::use_future));

    for (std::size_t answered = 0; answered < kWaiters * kRounds;)
        answered += batcher.answerAll();

    for (auto &sum : sums)
        QCOMPARE(sum.get(), kRounds);
}

}  // namespace maxiofs::net

using maxiofs::net::CompletionTest;
MAXIOFS_TEST(CompletionTest)
#include "completion_test.moc"
