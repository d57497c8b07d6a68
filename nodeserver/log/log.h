// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/mutex.h"
#include "log/segment_scan.h"

#include <map>

namespace maxiofs::log {

inline constexpr std::size_t kMaxOpenSegments = 512;

// The folder log/: all segments of a node, opened when they are read. Any thread, but replay() and truncation
// only before the first append.
class Log {
public:
    /// Finds the segments and cuts off what the header of the next one does not count as synced. A newest
    /// segment whose header was never completed is removed: nothing in it was acknowledged.
    [[nodiscard]] static Result<std::unique_ptr<Log>>
    open(os::FileSystem &fileSystem, const frame::Keyring &keyring, std::string directory);

    // A batch's end: segment and offset.
    struct Position {
        std::uint64_t segment = 0;
        std::uint64_t offset = 0;

        auto operator<=>(const Position &) const = default;
    };

    /// Visits all records from `from` on ({}: from the beginning) and tells each batch's end. Before, a torn
    /// tail is cut off and the last batch made durable: the run before may have ended before its sync, or
    /// with a sync that failed. `synced`, if it lies behind `from`, is known to have been durable: what is
    /// missing before the greater of the two is damage, never a torn tail. The position is that of the log's
    /// end.
    struct Replayed {
        Position end;
        std::uint64_t lastSequence = 0;
        std::vector<Damage> damage;
        bool isComplete = true;  // false: there were records behind `from` that were not visited
    };
    [[nodiscard]] Result<Replayed> replay(Position from, Position synced,
                                          const std::function<Status(const Record &)> &visit,
                                          const std::function<Status(Position)> &batchEnd);

    /// The newest segment's end, or where it is known to have been.
    [[nodiscard]] Position end() const;
    /// Ends of segments and whole segments (from 0) that the start found missing. After replay().
    [[nodiscard]] const std::vector<Damage> &missing() const { return m_missing; }

    [[nodiscard]] Result<std::shared_ptr<Segment>> segment(std::uint64_t number);
    /// True until a removal is durable.
    [[nodiscard]] bool hasSegment(std::uint64_t number) const;
    /// Numbers, ascending.
    [[nodiscard]] std::vector<std::uint64_t> segments() const;
    /// Synced bytes of a segment.
    [[nodiscard]] std::uint64_t lengthOf(std::uint64_t number) const;

    /// Unlinks a segment that nothing points at. Readers that hold it go on.
    [[nodiscard]] Status remove(std::uint64_t number);

private:
    friend class SegmentWriter;
    Log(os::FileSystem &fileSystem, const frame::Keyring &keyring, std::string directory);
    [[nodiscard]] Status findSegments();
    [[nodiscard]] Status compareWithNext(const SegmentHeader &next) REQUIRES(m_mutex);
    [[nodiscard]] Status settleTail(std::uint64_t number, Position from, Position synced);
    void noteMissing(Position upTo);
    void noteMissing(const Damage &damage);
    [[nodiscard]] std::string pathOf(std::uint64_t number) const;
    void evict() REQUIRES(m_mutex);

    os::FileSystem &m_fileSystem;
    const frame::Keyring &m_keyring;
    const std::string m_directory;
    // Before the first append alone, then constant.
    std::vector<Damage> m_missing;
    Position m_synced;

    struct Entry {
        std::uint64_t length = 0;
        std::shared_ptr<Segment> open;  // may be empty
        std::uint64_t usedAt = 0;
        bool removing = false;
    };
    mutable base::Mutex m_mutex;
    std::map<std::uint64_t, Entry> m_segments GUARDED_BY(m_mutex);
    std::uint64_t m_useCounter GUARDED_BY(m_mutex) = 0;
    std::size_t m_openCount GUARDED_BY(m_mutex) = 0;
};

}  // namespace maxiofs::log
