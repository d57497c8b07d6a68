// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/id.h"
#include "base/mutex.h"
#include "base/result.h"

#include <atomic>
#include <functional>
#include <unordered_map>
#include <vector>

namespace maxiofs::cluster {

// Whether clients' changes of a bucket are let through here: ownership opens and shuts it, the store of
// clients passes through. A bucket of which nothing was said is open. Any thread.
class ClientGates {
public:
    using Go = std::move_only_function<void(Status)>;

    /// Goes at once, on this thread, or when a bucket that is held is opened or shut: the store then decides.
    /// Error::Busy when it was held for too long.
    void pass(const BucketId &bucket, Go go);
    /// To be asked before a change is decided; only while isOpenSince() says yes to it the change may be
    /// acknowledged.
    [[nodiscard]] std::uint64_t turn(const BucketId &bucket) const;
    [[nodiscard]] bool isOpenSince(const BucketId &bucket, std::uint64_t turn) const;
    /// Neither shut nor held: the store may be told that clients' changes are decided here.
    [[nodiscard]] bool isOpen(const BucketId &bucket) const;
    [[nodiscard]] bool isHeld(const BucketId &bucket) const;
    /// Runs what tells the store of a bucket, one call at a time: what is told last is the newest.
    template <typename Call>
    void whileStill(Call call) EXCLUDES(m_tellMutex)
    {
        const base::MutexLock lock(m_tellMutex);
        call();
    }

    // What waited is given back, to be called: it may write to the store.
    [[nodiscard]] std::vector<Go> open(const BucketId &bucket);
    /// What was not acknowledged before never is.
    [[nodiscard]] std::vector<Go> shut(const BucketId &bucket);
    /// Changes wait. What was decided before may still be acknowledged.
    void hold(const BucketId &bucket);
    /// What has waited since a hold that is over or went on for too long; later ones do not wait any more.
    [[nodiscard]] std::vector<Go> endWaiting(const BucketId &bucket);

private:
    struct Gate {
        bool isShut = false;
        bool isHeld = false;
        bool mayWait = false;
        std::uint64_t turn = 0;
        std::vector<Go> waiting;
    };

    base::Mutex m_tellMutex;  // before m_mutex
    std::atomic<bool> m_hasAny{false};
    mutable base::Mutex m_mutex;
    std::unordered_map<BucketId, Gate> m_gates GUARDED_BY(m_mutex);
};

}  // namespace maxiofs::cluster
