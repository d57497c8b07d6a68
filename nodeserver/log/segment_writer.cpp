// SPDX-License-Identifier: GPL-3.0-or-later
#include "log/segment_writer.h"

#include <algorithm>

namespace maxiofs::log {

namespace {

// The kernel reports such a failure only once.
std::unexpected<Error> notDurable(const Error &reason)
{
    return failure(Error::ReadOnly, "The log could not be made durable (" + reason.message +
                                        "): the node accepts no writes until it is restarted.");
}

}  // namespace

SegmentWriter::SegmentWriter(Log &log, const Clock &clock, std::uint64_t segmentBytes)
    : m_log(log),
      m_clock(clock),
      m_segmentBytes(segmentBytes)
{
    const Log::Position end = log.end();
    m_number = end.segment;
    m_length = end.offset;
}

Status SegmentWriter::begin(std::uint64_t lastSequence)
{
    // After a rotation what is written from now on uses the new key.
    const bool isOldKey = m_segment && m_segment->header().dataKey != m_log.m_keyring.currentDataKey();
    if (!m_segment || isOldKey || m_length >= m_segmentBytes)
        TRY_STATUS(openSegment(lastSequence));
    m_batch.resize(BatchHeader::kSize);
    m_records = 0;
    return {};
}

Status SegmentWriter::openSegment(std::uint64_t lastSequence)
{
    SegmentHeader header;
    header.number = m_number + 1;
    header.previous = m_number;
    header.previousLength = m_length;
    header.createdMs = m_clock.unixMs();
    header.lastSequence = lastSequence;
    const std::string path = m_log.pathOf(header.number);
    // What a failed attempt left behind was never named by anything.
    if (auto removed = m_log.m_fileSystem.remove(path); !removed && removed.error().code != Error::NotFound)
        return removed;
    TRY_ASSIGN(auto segment, Segment::create(m_log.m_fileSystem, m_log.m_keyring, path, header));
    if (auto synced = segment->file().sync(); !synced)
        return notDurable(synced.error());
    if (auto synced = m_log.m_fileSystem.syncDirectory(m_log.m_directory); !synced)
        return notDurable(synced.error());

    m_segment = std::move(segment);
    m_number = header.number;
    m_length = SegmentHeader::kSize;
    m_batchNumber = 0;
    m_marked = true;
    base::MutexLock lock(m_log.m_mutex);
    Log::Entry &entry = m_log.m_segments[m_number];
    entry.length = m_length;
    entry.open = m_segment;
    ++m_log.m_openCount;
    m_log.evict();
    return {};
}

Placed SegmentWriter::add(const NewRecord &record)
{
    const std::uint64_t begin = m_batch.size();
    EncodedRecord encoded = encodeRecord(record, m_segment->cipher(), m_batch);
    ++m_records;
    Placed placed;
    placed.place = {m_number, m_length + begin, encoded.length};
    placed.payloadOffset = m_length + begin + encoded.payloadAt;
    placed.clear = std::move(encoded.clear);
    placed.sealed = std::move(encoded.sealed);
    return placed;
}

Result<Record> SegmentWriter::readRecord(std::uint64_t segment, std::uint64_t offset)
{
    if (const ByteView waiting = waitingAt(segment, offset); !waiting.empty())
        return m_segment->decodeRecordAt(offset, waiting);
    TRY_ASSIGN(const auto opened, m_log.segment(segment));
    return opened->readRecord(offset);
}

Result<Bytes> SegmentWriter::readPayload(std::uint64_t segment, std::uint64_t offset)
{
    if (const ByteView waiting = waitingAt(segment, offset); !waiting.empty()) {
        TRY_ASSIGN(const Record record, m_segment->decodeRecordAt(offset, waiting));
        return m_segment->decodePayload(record, waiting);
    }
    TRY_ASSIGN(const auto opened, m_log.segment(segment));
    TRY_ASSIGN(const Record record, opened->readRecord(offset));
    return opened->readPayload(record);
}

ByteView SegmentWriter::waitingAt(std::uint64_t segment, std::uint64_t offset) const
{
    if (!m_segment || segment != m_number || offset < m_length || offset - m_length >= m_batch.size())
        return {};
    return ByteView(m_batch).subspan(offset - m_length);
}

Status SegmentWriter::commit()
{
    TRY_STATUS(write());
    m_marked = false;
    return {};
}

Status SegmentWriter::mark()
{
    if (m_marked || !m_segment)
        return {};
    m_batch.resize(BatchHeader::kSize);
    m_records = 0;
    TRY_STATUS(write());
    m_marked = true;
    return {};
}

void SegmentWriter::abandon()
{
    m_batch.clear();
    m_records = 0;
}

Status SegmentWriter::write()
{
    BatchHeader header;
    header.marker = m_segment->header().marker;
    header.number = m_batchNumber + 1;
    header.records = m_records;
    header.bytes = static_cast<std::uint32_t>(m_batch.size() - BatchHeader::kSize);
    Bytes encoded;
    header.encode(encoded);
    std::ranges::copy(encoded, m_batch.begin());

    const ByteView piece(m_batch);
    if (auto written = m_segment->file().writeAt(m_length, {&piece, 1}); !written) {
        m_segment.reset();
        abandon();
        return written;
    }
    if (auto synced = m_segment->file().sync(); !synced) {
        m_segment.reset();
        abandon();
        return notDurable(synced.error());
    }
    m_length += m_batch.size();
    ++m_batchNumber;
    abandon();
    base::MutexLock lock(m_log.m_mutex);
    m_log.m_segments[m_number].length = m_length;
    return {};
}

}  // namespace maxiofs::log
