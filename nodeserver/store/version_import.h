// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "crypto/digest.h"
#include "store/object_changes.h"
#include "store/version_exchange.h"

namespace maxiofs::store {

// The decisions of versions that come from another node: VersionExchange says which of two wins. They run on
// the committer's thread.

// A version on its way in.
struct NewImport {
    BucketId bucket;
    VersionHeader header;
    frame::Fields fields;   // of its record, but for what it replaces
    Bytes payload;          // empty where fields name a large-object file
    bool isRepair = false;  // replaces also what has the same stamps and another content
    std::uint64_t damaged =
        0;  // replaces the version whose header has this sequence, and nothing else; 0: none
};

[[nodiscard]] Status checkKey(std::string_view key);
/// Errors: InvalidArgument for a header that no store gives out.
[[nodiscard]] Result<NewImport> newImport(const BucketId &bucket, const BucketId &from, VersionHeader header);

[[nodiscard]] Result<Imported> decideImport(Decision &decision, NewImport &import);
/// Puts the same version again in the place of one that is damaged; Older where that changed meanwhile.
[[nodiscard]] Result<Imported> decideHealing(Decision &decision, NewImport &import);
[[nodiscard]] Result<Imported> decideImportHeader(Decision &decision, log::Log &log, NewImport &import);
[[nodiscard]] Result<Imported> decideImportRemoval(Decision &decision, const BucketId &bucket,
                                                   const VersionRemoval &removal);
[[nodiscard]] Result<ImportNeed> importNeedOf(const index::Reader &index, log::Log &log,
                                              const BucketId &bucket, const VersionHeader &header);

/// Reads a record by its place.
using ReadRecord = std::function<Result<log::Record>(const index::RecordPlace &)>;
/// The clear fields of a version's header alone: sealed ones need not be opened to compare.
[[nodiscard]] Result<frame::Fields> clearFieldsOf(const index::ObjectRow &row, const ReadRecord &read);
/// Whether a version that is here has the bytes that the header describes.
[[nodiscard]] bool hasSameBytes(const VersionHeader &header, const index::ObjectRow &row,
                                const frame::Fields &clear);
/// Makes ready to write the header alone, in the place of `existing`, whose bytes it describes.
[[nodiscard]] Status nameExistingData(NewImport &import, Decision &decision, log::Log &log,
                                      const index::ObjectRow &existing);
[[nodiscard]] Status writeImport(Decision &decision, const NewImport &import);
/// The record of the removal, in the place of `existing`, if there is one.
[[nodiscard]] Result<frame::Fields> removalFields(const Decision &decision, const BucketId &bucket,
                                                  const VersionRemoval &removal,
                                                  const std::optional<LocatedRow> &existing);
[[nodiscard]] Status writeImportHeader(Decision &decision, const NewImport &import);

// Compares bytes with the content hash of a header, as they come in: of a multipart object with those of its
// parts.
class ContentCheck {
public:
    /// Error::InvalidArgument where the header has no hash, or a part table that does not fit.
    [[nodiscard]] static Result<ContentCheck> of(const VersionHeader &header);

    void update(ByteView bytes);
    /// Error::BadDigest.
    [[nodiscard]] Status finish();

private:
    // What is hashed by itself.
    struct Piece {
        std::uint64_t size = 0;
        Bytes hash;
    };
    void endPiece();

    std::string m_key;
    std::vector<Piece> m_pieces;
    std::size_t m_at = 0;         // the piece that is being read
    std::uint64_t m_inPiece = 0;  // its bytes so far
    bool m_differs = false;
    crypto::Xxh128 m_hash;
};

}  // namespace maxiofs::store
