// SPDX-License-Identifier: GPL-3.0-or-later
#include "index/row_codec.h"

#include "base/byte_io.h"
#include "index/packed_text.h"

#include <limits>

namespace maxiofs::index {

namespace {

constexpr std::uint8_t kFormat = 1;

// Tells in the first byte after the format which booleans are set.
enum Flag : std::uint8_t {
    kIsNull = 1,
    kIsDeleteMarker = 2,
    kFieldsInLog = 4,
    kIsStub = 8,
    kHasImports = 16,
};

enum class DataKind : std::uint8_t { None = 0, Record = 1, Blob = 2, Parts = 3 };

Status corruptRow(std::string_view what)
{
    return failure(Error::Corrupt,
                   "the index holds " + std::string(what) +
                       " in a form that this version does not write; rebuild the index from the log");
}

class RowWriter {
public:
    RowWriter(Bytes &to, std::uint8_t flags) : m_writer(to)
    {
        m_writer.fixed(kFormat);
        m_writer.fixed(flags);
    }

    void number(std::uint64_t value) { m_writer.varint(value); }
    void hex(std::string_view text) { writePackedText(m_writer, text); }
    void text(std::string_view text) { m_writer.sized(text); }
    void bytes(ByteView bytes) { m_writer.sized(bytes); }
    void id(const Id128 &id) { m_writer.raw(id.bytes); }
    void stamp(const Stamp &stamp)
    {
        m_writer.fixed(stamp.time);
        id(stamp.node);
    }
    void place(const RecordPlace &place)
    {
        number(place.segment);
        number(place.offset);
        number(place.length);
    }
    void data(const DataPlace &place)
    {
        number(place.index());
        std::visit([this](const auto &kind) { write(kind); }, place);
    }

private:
    void write(const NoData &) {}
    void write(const InRecord &in)
    {
        place(in.record);
        number(in.payloadOffset);
        number(in.sequence);
    }
    void write(const InBlob &in)
    {
        id(in.blob);
        place(in.record);
        number(in.sequence);
    }
    // Runs of (gap before the first number, how many follow each other with one size, that size).
    void write(const InParts &in)
    {
        number(in.dataId);
        std::size_t runs = 0;
        for (std::size_t i = 0; i < in.parts.size(); i = runEnd(in, i))
            ++runs;
        number(runs);
        std::uint32_t next = 0;
        for (std::size_t i = 0; i < in.parts.size();) {
            const std::size_t end = runEnd(in, i);
            number(in.parts[i].first - next);
            number(end - i);
            number(in.parts[i].second);
            next = in.parts[end - 1].first + 1U;
            i = end;
        }
    }
    static std::size_t runEnd(const InParts &in, std::size_t begin)
    {
        std::size_t end = begin + 1;
        while (end < in.parts.size() && in.parts[end].first == in.parts[end - 1].first + 1 &&
               in.parts[end].second == in.parts[begin].second)
            ++end;
        return end;
    }

    ByteWriter m_writer;
};

class RowReader {
public:
    RowReader(ByteView from, std::uint8_t allowedFlags) : m_reader(from)
    {
        m_ok = m_reader.fixed<std::uint8_t>() == kFormat;
        m_flags = m_reader.fixed<std::uint8_t>();
        m_ok = m_ok && (m_flags & ~allowedFlags) == 0;
    }

