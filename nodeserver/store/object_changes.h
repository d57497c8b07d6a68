// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "log/log.h"
#include "store/committer.h"
#include "store/object_store.h"

namespace maxiofs::store {

// The decisions of S3's changes to objects: each checks its conditions in its turn and then writes one
// record. They run on the committer's thread.

/// An object written in one piece, ready but for its version.
struct NewObject {
    BucketId bucket;
    std::string key;
    frame::Fields fields;  // all but version and kills
    Bytes payload;         // empty where fields name a large-object file
    std::uint64_t size = 0;
    std::string etag;
    std::optional<ObjectChecksum> checksum;
    WriteConditions conditions;
};
[[nodiscard]] Result<Committed> decidePut(Decision &decision, NewObject &object);

[[nodiscard]] Result<Deleted> decideRemove(Decision &decision, const BucketId &bucket, const std::string &key,
                                           const std::optional<VersionId> &version,
                                           const WriteConditions &conditions);

/// What a metadata change makes of a version's attributes. An error refuses it.
using EditAttributes = std::function<Status(const index::ObjectRow &row, Attributes &attributes)>;
/// `isRewrite`: the change counts as a new write (Last-Modified moves); only for null versions.
[[nodiscard]] Result<Committed> decideMetadata(Decision &decision, log::Log &log, const BucketId &bucket,
                                               const std::string &key,
                                               const std::optional<VersionId> &version, bool isRewrite,
                                               const EditAttributes &edit);

/// Error::BucketNotEmpty unless nothing is left in it.
[[nodiscard]] Result<void> decideClose(Decision &decision, const BucketId &bucket);

/// If-Match and If-None-Match against the newest version.
[[nodiscard]] Status checkConditions(const WriteConditions &conditions,
                                     const std::optional<LocatedRow> &newest);
/// The bucket's quota with `size` more bytes in one more object, less what is replaced.
[[nodiscard]] Status checkQuota(const BucketState &bucket, const index::BucketCounters &counters,
                                std::uint64_t size, const std::optional<LocatedRow> &replaced);
/// Says that the record replaces or removes this version: the segments of all records that its row stands on
/// and `more`, and the data id of its parts.
[[nodiscard]] Status setReplaced(frame::Fields &fields, const index::Reader &index,
                                 const index::ObjectRow &row, std::vector<std::uint64_t> more = {});
void setKills(frame::Fields &fields, std::vector<std::uint64_t> segments);
void setEndedData(frame::Fields &fields, std::vector<std::uint64_t> dataIds);

/// Decides version and stamp of a new version: with versioning a new id, else the null version, which
/// replaces.
struct Slot {
    VersionId version;
    Stamp stamp;
    bool isVersioned = false;
    std::optional<LocatedRow> newest;
    std::optional<LocatedRow> replaced;
};
[[nodiscard]] Result<Slot> chooseSlot(Decision &decision, const BucketState &bucket, std::string_view key,
                                      VersionSet &versions);

/// The header of a record by its row: from the row, or from its segment where the row holds no fields.
struct FullHeader {
    frame::Fields clear;  // rowFields() of the record
    frame::Fields sealed;
};
[[nodiscard]] Result<FullHeader> readHeader(log::Segment &segment, const index::ObjectRow &row);
/// The same, also of a record that waits in the batch.
[[nodiscard]] Result<FullHeader> readHeader(Decision &decision, log::Log &log, const index::ObjectRow &row);
/// When a version's header was changed last: the version's own stamp where it never was.
[[nodiscard]] Result<Stamp> headerStampOf(const frame::Fields &clear, const index::ObjectRow &row);

/// The fields that name a version.
[[nodiscard]] frame::Fields keyFields(const BucketId &bucket, const std::string &key,
                                      const VersionId &version);
/// Makes `fields` the header of a record that replaces the row's and names its data, which stays.
[[nodiscard]] Status nameData(frame::Fields &fields, Decision &decision, const log::Log &log,
                              const index::ObjectRow &row);

}  // namespace maxiofs::store
