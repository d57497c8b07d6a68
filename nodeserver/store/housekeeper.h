// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/mutex.h"
#include "blob/blob_store.h"
#include "store/committer.h"
#include "store/compactor.h"
#include "store/log_end.h"

#include <atomic>
#include <condition_variable>
#include <deque>
#include <thread>

namespace maxiofs::store {

inline constexpr std::uint64_t kFlushEveryLogBytes = 256ULL << 20;

// The background work that keeps the store small and quick to start: unlinks dead large-object files, flushes
// the index as the log grows, forgets old tombstones and completions. One thread of its own.
class Housekeeper {
public:
    /// `compactor` null: nothing is compacted but by hand. `logEnd` null: how far the log goes is noted at
    /// the stop alone.
    Housekeeper(blob::BlobStore &blobs, index::Index &index, Committer &committer, ChangeFeed &feed,
                const Clock &clock, Compactor *compactor, LogEnd *logEnd);
    ~Housekeeper() { stop(); }

    void start();
    /// Removes what is queued and ends; what comes later is left to the sweep of the next start.
    void stop();
    /// Any thread; never blocks.
    void removeFiles(std::vector<DeadBlob> blobs);
    /// The log grew by so many bytes.
    void noteLogGrowth(std::uint64_t bytes);
    /// Hands the committer a change that erases old tombstones and completions.
    void forgetOld();
    /// The same for changes that were read by all or are too many or too old, and writes cursors down.
    void trimFeeds();

private:
    void run();
    void flushIndex();
    void noteLogEnd();
    /// One step of compaction; true when there is more to do at once.
    [[nodiscard]] bool compact();
    [[nodiscard]] bool hasUrgentWork() REQUIRES(m_mutex)
    {
        return !m_dead.empty() || m_stopping ||
               m_unflushed.load(std::memory_order_relaxed) >= kFlushEveryLogBytes;
    }

    blob::BlobStore &m_blobs;
    index::Index &m_index;
    Committer &m_committer;
    ChangeFeed &m_feed;
    const Clock &m_clock;
    Compactor *const m_compactor;
    LogEnd *const m_logEnd;
    std::chrono::steady_clock::time_point m_compactAfter;  // own thread alone
    std::atomic<std::uint64_t> m_unflushed{0};
    std::atomic<bool> m_hasMoreToForget{false};

    base::Mutex m_mutex;
    std::condition_variable m_wake;
    std::deque<DeadBlob> m_dead GUARDED_BY(m_mutex);
    bool m_stopping GUARDED_BY(m_mutex) = false;

    std::thread m_thread;
};

}  // namespace maxiofs::store