    [[nodiscard]] bool flag(Flag flag) const { return (m_flags & flag) != 0; }
    void number(std::uint64_t &value) { value = m_reader.varint(); }
    void hex(std::string &text) { m_ok = readPackedText(m_reader, text) && m_ok; }
    void text(std::string &text) { text = asText(m_reader.sized()); }
    void bytes(Bytes &bytes)
    {
        const ByteView view = m_reader.sized();
        bytes.assign(view.begin(), view.end());
    }
    void id(Id128 &id) { id = Id128::fromBytes(m_reader.raw(id.bytes.size())).value_or(Id128{}); }
    void stamp(Stamp &stamp)
    {
        stamp.time = m_reader.fixed<std::uint64_t>();
        id(stamp.node);
    }
    void place(RecordPlace &place)
    {
        number(place.segment);
        number(place.offset);
        number(place.length);
    }
    void data(DataPlace &place, PartTable partTable)
    {
        switch (const std::uint64_t kind = m_reader.varint(); static_cast<DataKind>(kind)) {
        case DataKind::None: place = NoData{}; break;
        case DataKind::Record: read(place.emplace<InRecord>()); break;
        case DataKind::Blob: read(place.emplace<InBlob>()); break;
        case DataKind::Parts: read(place.emplace<InParts>(), partTable); break;
        default: m_ok = false;
        }
    }
    [[nodiscard]] bool ok() const { return m_ok && m_reader.ok(); }
    [[nodiscard]] bool finished() const { return m_ok && m_reader.finished(); }

private:
    void read(InRecord &in)
    {
        place(in.record);
        number(in.payloadOffset);
        number(in.sequence);
    }
    void read(InBlob &in)
    {
        id(in.blob);
        place(in.record);
        number(in.sequence);
    }
    void read(InParts &in, PartTable partTable)
    {
        constexpr std::uint64_t kNumbers = std::numeric_limits<std::uint16_t>::max() + 1ULL;
        number(in.dataId);
        std::uint64_t runs = 0;
        number(runs);
        std::uint64_t next = 0;
        for (; runs > 0 && ok(); --runs) {
            std::uint64_t gap = 0;
            std::uint64_t count = 0;
            std::uint64_t size = 0;
            number(gap);
            number(count);
            number(size);
            // Numbers rise and have 16 bits: that bounds the table, whatever the bytes say.
            if (count == 0 || gap >= kNumbers - next || count > kNumbers - next - gap) {
                m_ok = false;
                return;
            }
            next += gap;
            for (; partTable == PartTable::Keep && count > 0; --count, ++next)
                in.parts.emplace_back(static_cast<std::uint16_t>(next), size);
            next += count;
        }
    }

