// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/clock.h"
#include "blob/blob_store.h"
#include "index/index.h"
#include "log/log.h"
#include "store/damage_list.h"

#include <atomic>
#include <condition_variable>
#include <functional>
#include <thread>

namespace maxiofs::store {

// Reads everything that is stored, at a set rate, and checks it: each record of the log with its payload,
// each large-object file that a row names. What fails is added to the damage list, which health tells and
// compaction respects; what it finds of dead records is no loss. A round begins a minute after the start,
// then daily, and whenever the rate is set. One thread of its own; in tests round() by hand.
class Scrubber {
public:
    struct Parts {
        log::Log &log;
        const index::Index &index;
        blob::BlobStore &blobs;
        DamageList &damage;
        const Clock &clock;
        std::function<void()> before;  // on the thread, once, before the first round
        /// How much of a segment's records nothing needs any more.
        std::function<void(std::uint64_t segment, std::uint64_t bytes)> onDroppable;
    };
    Scrubber(Parts parts, std::uint64_t bytesPerSecond);
    ~Scrubber() { stop(); }

    void start();
    void stop();
    /// 0: no scrub. Begins a round at once.
    void setRate(std::uint64_t bytesPerSecond);
    [[nodiscard]] std::uint64_t rate() const { return m_rate.load(std::memory_order_relaxed); }
    [[nodiscard]] bool stopping() const { return m_stopping.load(std::memory_order_relaxed); }

    /// What a read could not get: added to the list soon, on the scrub's thread. Must not block.
    void suspect(DamageEntry entry);

    /// Reads everything once. Error::Stopping when it was ended before.
    [[nodiscard]] Status round();

    [[nodiscard]] std::uint64_t bytesRead() const { return m_bytes.load(std::memory_order_relaxed); }
    [[nodiscard]] std::uint64_t found() const { return m_found.load(std::memory_order_relaxed); }
    /// 0 to 1 of the round under way; 0 between rounds.
    [[nodiscard]] double progress() const;
    /// Unix time when the last whole round ended; absent before the first.
    [[nodiscard]] std::optional<std::int64_t> lastRoundMs() const;

private:
    void run();
    [[nodiscard]] Status readSegment(std::uint64_t number);
    [[nodiscard]] Status findMissingSegments();
    /// Whether the damage hits something that lives, or cannot be told from it.
    [[nodiscard]] Result<bool> isLoss(log::Segment &segment, const log::Damage &damage) const;
    [[nodiscard]] Status readObjects();
    [[nodiscard]] Status readParts();
    [[nodiscard]] Status readFile(const index::DataPlace &data, std::uint64_t size,
                                  const std::function<Result<bool>()> &isStillNamed);
    /// Counts and waits as the rate demands; Error::Stopping at the end.
    [[nodiscard]] Status pace(std::uint64_t bytes);
    void note(DamageEntry entry);
    void noteSuspects();

    const Parts m_parts;
    std::atomic<std::uint64_t> m_rate;
    std::atomic<bool> m_stopping{false};
    std::atomic<std::uint64_t> m_bytes{0};
    std::atomic<std::uint64_t> m_found{0};
    std::atomic<std::uint64_t> m_roundBytes{0};
    std::atomic<std::uint64_t> m_roundExpected{0};
    std::atomic<std::int64_t> m_lastRoundMs{0};  // 0: none yet
    std::uint64_t m_fileBytes = 0;               // of the last round; own thread alone

    base::Mutex m_mutex;
    std::condition_variable m_wake;
    bool m_roundAsked GUARDED_BY(m_mutex) = false;
    static constexpr std::size_t kMostSuspects = 100;  // a round finds the others
    std::vector<DamageEntry> m_suspects GUARDED_BY(m_mutex);
    std::thread m_thread;
};

}  // namespace maxiofs::store
