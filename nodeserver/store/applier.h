// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "log/record.h"
#include "store/change_feed.h"
#include "store/object_fields.h"
#include "store/record_target.h"
#include "store/version_set.h"

#include <map>
#include <set>

namespace maxiofs::store {

// A record on its way into the index: one that was just written, or one that a replay found.
struct AppliedRecord {
    log::RecordType type{};
    std::uint64_t sequence = 0;
    Stamp stamp;
    const frame::Fields *fields = nullptr;  // at least the clear ones
    log::Place place;
    std::uint64_t payloadOffset = 0;
    std::uint64_t payloadSize = 0;
    const Bytes *sealed = nullptr;  // as stored
    bool isCopy = false;            // made by compaction: it changes nothing that a feed tells
};

// A large-object file that no row names any more.
struct DeadBlob {
    Id128 blob;
    std::uint64_t dataId = 0;  // of the version it belonged to: who still reads that, still reads the file
};

// Turns records into changes of the index: the only place that does, for the committer and for replay alike,
// so the same log always gives the same index. Needs no order but by key: of records for one version the
// greatest sequence wins, an equal one is a copy that compaction made. One thread.
class Applier {
public:
    explicit Applier(ChangeFeed &feed) : m_feed(feed) {}

    /// All that follows goes into `transaction`, until finish().
    void begin(index::Transaction &transaction, std::int64_t nowMs);
    [[nodiscard]] Status apply(const AppliedRecord &record);
    // What became of the records of a transaction.
    struct Outcome {
        std::vector<DeadBlob> deadBlobs;   // files that died in it
        std::vector<BucketId> fedBuckets;  // whose feeds have changes from it
    };
    /// Puts the counters that changed into the transaction.
    [[nodiscard]] Outcome finish();

    /// The bucket's counters as they stand within the transaction.
    [[nodiscard]] Result<index::BucketCounters *> counters(const BucketId &bucket);

private:
    [[nodiscard]] Status applyKind(const AppliedRecord &record, const RecordTarget &target);
    [[nodiscard]] Status applyVersion(const AppliedRecord &record, const RecordTarget &target,
                                      const index::ObjectRow &row);
    [[nodiscard]] Status applyPut(const AppliedRecord &record, const RecordTarget &target);
    [[nodiscard]] Status applyComplete(const AppliedRecord &record, const RecordTarget &target);
    [[nodiscard]] Status applyMetadata(const AppliedRecord &record, const RecordTarget &target);
    [[nodiscard]] Status applyMarker(const AppliedRecord &record, const RecordTarget &target);
    [[nodiscard]] Status applyRemoval(const AppliedRecord &record, const RecordTarget &target);
    [[nodiscard]] Status applyStub(const AppliedRecord &record, const RecordTarget &target);
    [[nodiscard]] Status applyPartStub(const AppliedRecord &record, const RecordTarget &target);
    [[nodiscard]] Status applyPart(const AppliedRecord &record, const RecordTarget &target);
    [[nodiscard]] Status applyBegin(const AppliedRecord &record, const RecordTarget &target);
    [[nodiscard]] Status applyAbort(const AppliedRecord &record, const RecordTarget &target);

    [[nodiscard]] static index::RecordPlace placeOf(const log::Place &place);
    /// The data that a Put or Part record brings with it.
    [[nodiscard]] static index::DataPlace ownData(const AppliedRecord &record);
    /// The data that a changed header names: its place is known from the row before, or will be when its
    /// record comes.
    [[nodiscard]] static Result<index::DataPlace> namedData(const AppliedRecord &record,
                                                            std::uint64_t dataId);
    [[nodiscard]] index::ObjectRow headerRow(const AppliedRecord &record, const RecordTarget &target) const;
    /// Ends an upload: its row, and its parts but those in `kept`.
    [[nodiscard]] Status endUpload(const RecordTarget &target, const std::vector<TablePart> &kept);
    [[nodiscard]] Status endUploadRow(const RecordTarget &target);
    /// `uploading`: the counters of the bucket, where the parts still count as an open upload's.
    [[nodiscard]] Status endData(const RecordTarget &target, std::uint64_t dataId);
    [[nodiscard]] Status endParts(std::uint64_t dataId, const std::vector<TablePart> &kept);
    template <typename Visit>
    [[nodiscard]] Status forEachPart(std::uint64_t dataId, Visit visit);
    /// Everything that a row points at is dead.
    [[nodiscard]] Status kill(const index::ObjectRow &row);
    void kill(const index::PartRow &row, std::uint64_t readAs);
    void kill(const index::RecordPlace &place);
    void kill(const index::DataPlace &data, const index::RecordPlace &header, std::uint64_t readAs);
    [[nodiscard]] Result<index::SegmentRow *> segment(std::uint64_t number);
    void noteWritten(const log::Place &place);
    /// Tells those who read the bucket's changes.
    [[nodiscard]] Status feed(const AppliedRecord &record, const RecordTarget &target);

    ChangeFeed &m_feed;
    index::Transaction *m_index = nullptr;
    std::int64_t m_nowMs = 0;
    std::map<BucketId, index::BucketCounters> m_counters;
    std::map<std::uint64_t, index::SegmentRow> m_segments;
    std::vector<DeadBlob> m_deadBlobs;
    std::map<BucketId, ChangeFeed::Totals> m_feeds;  // that somebody reads
    std::set<BucketId> m_importing;
};

/// The sequence of the record, or of the upload's beginning, that brought a version's bytes; 0 for none.
[[nodiscard]] std::uint64_t dataIdOf(const index::DataPlace &data);
[[nodiscard]] index::RecordPlace recordOf(const index::DataPlace &data);  // {} for none and for parts

}  // namespace maxiofs::store
