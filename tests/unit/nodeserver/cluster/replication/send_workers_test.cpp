// SPDX-License-Identifier: GPL-3.0-or-later
#include "cluster/replication/send_workers.h"

#include "support/test_runner.h"

#include <future>

using namespace maxiofs;
using namespace maxiofs::cluster::replication;

namespace send_workers_test {

// Jobs that keep their worker until the test takes it away.
class Workers {
public:
    explicit Workers(std::size_t count) : workers(pool, count) {}
    ~Workers() { pool.stop(); }

    void add(std::int64_t priority, int name)
    {
        workers.submit(priority, [this, name](SendWorkers::Lease lease) {
            const base::MutexLock lock(mutex);
            begun.push_back(name);
            leases.push_back(std::move(lease));
        });
    }
    // Those that have begun once the pool has nothing to do.
    std::vector<int> order()
    {
        std::promise<void> idle;
        pool.submit([&idle] { idle.set_value(); });
        idle.get_future().wait();
        const base::MutexLock lock(mutex);
        return begun;
    }
    void finishFirst()
    {
        SendWorkers::Lease lease;
        {
            const base::MutexLock lock(mutex);
            lease = std::move(leases.front());
            leases.erase(leases.begin());
        }
    }

    net::BlockingPool pool{1};
    SendWorkers workers;
    base::Mutex mutex;
    std::vector<int> begun GUARDED_BY(mutex);
    std::vector<SendWorkers::Lease> leases GUARDED_BY(mutex);
};

}  // namespace send_workers_test

using send_workers_test::Workers;

class SendWorkersTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void noMoreRunAtOnceThanThereAreWorkers()
    {
        Workers jobs(2);
        for (int name = 1; name <= 4; ++name)
            jobs.add(0, name);

        QCOMPARE(jobs.order(), (std::vector{1, 2}));
        jobs.finishFirst();
        QCOMPARE(jobs.order(), (std::vector{1, 2, 3}));
        jobs.workers.setCount(3);
        QCOMPARE(jobs.order(), (std::vector{1, 2, 3, 4}));
    }

    void thoseOfGreaterPriorityGoFirst()
    {
        Workers jobs(1);
        jobs.add(0, 1);
        jobs.add(0, 2);
        jobs.add(5, 3);
        jobs.add(5, 4);
        for (int i = 0; i < 3; ++i) {
            static_cast<void>(jobs.order());
            jobs.finishFirst();
        }

        QCOMPARE(jobs.order(), (std::vector{1, 3, 4, 2}));
    }

    void nothingBeginsAfterTheEnd()
    {
        Workers jobs(1);
        jobs.add(0, 1);
        jobs.add(0, 2);
        QCOMPARE(jobs.order(), (std::vector{1}));

        jobs.workers.stop();
        jobs.finishFirst();
        jobs.add(9, 3);

        QCOMPARE(jobs.order(), (std::vector{1}));
    }
};

MAXIOFS_TEST(SendWorkersTest)
#include "send_workers_test.moc"
