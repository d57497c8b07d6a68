// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "blob/blob_store.h"
#include "log/log.h"
#include "store/damage_list.h"
#include "store/object_fields.h"
#include "store/object_reader.h"
#include "store/read_pins.h"

#include <map>
#include <memory>

namespace maxiofs::store {

// An ObjectReader over one row of the index.
class StoredObject final : public ObjectReader {
public:
    /// Told where bytes lie that a read could not get although they are there to be read; must not block.
    using Suspect = std::function<void(DamageEntry entry)>;
    struct Sources {
        log::Log &log;
        blob::BlobStore &blobs;
        const index::Index &index;
        ReadPins &pins;
        const Suspect &suspect;
    };

    /// Holds what can go away: the segment of header and payload, or pins on the large-object files.
    /// Error::NotFound where compaction was faster: look the row up again.
    [[nodiscard]] static Result<std::shared_ptr<StoredObject>>
    open(Sources sources, const BucketId &bucket, std::string_view key, index::ObjectRow row, bool isLatest);

    [[nodiscard]] const ObjectInfo &info() const override { return m_info; }
    [[nodiscard]] Result<const Attributes *> attributes(index::ReadMode mode) override;
    [[nodiscard]] unsigned partCount() const override;
    [[nodiscard]] Result<std::pair<std::uint64_t, std::uint64_t>> partRange(unsigned number) const override;
    [[nodiscard]] Result<std::pair<std::vector<PartInfo>, bool>> parts(unsigned after,
                                                                       std::size_t limit) override;
    [[nodiscard]] Result<std::size_t> read(std::uint64_t offset, std::size_t length, Bytes &to,
                                           index::ReadMode mode) override;

    [[nodiscard]] const index::ObjectRow &row() const { return m_row; }
    [[nodiscard]] log::Segment &headerSegment() const { return *m_headerSegment; }  // none of a marker

private:
    StoredObject(Sources sources, const BucketId &bucket, std::string_view key, index::ObjectRow row,
                 bool isLatest);

    // Where one piece's bytes come from, opened.
    struct Piece {
        std::shared_ptr<log::Segment> segment;
        std::shared_ptr<blob::BlobReader> blob;
        std::uint64_t payloadOffset = 0;
        std::uint64_t sequence = 0;
        std::uint64_t size = 0;
        index::DataPlace place;
    };
    [[nodiscard]] Status openPiece(const index::DataPlace &data, std::uint64_t size, index::ReadMode mode,
                                   Piece &piece) const;
    [[nodiscard]] Status loadParts(const index::InParts &table, index::ReadMode mode);
    [[nodiscard]] Result<index::PartRow> loadPart(std::uint64_t dataId, std::uint16_t number,
                                                  index::ReadMode mode);
    /// The parts of an object that came from another node in one piece; empty where there were none.
    [[nodiscard]] Result<const std::vector<TablePart> *> importedParts() const;
    /// As the read went; what is damaged is told.
    [[nodiscard]] Status noted(Status read) const;
    [[nodiscard]] Status choosePiece(std::uint64_t offset, index::ReadMode mode);
    [[nodiscard]] static Status readFrames(const Piece &piece, std::uint64_t first, std::uint64_t count,
                                           bool cachedOnly, Bytes &to);

    const Sources m_sources;
    const BucketId m_bucket;
    const index::ObjectRow m_row;
    ObjectInfo m_info;
    std::optional<Attributes> m_attributes;
    mutable std::optional<std::vector<TablePart>> m_importedParts;
    std::shared_ptr<log::Segment> m_headerSegment;
    std::vector<ReadPins::Pin> m_pins;

    // Loaded with the first read, so that a deletion meanwhile does not take them away.
    std::vector<index::PartRow> m_partRows;
    std::map<std::uint64_t, std::shared_ptr<log::Segment>> m_partSegments;

    Piece m_piece;  // the one read last
    std::uint64_t m_pieceBegin = 0;
    bool m_hasPiece = false;
};

[[nodiscard]] ObjectInfo infoOf(std::string key, const index::ObjectRow &row, bool isLatest);

}  // namespace maxiofs::store
