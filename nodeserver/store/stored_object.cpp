// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/stored_object.h"

#include "store/object_changes.h"
#include "store/part_sums.h"
#include "store/version_set.h"

#include <algorithm>

namespace maxiofs::store {

namespace {

constexpr unsigned kPartTries = 3;

}  // namespace

ObjectInfo infoOf(std::string key, const index::ObjectRow &row, bool isLatest)
{
    ObjectInfo info;
    info.key = std::move(key);
    info.version = row.isNull ? VersionId{} : VersionId{row.stamp};
    info.isDeleteMarker = row.isDeleteMarker;
    info.isLatest = isLatest;
    info.size = row.size;
    info.etag = row.etag;
    info.lastModifiedMs = row.stamp.unixMs();
    info.ownerId = row.ownerId;
    info.checksum = decodeChecksum(row.checksum);
    if (!row.clearFields.empty()) {
        frame::Fields fields;
        if (fields.decode(row.clearFields, false))
            info.storageClass = fields.text(frame::Tag::StorageClass).value_or("");
    }
    return info;
}

StoredObject::StoredObject(Sources sources, const BucketId &bucket, std::string_view key,
                           index::ObjectRow row, bool isLatest)
    : m_sources(sources),
      m_bucket(bucket),
      m_row(std::move(row)),
      m_info(infoOf(std::string(key), m_row, isLatest))
{
}

Result<std::shared_ptr<StoredObject>> StoredObject::open(Sources sources, const BucketId &bucket,
                                                         std::string_view key, index::ObjectRow row,
                                                         bool isLatest)
{
    std::shared_ptr<StoredObject> object(new StoredObject(sources, bucket, key, std::move(row), isLatest));
    const index::ObjectRow &stored = object->m_row;
    if (stored.isDeleteMarker)
        return object;
    TRY_ASSIGN(object->m_headerSegment, sources.log.segment(stored.record.segment));
    if (std::holds_alternative<index::InRecord>(stored.data)) {
        TRY_STATUS(object->openPiece(stored.data, stored.size, index::ReadMode::MayBlock, object->m_piece));
        object->m_hasPiece = true;
    } else {
        object->m_pins.emplace_back(sources.pins, dataIdOf(stored.data));
    }
    return object;
}

Result<const Attributes *> StoredObject::attributes(index::ReadMode mode)
{
    if (m_attributes)
        return &*m_attributes;
    if (m_row.fieldsInLog && mode == index::ReadMode::CachedOnly)
        return failure(Error::WouldBlock, "the object's attributes lie in the log");
    TRY_ASSIGN(const FullHeader header, readHeader(*m_headerSegment, m_row));
    TRY_ASSIGN(m_attributes, attributesOf(header.clear, header.sealed));
    m_attributes->ownerId = m_row.ownerId;
    return &*m_attributes;
}

unsigned StoredObject::partCount() const
{
    if (const auto *parts = std::get_if<index::InParts>(&m_row.data))
        return static_cast<unsigned>(parts->parts.size());
    const auto parts = importedParts();
    return parts ? static_cast<unsigned>((*parts)->size()) : 0;
}

Result<const std::vector<TablePart> *> StoredObject::importedParts() const
{
    if (m_importedParts)
        return &*m_importedParts;
    m_importedParts.emplace();
    if (m_row.isDeleteMarker || !isMultipartEtag(m_row.etag))
        return &*m_importedParts;
    TRY_ASSIGN(const FullHeader header, readHeader(*m_headerSegment, m_row));
    if (const auto table = header.clear.get(frame::Tag::PieceTable)) {
        TRY_ASSIGN(m_importedParts, decodePartTable(*table));
    }
    return &*m_importedParts;
}

Result<std::pair<std::uint64_t, std::uint64_t>> StoredObject::partRange(unsigned number) const
{
    if (number == 0 || number > partCount())
        return failure(Error::InvalidPart, "The requested part does not exist");
    const auto *parts = std::get_if<index::InParts>(&m_row.data);
    const auto sizeOf = [&](std::size_t i) {
        return parts != nullptr ? parts->parts[i].second : (*m_importedParts)[i].size;
    };
    std::uint64_t begin = 0;
    for (unsigned i = 0; i + 1 < number; ++i)
        begin += sizeOf(i);
    return std::pair{begin, sizeOf(number - 1)};
}

Result<std::pair<std::vector<PartInfo>, bool>> StoredObject::parts(unsigned after, std::size_t limit)
{
    std::vector<PartInfo> infos;
    const auto *table = std::get_if<index::InParts>(&m_row.data);
    if (table == nullptr) {
        TRY_ASSIGN(const std::vector<TablePart> *const imported, importedParts());
        for (const TablePart &part : *imported) {
            if (part.number <= after)
                continue;
            if (infos.size() == limit)
                return std::pair{std::move(infos), true};
            infos.push_back({part.number, part.size, part.etag, part.checksum, m_row.stamp.unixMs()});
        }
        return std::pair{std::move(infos), false};
    }
    for (const auto &[number, size] : table->parts) {
        if (number <= after)
            continue;
        if (infos.size() == limit)
            return std::pair{std::move(infos), true};
        TRY_ASSIGN(const auto row, m_sources.index.part(table->dataId, number));
        if (!row)
            return failure(Error::Damaged, "part " + std::to_string(number) + " of the object is missing");
        infos.push_back({number, size, row->etag, decodeChecksum(row->checksum), row->stamp.unixMs()});
    }
    return std::pair{std::move(infos), false};
}

Status StoredObject::openPiece(const index::DataPlace &data, std::uint64_t size, index::ReadMode mode,
                               Piece &piece) const
{
    piece = {};
    piece.size = size;
    piece.place = data;
    if (const auto *record = std::get_if<index::InRecord>(&data)) {
        if (record->record.segment == 0)
            return failure(Error::Damaged, "the record that holds the object's bytes is lost");
        const auto held = m_partSegments.find(record->record.segment);
        if (held != m_partSegments.end()) {
            piece.segment = held->second;
        } else {
            TRY_ASSIGN(piece.segment, m_sources.log.segment(record->record.segment));
        }
        piece.payloadOffset = record->payloadOffset;
        piece.sequence = record->sequence;
        return {};
    }
    if (const auto *blob = std::get_if<index::InBlob>(&data)) {
        if (mode == index::ReadMode::CachedOnly)
            return failure(Error::WouldBlock, "the object's file is to be opened");
        TRY_ASSIGN(piece.blob, m_sources.blobs.openForRead(blob->blob, size));
        return {};
    }
    return failure(Error::Internal, "a piece of an object has no place");
}

// Holds the parts' rows and segments from now on. A part that compaction moves meanwhile is looked up again.
Status StoredObject::loadParts(const index::InParts &table, index::ReadMode mode)
{
    if (!m_partRows.empty())
        return {};
    std::vector<index::PartRow> rows;
    rows.reserve(table.parts.size());
    for (const auto &[number, size] : table.parts) {
        TRY_ASSIGN(auto row, loadPart(table.dataId, number, mode));
        rows.push_back(std::move(row));
    }
    m_partRows = std::move(rows);
    return {};
}

Result<index::PartRow> StoredObject::loadPart(std::uint64_t dataId, std::uint16_t number,
                                              index::ReadMode mode)
{
    for (unsigned attempt = 0;; ++attempt) {
        TRY_ASSIGN(auto row, m_sources.index.part(dataId, number, mode));
        if (!row) {
            const VersionId version = m_row.isNull ? VersionId{} : VersionId{m_row.stamp};
            TRY_ASSIGN(const auto now, findVersion(m_sources.index, m_bucket, m_info.key, version));
            if (!now || now->row.sequence != m_row.sequence)
                return failure(Error::Busy, "The object was replaced while it was being opened: try again.");
            return failure(Error::Damaged, "part " + std::to_string(number) + " of the object is missing");
        }
        const std::uint64_t in = recordOf(row->data).segment;
        if (!std::holds_alternative<index::InRecord>(row->data) || m_partSegments.contains(in))
            return std::move(*row);
        auto segment = m_sources.log.segment(in);
        if (segment) {
            m_partSegments.emplace(in, std::move(*segment));
            return std::move(*row);
        }
        if (segment.error().code != Error::NotFound || attempt == kPartTries)
            return std::unexpected(std::move(segment).error());
    }
}

Status StoredObject::choosePiece(std::uint64_t offset, index::ReadMode mode)
{
    if (m_hasPiece && offset >= m_pieceBegin && offset - m_pieceBegin < m_piece.size)
        return {};
    m_hasPiece = false;
    m_piece.place = index::NoData{};
    std::uint64_t begin = 0;
    if (const auto *table = std::get_if<index::InParts>(&m_row.data)) {
        TRY_STATUS(loadParts(*table, mode));
        std::size_t part = 0;
        while (offset - begin >= table->parts[part].second)
            begin += table->parts[part++].second;
        TRY_STATUS(openPiece(m_partRows[part].data, table->parts[part].second, mode, m_piece));
    } else {
        TRY_STATUS(openPiece(m_row.data, m_row.size, mode, m_piece));
    }
    m_pieceBegin = begin;
    m_hasPiece = true;
    return {};
}

Status StoredObject::readFrames(const Piece &piece, std::uint64_t first, std::uint64_t count, bool cachedOnly,
                                Bytes &to)
{
    if (piece.blob)
        return piece.blob->readFrames(first, count, cachedOnly, to);
    return piece.segment->readFrames(piece.sequence, piece.payloadOffset, piece.size, first, count,
                                     cachedOnly, to);
}

Status StoredObject::noted(Status read) const
{
    if (read || (read.error().code != Error::Corrupt && read.error().code != Error::Damaged))
        return read;
    if (const auto *blob = std::get_if<index::InBlob>(&m_piece.place)) {
        m_sources.suspect(DamageEntry::ofFile(blob->blob, read.error().message));
    } else if (const auto *record = std::get_if<index::InRecord>(&m_piece.place)) {
        const index::RecordPlace &at = record->record;
        if (at.segment != 0)
            m_sources.suspect(
                DamageEntry::ofSegment(at.segment, at.offset, at.offset + at.length, read.error().message));
    }
    return read;
}

Result<std::size_t> StoredObject::read(std::uint64_t offset, std::size_t length, Bytes &to,
                                       index::ReadMode mode)
{
    if (offset >= m_row.size || length == 0)
        return 0;
    length = static_cast<std::size_t>(std::min<std::uint64_t>(length, m_row.size - offset));
    TRY_STATUS(noted(choosePiece(offset, mode)));
    const std::uint64_t inPiece = offset - m_pieceBegin;
    length = static_cast<std::size_t>(std::min<std::uint64_t>(length, m_piece.size - inPiece));

    const std::uint64_t first = inPiece / frame::kFrameSize;
    const std::uint64_t last = (inPiece + length - 1) / frame::kFrameSize;
    const auto skip = static_cast<std::ptrdiff_t>(inPiece % frame::kFrameSize);
    const std::size_t before = to.size();
    TRY_STATUS(noted(readFrames(m_piece, first, last - first + 1, mode == index::ReadMode::CachedOnly, to)));
    if (skip != 0)
        to.erase(to.begin() + static_cast<std::ptrdiff_t>(before),
                 to.begin() + static_cast<std::ptrdiff_t>(before) + skip);
    to.resize(before + length);
    return length;
}

}  // namespace maxiofs::store
