// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "net/blocking_pool.h"

#include <map>
#include <memory>

namespace maxiofs::cluster::replication {

// Says how many batches are read and under way at once, of all rules together, and whose turn is next: of
// greater priority first, of equal ones the first come. Any thread.
class SendWorkers {
public:
    // Holds a worker until it goes.
    using Lease = std::shared_ptr<void>;
    using Job = std::move_only_function<void(Lease)>;

    SendWorkers(net::BlockingPool &pool, std::size_t count) : m_state(std::make_shared<State>(pool, count)) {}

    void setCount(std::size_t count);
    /// Runs the job on the pool when its turn comes.
    void submit(std::int64_t priority, Job job);
    /// What waits is dropped, also what comes later.
    void stop();

private:
    struct State : std::enable_shared_from_this<State> {
        State(net::BlockingPool &jobs, std::size_t most) : pool(jobs), count(most) {}
        void startNext();
        void release();

        net::BlockingPool &pool;
        base::Mutex mutex;
        std::size_t count GUARDED_BY(mutex);
        std::size_t busy GUARDED_BY(mutex) = 0;
        bool stopped GUARDED_BY(mutex) = false;
        std::multimap<std::int64_t, Job, std::greater<>> waiting GUARDED_BY(mutex);
    };

    const std::shared_ptr<State> m_state;  // leases may outlive this object
};

}  // namespace maxiofs::cluster::replication
