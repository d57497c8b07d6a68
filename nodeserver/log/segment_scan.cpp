// SPDX-License-Identifier: GPL-3.0-or-later
#include "log/segment_scan.h"

#include <algorithm>
#include <cstring>

namespace maxiofs::log {

namespace {

constexpr std::size_t kReadAhead = 256 * 1024;
constexpr std::size_t kMarkerAt = 8;  // of the marker in a batch header

// Sequential reads through one buffer.
class Cursor {
public:
    explicit Cursor(Segment &segment, std::uint64_t end) : m_segment(segment), m_end(end) {}

    /// Up to `size` bytes at `offset`; fewer only at the end.
    Result<ByteView> at(std::uint64_t offset, std::uint64_t size)
    {
        size = offset < m_end ? std::min(size, m_end - offset) : 0;
        if (offset < m_begin || offset + size > m_begin + m_buffer.size()) {
            m_buffer.resize(
                std::min<std::uint64_t>(std::max<std::uint64_t>(size, kReadAhead), m_end - offset));
            auto got = m_segment.file().readAt(offset, m_buffer);
            if (!got)
                return std::unexpected(std::move(got).error());
            m_buffer.resize(*got);
            m_begin = offset;
            size = std::min<std::uint64_t>(size, *got);
        }
        return ByteView(m_buffer).subspan(offset - m_begin, size);
    }

private:
    Segment &m_segment;
    const std::uint64_t m_end;
    std::uint64_t m_begin = 0;
    Bytes m_buffer;
};

class Scanner {
public:
    Scanner(Segment &segment, const ScanOptions &options, const Visitor &visitor)
        : m_segment(segment),
          m_options(options),
          m_visitor(visitor),
          m_cursor(segment, options.length)
    {
    }

    Result<ScanOutcome> run()
    {
        std::uint64_t offset = m_options.from;
        while (offset < m_options.length && offset - m_options.from < m_options.atMost) {
            TRY_ASSIGN(const ByteView bytes, m_cursor.at(offset, BatchHeader::kSize));
            const auto batch = BatchHeader::decode(bytes, m_segment.header().marker);
            if (!batch) {
                TRY_ASSIGN(const auto next, findBatch(offset + 1));
                if (!next && offset >= provenEnd())
                    break;
                const std::uint64_t to = next.value_or(provenEnd());
                noteDamage(offset, to, batch.error().message);
                offset = to;
                continue;
            }
            m_outcome.lastBatch = offset;
            const std::uint64_t begin = offset + BatchHeader::kSize;
            const std::uint64_t end = std::min(begin + batch->bytes, m_options.length);
            TRY_ASSIGN(const bool proven, isProven(begin + batch->bytes));
            TRY_ASSIGN(const std::uint64_t reached, readBatch(begin, end, proven));
            offset = reached;
            if (reached < end)
                break;  // torn within the last batch
            TRY_STATUS(tellEnd(offset));
        }
        m_outcome.goodLength = std::min(offset, m_options.length);
        TRY_STATUS(tellEnd(m_outcome.goodLength));
        return std::move(m_outcome);
    }

private:
    Status tellEnd(std::uint64_t offset)
    {
        return m_visitor.batchEnd ? m_visitor.batchEnd(offset) : Status();
    }

    // Up to here everything had reached the disk.
    std::uint64_t provenEnd() const
    {
        return m_options.isNewest ? std::min(m_options.synced, m_options.length) : m_options.length;
    }

    // Whether everything up to `end` had reached the disk: something that was written later is intact.
    Result<bool> isProven(std::uint64_t end)
    {
        if (!m_options.isNewest || end <= m_options.synced)
            return true;
        if (end + BatchHeader::kSize <= m_options.length) {
            TRY_ASSIGN(const ByteView bytes, m_cursor.at(end, BatchHeader::kSize));
            if (BatchHeader::decode(bytes, m_segment.header().marker))
                return true;
        }
        TRY_ASSIGN(const auto later, findBatch(end));
        return later.has_value();
    }

    // Reads the records from `offset` to `end`; where it stopped: `end`, or the first torn record.
    Result<std::uint64_t> readBatch(std::uint64_t offset, std::uint64_t end, bool proven)
    {
        while (offset < end) {
            auto record = readRecord(offset, end, m_options.checkPayloads || !proven);
            if (record) {
                m_outcome.lastSequence = std::max(m_outcome.lastSequence, record->sequence);
                TRY_STATUS(m_visitor.record(*record));
                offset += record->place.length;
                continue;
            }
            if (record.error().code != Error::Corrupt)
                return std::unexpected(std::move(record).error());
            if (!proven)
                return offset;
            TRY_ASSIGN(const ByteView bytes, m_cursor.at(offset, RecordPrefix::kSize));
            const auto prefix = RecordPrefix::decode(bytes);
            const std::uint64_t next = prefix ? std::min(offset + prefix->recordLength(), end) : end;
            noteDamage(offset, next, record.error().message);
            offset = next;
        }
        return end;
    }

    Result<Record> readRecord(std::uint64_t offset, std::uint64_t end, bool checkPayload)
    {
        TRY_ASSIGN(ByteView bytes, m_cursor.at(offset, RecordPrefix::kSize));
        TRY_ASSIGN(const RecordPrefix prefix, RecordPrefix::decode(bytes));
        if (prefix.recordLength() > end - offset)
            return failure(Error::Corrupt, "a record reaches beyond its batch");
        TRY_ASSIGN(bytes, m_cursor.at(offset, prefix.headerLength()));
        TRY_ASSIGN(Record record,
                   decodeRecord(bytes, prefix, m_segment.cipher(), m_segment.header().number, offset));
        if (checkPayload) {
            if (auto payload = m_segment.readPayload(record); !payload)
                return std::unexpected(std::move(payload).error());
        }
        return record;
    }

    // The first intact batch header at or after `offset`.
    Result<std::optional<std::uint64_t>> findBatch(std::uint64_t offset)
    {
        const auto &marker = m_segment.header().marker.bytes;
        while (offset + BatchHeader::kSize <= m_options.length) {
            TRY_ASSIGN(const ByteView bytes, m_cursor.at(offset, kReadAhead));
            const auto *found = static_cast<const std::byte *>(
                ::memmem(bytes.data(), bytes.size(), marker.data(), marker.size()));
            if (found == nullptr) {
                if (bytes.size() < kReadAhead)
                    break;
                offset += bytes.size() - (marker.size() - 1);
                continue;
            }
            const std::uint64_t markerAt = offset + static_cast<std::uint64_t>(found - bytes.data());
            if (markerAt >= m_options.from + kMarkerAt) {
                const std::uint64_t candidate = markerAt - kMarkerAt;
                TRY_ASSIGN(const ByteView header, m_cursor.at(candidate, BatchHeader::kSize));
                if (BatchHeader::decode(header, m_segment.header().marker))
                    return candidate;
            }
            offset = markerAt + 1;
        }
        return std::nullopt;
    }

    void noteDamage(std::uint64_t from, std::uint64_t to, const std::string &reason)
    {
        m_outcome.damage.push_back({m_segment.header().number, from, to, reason});
    }

    Segment &m_segment;
    const ScanOptions m_options;
    const Visitor &m_visitor;
    Cursor m_cursor;
    ScanOutcome m_outcome;
};

}  // namespace

Result<ScanOutcome> scanSegment(Segment &segment, const ScanOptions &options, const Visitor &visitor)
{
    return Scanner(segment, options, visitor).run();
}

}  // namespace maxiofs::log
