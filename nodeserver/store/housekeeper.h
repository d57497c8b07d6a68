// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/mutex.h"
#include "blob/blob_store.h"
#include "store/committer.h"

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
    Housekeeper(blob::BlobStore &blobs, index::Index &index, Committer &committer, const Clock &clock);
    ~Housekeeper();  // removes what is queued

    /// Any thread; never blocks.
    void removeFiles(std::vector<DeadBlob> blobs);
    /// The log grew by so many bytes.
    void noteLogGrowth(std::uint64_t bytes);

private:
    void run();
    void flushIndex();
    void forgetOld();

    blob::BlobStore &m_blobs;
    index::Index &m_index;
    Committer &m_committer;
    const Clock &m_clock;
    std::atomic<std::uint64_t> m_unflushed{0};

    base::Mutex m_mutex;
    std::condition_variable m_wake;
    std::deque<DeadBlob> m_dead GUARDED_BY(m_mutex);
    bool m_stopping GUARDED_BY(m_mutex) = false;

    std::thread m_thread;  // last: starts when all else is ready
};

}  // namespace maxiofs::store