    ByteReader m_reader;
    std::uint8_t m_flags = 0;
    bool m_ok = false;
};

std::uint8_t flagIf(bool condition, Flag flag)
{
    return condition ? flag : 0;
}

}  // namespace

void encode(const ObjectRow &row, Bytes &to)
{
    RowWriter writer(to, flagIf(row.isNull, kIsNull) | flagIf(row.isDeleteMarker, kIsDeleteMarker) |
                             flagIf(row.fieldsInLog, kFieldsInLog));
    writer.stamp(row.stamp);
    writer.number(row.sequence);
    writer.place(row.record);
    writer.number(row.size);
    writer.hex(row.etag);
    writer.hex(row.ownerId);
    writer.text(row.checksum);
    writer.data(row.data);
    writer.bytes(row.clearFields);
    writer.bytes(row.sealedFields);
}

Status decode(ByteView from, ObjectRow &row, PartTable partTable)
{
    RowReader reader(from, kIsNull | kIsDeleteMarker | kFieldsInLog);
    row.isNull = reader.flag(kIsNull);
    row.isDeleteMarker = reader.flag(kIsDeleteMarker);
    row.fieldsInLog = reader.flag(kFieldsInLog);
    reader.stamp(row.stamp);
    reader.number(row.sequence);
    reader.place(row.record);
    reader.number(row.size);
    reader.hex(row.etag);
    reader.hex(row.ownerId);
    reader.text(row.checksum);
    reader.data(row.data, partTable);
    reader.bytes(row.clearFields);
    reader.bytes(row.sealedFields);
    return reader.finished() ? Status{} : corruptRow("a row of an object");
}

Result<Stamp> decodeObjectStamp(ByteView from)
{
    RowReader reader(from, kIsNull | kIsDeleteMarker | kFieldsInLog);
    Stamp stamp;
    reader.stamp(stamp);
    if (!reader.ok())
        return std::unexpected(corruptRow("a row of an object").error());
    return stamp;
}

void encode(const UploadRow &row, Bytes &to)
{
    RowWriter writer(to, flagIf(row.fieldsInLog, kFieldsInLog));
    writer.id(row.uploadId);
    writer.stamp(row.stamp);
    writer.number(row.sequence);
    writer.place(row.record);
    writer.hex(row.ownerId);
    writer.bytes(row.clearFields);
    writer.bytes(row.sealedFields);
}

Status decode(ByteView from, UploadRow &row)
{
    RowReader reader(from, kFieldsInLog);
    row.fieldsInLog = reader.flag(kFieldsInLog);
    reader.id(row.uploadId);
    reader.stamp(row.stamp);
    reader.number(row.sequence);
    reader.place(row.record);
    reader.hex(row.ownerId);
    reader.bytes(row.clearFields);
    reader.bytes(row.sealedFields);
    return reader.finished() ? Status{} : corruptRow("a row of an upload");
}

void encode(const PartRow &row, Bytes &to)
{
    RowWriter writer(to, 0);
    writer.stamp(row.stamp);
    writer.number(row.sequence);
    writer.place(row.record);
    writer.number(row.size);
    writer.hex(row.etag);
    writer.text(row.checksum);
    writer.bytes(row.contentHash);
    writer.data(row.data);
}

Status decode(ByteView from, PartRow &row)
{
    RowReader reader(from, 0);
    reader.stamp(row.stamp);
    reader.number(row.sequence);
    reader.place(row.record);
    reader.number(row.size);
    reader.hex(row.etag);
    reader.text(row.checksum);
    reader.bytes(row.contentHash);
    reader.data(row.data, PartTable::Keep);
    return reader.finished() ? Status{} : corruptRow("a row of a part");
}

void encode(const CompletionRow &row, Bytes &to)
{
    RowWriter writer(to, flagIf(row.isNull, kIsNull));
    writer.text(row.key);
    writer.hex(row.etag);
    writer.text(row.checksum);
    writer.stamp(row.stamp);
    writer.number(static_cast<std::uint64_t>(row.completedMs));
}

Status decode(ByteView from, CompletionRow &row)
{
    RowReader reader(from, kIsNull);
    row.isNull = reader.flag(kIsNull);
    reader.text(row.key);
    reader.hex(row.etag);
    reader.text(row.checksum);
    reader.stamp(row.stamp);
    std::uint64_t completedMs = 0;
    reader.number(completedMs);
    row.completedMs = static_cast<std::int64_t>(completedMs);
    return reader.finished() ? Status{} : corruptRow("a row of a completed upload");
}

void encode(const TombstoneRow &row, Bytes &to)
{
    RowWriter writer(to, flagIf(row.isNull, kIsNull) | flagIf(row.isStub, kIsStub));
    writer.number(row.sequence);
    writer.stamp(row.stamp);
    writer.stamp(row.versionStamp);
    writer.place(row.record);
}

Status decode(ByteView from, TombstoneRow &row)
{
    RowReader reader(from, kIsNull | kIsStub);
    row.isNull = reader.flag(kIsNull);
    row.isStub = reader.flag(kIsStub);
    reader.number(row.sequence);
    reader.stamp(row.stamp);
    reader.stamp(row.versionStamp);
    reader.place(row.record);
    return reader.finished() ? Status{} : corruptRow("a tombstone");
}

void encode(const ChangeRow &row, Bytes &to)
{
    RowWriter writer(to, flagIf(!row.version, kIsNull));
    writer.number(row.kind);
    writer.text(row.key);
    if (row.version)
        writer.stamp(*row.version);
    writer.stamp(row.stamp);
    writer.number(row.size);
    writer.number(row.origins.size());
    for (const BucketId &origin : row.origins)
        writer.id(origin);
    writer.number(static_cast<std::uint64_t>(row.madeMs));
    writer.number(row.changes);
    writer.number(row.bytes);
}

Status decode(ByteView from, ChangeRow &row)
{
    RowReader reader(from, kIsNull);
    std::uint64_t kind = 0;
    reader.number(kind);
    row.kind = static_cast<std::uint8_t>(kind);
    reader.text(row.key);
    if (!reader.flag(kIsNull))
        reader.stamp(row.version.emplace());
    reader.stamp(row.stamp);
    reader.number(row.size);
    std::uint64_t origins = 0;
    reader.number(origins);
    if (kind != row.kind || origins > from.size() / sizeof(BucketId::bytes))
        return corruptRow("a change");
    row.origins.resize(origins);
    for (BucketId &origin : row.origins)
        reader.id(origin);
    std::uint64_t madeMs = 0;
    reader.number(madeMs);
    row.madeMs = static_cast<std::int64_t>(madeMs);
    reader.number(row.changes);
    reader.number(row.bytes);
    return reader.finished() ? Status{} : corruptRow("a change");
}

void encode(const ConsumerRow &row, Bytes &to)
{
    RowWriter(to, 0).number(row.cursor);
}

Status decode(ByteView from, ConsumerRow &row)
{
    RowReader reader(from, 0);
    reader.number(row.cursor);
    return reader.finished() ? Status{} : corruptRow("a reader of changes");
}

void encode(const FeedRow &row, Bytes &to)
{
    RowWriter(to, flagIf(row.hasImports, kHasImports)).number(row.floor);
}

Status decode(ByteView from, FeedRow &row)
{
    RowReader reader(from, kHasImports);
    row.hasImports = reader.flag(kHasImports);
    reader.number(row.floor);
    return reader.finished() ? Status{} : corruptRow("a feed of changes");
}

void encode(const BucketCounters &row, Bytes &to)
{
    RowWriter writer(to, 0);
    for (const std::uint64_t value :
         {row.currentObjects, row.currentBytes, row.noncurrentObjects, row.noncurrentBytes, row.uploads,
          row.uploadBytes, row.conflicts, row.conflictBytes})
        writer.number(value);
}

Status decode(ByteView from, BucketCounters &row)
{
    RowReader reader(from, 0);
    for (std::uint64_t *value :
         {&row.currentObjects, &row.currentBytes, &row.noncurrentObjects, &row.noncurrentBytes, &row.uploads,
          &row.uploadBytes, &row.conflicts, &row.conflictBytes})
        reader.number(*value);
    return reader.finished() ? Status{} : corruptRow("a bucket's counters");
}

void encode(const SegmentRow &row, Bytes &to)
{
    RowWriter writer(to, 0);
    writer.number(row.records);
    writer.number(row.bytes);
    writer.number(row.deadBytes);
}

Status decode(ByteView from, SegmentRow &row)
{
    RowReader reader(from, 0);
    reader.number(row.records);
    reader.number(row.bytes);
    reader.number(row.deadBytes);
    return reader.finished() ? Status{} : corruptRow("a segment's figures");
}

void encode(const LogPosition &position, Bytes &to)
{
    RowWriter writer(to, 0);
    writer.number(position.segment);
    writer.number(position.offset);
    writer.number(position.sequence);
}

Status decode(ByteView from, LogPosition &position)
{
    RowReader reader(from, 0);
    reader.number(position.segment);
    reader.number(position.offset);
    reader.number(position.sequence);
    return reader.finished() ? Status{} : corruptRow("its position in the log");
}

void encode(const Stamp &stamp, Bytes &to)
{
    RowWriter writer(to, 0);
    writer.stamp(stamp);
}

Status decode(ByteView from, Stamp &stamp)
{
    RowReader reader(from, 0);
    reader.stamp(stamp);
    return reader.finished() ? Status{} : corruptRow("the place of a null version");
}

}  // namespace maxiofs::index
