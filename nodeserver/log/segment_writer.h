// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/clock.h"
#include "log/log.h"

namespace maxiofs::log {

// Where a record will lie once its batch is written, and its fields as stored.
struct Placed {
    Place place;
    std::uint64_t payloadOffset = 0;
    Bytes clear;
    Bytes sealed;
};

// Appends batches. Never goes on in a segment that it did not make, nor in one where a write failed: the next
// batch begins a new one, whose header says how much of the last was synced. One thread.
class SegmentWriter {
public:
    /// Begins behind the end of a log that was replayed.
    SegmentWriter(Log &log, const Clock &clock, std::uint64_t segmentBytes = kSegmentBytes);

    /// Makes ready for a batch; may open a segment (two syncs), also where the data key is another now.
    /// Errors: StorageFull, Io, ReadOnly as commit().
    [[nodiscard]] Status begin(std::uint64_t lastSequence);
    /// Encrypts the record into the batch.
    [[nodiscard]] Placed add(const NewRecord &record);
    /// The record at a place of the log, also where it waits in the batch.
    [[nodiscard]] Result<Record> readRecord(std::uint64_t segment, std::uint64_t offset);
    /// Its payload, in the same way.
    [[nodiscard]] Result<Bytes> readPayload(std::uint64_t segment, std::uint64_t offset);
    [[nodiscard]] std::size_t batchBytes() const { return m_batch.size(); }
    [[nodiscard]] std::size_t batchRecords() const { return m_records; }
    /// Writes the batch with one call and syncs it. After Error::ReadOnly (the sync failed) nothing may be
    /// written any more; after other errors the batch is gone and the next begins elsewhere.
    [[nodiscard]] Status commit();
    /// Forgets the batch.
    void abandon();
    /// An empty batch, which proves that the last one was synced; nothing when there was none since the last.
    [[nodiscard]] Status mark();

    /// The end of what was synced.
    [[nodiscard]] Log::Position position() const { return {m_number, m_length}; }
    [[nodiscard]] bool isMarked() const { return m_marked; }

private:
    [[nodiscard]] Status openSegment(std::uint64_t lastSequence);
    [[nodiscard]] Status write();
    /// The batch from this place on; empty where the place does not lie in it.
    [[nodiscard]] ByteView waitingAt(std::uint64_t segment, std::uint64_t offset) const;

    Log &m_log;
    const Clock &m_clock;
    const std::uint64_t m_segmentBytes;

    std::shared_ptr<Segment> m_segment;  // empty: the next batch begins one
    std::uint64_t m_number = 0;
    std::uint64_t m_length = 0;
    std::uint64_t m_batchNumber = 0;
    Bytes m_batch;
    std::uint32_t m_records = 0;
    bool m_marked = true;
};

}  // namespace maxiofs::log
