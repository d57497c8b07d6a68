// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "store/committer.h"
#include "store/damage_list.h"

#include <atomic>
#include <map>
#include <set>

namespace maxiofs::store {

inline constexpr unsigned kCompactAtDeadPercent = 50;

// Wins back the space of dead records: moves what lives in a segment through the committer into the newest
// one, leaves stubs where a rebuild would need them, and unlinks the segment. One segment at a time, in small
// steps. A segment with damage is left alone, and one whose living part would take more than half of the free
// space: on a full volume the reserve is for deletes. One thread; the figures any.
class Compactor {
public:
    struct Parts {
        log::Log &log;
        index::Index &index;
        Committer &committer;
        DamageList &damage;
        const SpaceGuard &space;
        const Clock &clock;
    };
    explicit Compactor(const Parts &parts) : m_parts(parts) {}

    /// A bounded piece of work; false when no segment is worth it. After an error (StorageFull, ReadOnly,
    /// Stopping, Io) the segment stays as it is and is begun again later.
    [[nodiscard]] Result<bool> step();
    [[nodiscard]] bool isBusy() const { return m_busy.load(std::memory_order_relaxed); }
    /// Bytes of segments that were unlinked.
    [[nodiscard]] std::uint64_t compactedBytes() const { return m_compacted.load(std::memory_order_relaxed); }
    /// Unix time of the last unlink; absent before the first.
    [[nodiscard]] std::optional<std::int64_t> lastMs() const;

    /// How many bytes of a segment's records are not needed any more, as scrub found that looked at each: the
    /// index does not count stubs and deletes that are due. Any thread.
    void noteDroppable(std::uint64_t segment, std::uint64_t bytes);

private:
    struct Work {
        std::shared_ptr<log::Segment> segment;
        std::uint64_t number = 0;
        std::uint64_t offset = 0;
        std::uint64_t end = 0;
    };
    struct Moving;  // a record on its way

    [[nodiscard]] Result<std::optional<std::uint64_t>> choose() const;
    [[nodiscard]] std::uint64_t droppableIn(std::uint64_t segment) const;
    [[nodiscard]] Status beginWork(std::uint64_t number);
    [[nodiscard]] Status moveSlice();
    [[nodiscard]] Status collect(const log::Record &record, std::vector<Moving> &moving);
    [[nodiscard]] Status commit(const std::vector<Moving> &moving);
    [[nodiscard]] Status unlink();
    void endWork();

    const Parts m_parts;
    std::optional<Work> m_work;
    std::set<std::uint64_t> m_unreadable;  // left alone until the next start
    std::atomic<bool> m_busy{false};
    std::atomic<std::uint64_t> m_compacted{0};
    std::atomic<std::int64_t> m_lastMs{0};  // 0: none yet

    mutable base::Mutex m_mutex;
    std::map<std::uint64_t, std::uint64_t> m_droppable GUARDED_BY(m_mutex);
};

}  // namespace maxiofs::store
