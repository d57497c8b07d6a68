// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>

// Clang's thread-safety analysis: a member marked GUARDED_BY may be touched only with its mutex held.
#if defined(__clang__)
#define MAXIOFS_THREAD_ATTRIBUTE(x) __attribute__((x))
#else
#define MAXIOFS_THREAD_ATTRIBUTE(x)
#endif
#define CAPABILITY(x) MAXIOFS_THREAD_ATTRIBUTE(capability(x))
#define SCOPED_CAPABILITY MAXIOFS_THREAD_ATTRIBUTE(scoped_lockable)
#define GUARDED_BY(x) MAXIOFS_THREAD_ATTRIBUTE(guarded_by(x))
#define REQUIRES(...) MAXIOFS_THREAD_ATTRIBUTE(requires_capability(__VA_ARGS__))
#define EXCLUDES(...) MAXIOFS_THREAD_ATTRIBUTE(locks_excluded(__VA_ARGS__))
#define ACQUIRE(...) MAXIOFS_THREAD_ATTRIBUTE(acquire_capability(__VA_ARGS__))
#define RELEASE(...) MAXIOFS_THREAD_ATTRIBUTE(release_capability(__VA_ARGS__))

namespace maxiofs::base {

class CAPABILITY("mutex") Mutex {
public:
    void lock() ACQUIRE() { m_mutex.lock(); }
    void unlock() RELEASE() { m_mutex.unlock(); }

private:
    friend class MutexLock;
    std::mutex m_mutex;
};

// Holds a Mutex for a scope; a condition variable waits on it with wait() or waitFor().
class SCOPED_CAPABILITY MutexLock {
public:
    explicit MutexLock(Mutex &mutex) ACQUIRE(mutex) : m_lock(mutex.m_mutex) {}
    ~MutexLock() RELEASE() = default;
    MutexLock(const MutexLock &) = delete;
    MutexLock &operator=(const MutexLock &) = delete;

    void wait(std::condition_variable &condition) { condition.wait(m_lock); }
    /// False after `timeout` without a notification.
    bool waitFor(std::condition_variable &condition, std::chrono::milliseconds timeout)
    {
        return condition.wait_for(m_lock, timeout) == std::cv_status::no_timeout;
    }
    void unlock() RELEASE() { m_lock.unlock(); }
    void lock() ACQUIRE() { m_lock.lock(); }

private:
    std::unique_lock<std::mutex> m_lock;
};

}  // namespace maxiofs::base
