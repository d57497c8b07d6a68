// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/stamp.h"

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace maxiofs::index {

// Where a record lies in the log.
struct RecordPlace {
    std::uint64_t segment = 0;
    std::uint64_t offset = 0;  // of the record's first byte
    std::uint64_t length = 0;  // whole record, payload included

    auto operator<=>(const RecordPlace &) const = default;
};

// Where the bytes of one piece (an object written in one piece, or a part) lie.
struct NoData {
    auto operator<=>(const NoData &) const = default;
};
struct InRecord {  // framed payload of the record at `record`, whose sequence is `sequence`
    RecordPlace record;
    std::uint64_t payloadOffset = 0;  // from the segment's beginning
    std::uint64_t sequence = 0;

    auto operator<=>(const InRecord &) const = default;
};
struct InBlob {  // a large-object file; the record that brought it is at `record`
    Id128 blob;
    RecordPlace record;
    std::uint64_t sequence = 0;

    auto operator<=>(const InBlob &) const = default;
};
struct InParts {  // rows `data id | part` of the family parts, numbers and sizes in the part table
    std::uint64_t dataId = 0;
    std::vector<std::pair<std::uint16_t, std::uint64_t>> parts;  // number, size; ascending

    auto operator<=>(const InParts &) const = default;
};
using DataPlace = std::variant<NoData, InRecord, InBlob, InParts>;

// A version of an object: all that HEAD and LIST answer, and where its data is. The record at `record`
// brought this header; the data may lie elsewhere, since a change of metadata moves no byte.
struct ObjectRow {
    Stamp stamp;                 // order of versions and Last-Modified
    std::uint64_t sequence = 0;  // of the record at `record`
    RecordPlace record;
    bool isNull = false;  // the version without an id
    bool isDeleteMarker = false;
    std::uint64_t size = 0;  // plaintext bytes
    std::string etag;        // without quotes; empty for a delete marker
    std::string ownerId;     // 64 hex digits
    std::string checksum;    // u8 algorithm, u8 type, value; empty: none
    DataPlace data;
    // The record's tagged fields as they stand in the log; both empty with `fieldsInLog`, when they would
    // make the row larger than kRowFieldsLimit.
    Bytes clearFields;
    Bytes sealedFields;  // opened with the key of segment `record.segment` and `sequence`
    bool fieldsInLog = false;

    bool operator==(const ObjectRow &) const = default;
};
inline constexpr std::size_t kRowFieldsLimit = 4096;

// A multipart upload that is open.
struct UploadRow {
    Id128 uploadId;  // first 8 bytes: big-endian stamp time, so that ids sort by beginning
    Stamp stamp;
    std::uint64_t sequence = 0;  // its data id
    RecordPlace record;
    std::string ownerId;
    Bytes clearFields;  // of the record that began it
    Bytes sealedFields;
    bool fieldsInLog = false;

    bool operator==(const UploadRow &) const = default;
};

// One part of an upload, or of an object completed from one.
struct PartRow {
    Stamp stamp;
    std::uint64_t sequence = 0;
    RecordPlace record;
    std::uint64_t size = 0;
    std::string etag;      // without quotes
    std::string checksum;  // as in ObjectRow
    Bytes contentHash;     // XXH3-128
    DataPlace data;        // InRecord or InBlob (NoData: empty part)

    bool operator==(const PartRow &) const = default;
};

// A completed upload, remembered so that its repetition gets the same answer.
struct CompletionRow {
    std::string key;
    std::string etag;
    std::string checksum;
    Stamp stamp;  // of the version made
    bool isNull = false;
    std::int64_t completedMs = 0;

    bool operator==(const CompletionRow &) const = default;
};

// A version that was removed by a delete.
struct TombstoneRow {
    std::uint64_t sequence = 0;
    Stamp stamp;         // of the delete
    Stamp versionStamp;  // of what was removed; with `isNull` the null version
    bool isNull = false;
    RecordPlace record;
    bool isStub = false;  // what compaction left of a dead record

    bool operator==(const TombstoneRow &) const = default;
};

// One change in the feed of a bucket (key: bucket, sequence of its record).
struct ChangeRow {
    std::uint8_t kind = 0;         // store::ChangeKind
    std::string key;               // of the object
    std::optional<Stamp> version;  // absent: the null version
    Stamp stamp;                   // of the version or of its removal
    std::uint64_t size = 0;
    std::vector<BucketId> origins;  // buckets that it came through
    std::int64_t madeMs = 0;        // when it was applied here
    // All changes of the feed up to and with this one.
    std::uint64_t changes = 0;
    std::uint64_t bytes = 0;

    bool operator==(const ChangeRow &) const = default;
};

// Who reads a bucket's feed, and how far it has come.
struct ConsumerRow {
    std::uint64_t cursor = 0;

    bool operator==(const ConsumerRow &) const = default;
};

// What is known of a bucket's feed as a whole.
struct FeedRow {
    std::uint64_t floor = 0;  // changes up to here were dropped although somebody had not read them
    bool hasImports = false;  // versions of another node have come in

    bool operator==(const FeedRow &) const = default;
};

// Exact figures of a bucket, changed in the same batch as the rows they count.
struct BucketCounters {
    std::uint64_t currentObjects = 0;
    std::uint64_t currentBytes = 0;
    std::uint64_t noncurrentObjects = 0;  // also delete markers; conflict versions apart
    std::uint64_t noncurrentBytes = 0;
    std::uint64_t uploads = 0;      // open multipart uploads
    std::uint64_t uploadBytes = 0;  // their parts
    std::uint64_t conflicts = 0;
    std::uint64_t conflictBytes = 0;

    bool operator==(const BucketCounters &) const = default;
};

// What compaction needs to know about a segment.
struct SegmentRow {
    std::uint64_t records = 0;    // written into it
    std::uint64_t bytes = 0;      // of these records
    std::uint64_t deadBytes = 0;  // of records that no row points at any more

    bool operator==(const SegmentRow &) const = default;
};

// How far the index contains the log: everything below this place.
struct LogPosition {
    std::uint64_t segment = 0;
    std::uint64_t offset = 0;
    std::uint64_t sequence = 0;  // the greatest that was given out up to there

    auto operator<=>(const LogPosition &) const = default;
};

}  // namespace maxiofs::index
