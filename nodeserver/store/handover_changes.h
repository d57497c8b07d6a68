// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "index/handover_merge.h"
#include "store/bucket_handover.h"
#include "store/incoming_version.h"

namespace maxiofs::store {

// The decisions about what a former owner hands over, and about conflict versions: BucketHandover says what
// they are. They run on the committer's thread.

// A version that is here and must move to another id, copied before the decision where its bytes are not in
// one record: too much for the committer's thread.
struct CopiedVersion {
    ReadyVersion version;
    std::uint64_t sequence = 0;  // of the row that was copied
    bool isUsed = false;
};

// One side of a merge as the index has it.
struct HereSide {
    std::optional<LocatedRow> existing;
    frame::Fields clear;  // of that
    std::optional<index::MergedSide> side;
};
[[nodiscard]] Result<HereSide> sideHere(const index::Reader &index, const BucketId &bucket,
                                        const std::string &key, const VersionId &version,
                                        const HandoverTerms &terms, const ReadRecord &read);
[[nodiscard]] index::MergedSide sideOf(const VersionHeader &header, const HandoverTerms &terms);
[[nodiscard]] index::MergedSide sideOf(const VersionRemoval &removal, const HandoverTerms &terms);
/// Whether what is here loses, stays as a conflict version and is to be copied first.
[[nodiscard]] bool needsCopy(const HereSide &here, const index::MergedSide &theirs);

/// The version under the id of the conflict version that it becomes.
[[nodiscard]] NewImport asConflict(NewImport import);

struct NewHanded {
    NewImport import;
    HandoverTerms terms;
    bool hasData = true;                // false: the header alone
    std::optional<CopiedVersion> ours;  // where needsCopy() held
    bool isNamed = false;               // set: a record names the data that came
};
[[nodiscard]] Result<Handed> decideTake(Decision &decision, log::Log &log, NewHanded &handed);

struct HandedRemoval {
    BucketId bucket;
    VersionRemoval removal;
    HandoverTerms terms;
    std::optional<CopiedVersion> ours;
};
[[nodiscard]] Result<Handed> decideTakeRemoval(Decision &decision, log::Log &log, HandedRemoval &handed);
[[nodiscard]] Result<ImportNeed> handedNeedOf(const index::Reader &index, const BucketId &bucket,
                                              const VersionHeader &header, const HandoverTerms &terms,
                                              const ReadRecord &read);

struct Restore {
    BucketId bucket;
    std::string key;
    VersionId conflict;
    std::optional<CopiedVersion> copy;
};
[[nodiscard]] Result<Committed> decideRestore(Decision &decision, log::Log &log, Restore &restore);

}  // namespace maxiofs::store
