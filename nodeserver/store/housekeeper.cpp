// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/housekeeper.h"

#include "base/log_line.h"

#include <pthread.h>

namespace maxiofs::store {

namespace {

using namespace std::chrono_literals;

constexpr auto kInterval = 60s;            // between rounds of forgetting, and after a compaction that failed
constexpr auto kBetweenCompactions = 10s;  // when there was nothing to do
constexpr auto kBetweenNotes = 10s;        // of the log's end
constexpr std::int64_t kDayMs = 24LL * 3600 * 1000;
constexpr std::int64_t kTombstonesMs = 7 * kDayMs;
constexpr std::int64_t kKeptMs = kDayMs;  // before one that had to be kept is looked at again
constexpr std::int64_t kCompletionsMs = kDayMs;
constexpr std::size_t kForgetAtOnce = 1000;

}  // namespace

Housekeeper::Housekeeper(blob::BlobStore &blobs, index::Index &index, Committer &committer, ChangeFeed &feed,
                         const Clock &clock, Compactor *compactor, LogEnd *logEnd)
    : m_blobs(blobs),
      m_index(index),
      m_committer(committer),
      m_feed(feed),
      m_clock(clock),
      m_compactor(compactor),
      m_logEnd(logEnd)
{
}

void Housekeeper::start()
{
    m_thread = std::thread([this] { run(); });
}

void Housekeeper::stop()
{
    {
        base::MutexLock lock(m_mutex);
        m_stopping = true;
    }
    m_wake.notify_one();
    if (m_thread.joinable())
        m_thread.join();
}

void Housekeeper::removeFiles(std::vector<DeadBlob> blobs)
{
    {
        base::MutexLock lock(m_mutex);
        m_dead.insert(m_dead.end(), blobs.begin(), blobs.end());
    }
    m_wake.notify_one();
}

void Housekeeper::noteLogGrowth(std::uint64_t bytes)
{
    if (m_unflushed.fetch_add(bytes, std::memory_order_relaxed) + bytes >= kFlushEveryLogBytes)
        m_wake.notify_one();
}

void Housekeeper::run()
{
    ::pthread_setname_np(::pthread_self(), "housekeeper");
    auto forgetAt = std::chrono::steady_clock::now() + kInterval;
    auto noteAt = std::chrono::steady_clock::now();
    bool compactsOn = false;
    while (true) {
        std::deque<DeadBlob> dead;
        bool stopping = false;
        {
            base::MutexLock lock(m_mutex);
            if (!hasUrgentWork() && !compactsOn)
                lock.waitFor(m_wake, 1s);
            dead.swap(m_dead);
            stopping = m_stopping;
        }
        for (const DeadBlob &blob : dead) {
            // What cannot be unlinked now is found by the sweep.
            if (auto removed = m_blobs.remove(blob.blob); !removed)
                base::warningLine("a large-object file could not be removed")
                    .with("reason", removed.error().message);
        }
        if (stopping && dead.empty())
            return;
        if (m_unflushed.load(std::memory_order_relaxed) >= kFlushEveryLogBytes)
            flushIndex();
        compactsOn = !stopping && compact();
        if (const auto now = std::chrono::steady_clock::now();
            now >= forgetAt || m_hasMoreToForget.exchange(false)) {
            forgetOld();
            trimFeeds();
            forgetAt = now + kInterval;
        }
        if (const auto now = std::chrono::steady_clock::now(); now >= noteAt) {
            noteLogEnd();
            noteAt = now + kBetweenNotes;
        }
    }
}

void Housekeeper::flushIndex()
{
    m_unflushed.store(0, std::memory_order_relaxed);
    if (auto flushed = m_index.flush(); !flushed)
        base::errorLine("the index could not be flushed; a start will replay more of the log")
            .with("reason", flushed.error().message);
}

// What is applied was synced before.
void Housekeeper::noteLogEnd()
{
    if (m_logEnd == nullptr)
        return;
    const index::LogPosition applied = m_index.appliedPosition();
    if (auto noted = m_logEnd->note({applied.segment, applied.offset}); !noted)
        base::debugLine("the log's end was not noted").with("reason", noted.error().message);
}

bool Housekeeper::compact()
{
    const auto now = std::chrono::steady_clock::now();
    if (m_compactor == nullptr || now < m_compactAfter)
        return false;
    const auto more = m_compactor->step();
    if (!more) {
        base::warningLine("compaction waits").with("reason", more.error().message);
        m_compactAfter = now + kInterval;
        return false;
    }
    if (!*more)
        m_compactAfter = now + kBetweenCompactions;
    return *more;
}

void Housekeeper::forgetOld()
{
    const std::int64_t now = m_clock.unixMs();
    m_committer.commit<std::size_t>(
        0,
        [this, now](Decision &decision) {
            const index::Index::Kept kept{[this](const BucketId &bucket, const index::TombstoneRow &row) {
                                              return m_feed.keepsRemoval(bucket, row.sequence);
                                          },
                                          kKeptMs};
            return m_index.eraseExpired(decision.index, now - kTombstonesMs, now - kCompletionsMs,
                                        kForgetAtOnce, kept);
        },
        [this](const Result<std::size_t> &erased) {
            if (!erased)
                base::debugLine("old tombstones were not forgotten").with("reason", erased.error().message);
            else if (*erased == kForgetAtOnce)
                m_hasMoreToForget.store(true);
        });
}

void Housekeeper::trimFeeds()
{
    auto plan = m_feed.planTrim(m_index, m_clock.unixMs());
    if (!plan) {
        base::debugLine("feeds of changes were not trimmed").with("reason", plan.error().message);
        return;
    }
    if (plan->empty())
        return;
    m_committer.commit<void>(
        0,
        [this, plan = std::move(*plan)](Decision &decision) {
            m_feed.trim(decision.index, plan);
            return Result<void>();
        },
        [](const Result<void> &trimmed) {
            if (!trimmed)
                base::debugLine("feeds of changes were not trimmed").with("reason", trimmed.error().message);
        });
}

}  // namespace maxiofs::store
