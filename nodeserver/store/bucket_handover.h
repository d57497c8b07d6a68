// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "store/version_exchange.h"

#include <limits>
#include <utility>
#include <variant>

namespace maxiofs::store {

// Which entries of a copy a former owner hands over.
struct CopyPart {
    bool isWhole = false;  // all, removals that are still known too; else those changed behind `after`
    // Positions of the own feed: what was changed between them is unsent.
    std::uint64_t after = 0;
    std::uint64_t until = std::numeric_limits<std::uint64_t>::max();
};
// One version of a copy, or the removal of one.
struct CopyEntry {
    std::variant<VersionHeader, VersionRemoval> what;
    bool isUnsent = false;

    [[nodiscard]] const std::string &key() const;
    [[nodiscard]] const VersionId &version() const;
    /// The greatest of its data, its header and its removal.
    [[nodiscard]] const Stamp &stamp() const;
    [[nodiscard]] bool isRemoval() const { return std::holds_alternative<VersionRemoval>(what); }
};
// A copy is read by key; of one key the null version first, then newest first, conflict versions last.
struct CopyPlace {
    std::string key;
    VersionId version;
};
struct CopyPage {
    std::vector<CopyEntry> entries;  // may be empty although more follow
    std::optional<CopyPlace> next;   // go on behind it; absent: this was the last page
};

// What the owner knows of an entry that is handed over, and of what it has itself.
struct HandoverTerms {
    bool isUnsent = false;    // CopyEntry::isUnsent
    std::uint64_t since = 0;  // position of the own feed: what changed here behind it was made apart
    bool isForeign = false;   // all that is here counts as made apart
};
enum class HandedOutcome : std::uint8_t {
    Nothing,         // it was here already, or what is here replaced it
    Taken,           // it took the place of what was here, if anything was
    TakenOverOurs,   // the same, and what was here stays as a conflict version
    KeptAsConflict,  // what is here stays; what came is kept as a conflict version
};
struct Handed {
    HandedOutcome outcome{};
    std::uint64_t position = 0;  // of the last record written; of the newest before when none was
};

// As ImportSession.
class HandedSession {
public:
    virtual ~HandedSession() = default;
    [[nodiscard]] virtual Status write(ByteView bytes) = 0;
    [[nodiscard]] virtual std::uint64_t written() const = 0;
    virtual void commit(std::move_only_function<void(Result<Handed>)> done) = 0;
};

struct Conflict {
    BucketId bucket;
    ObjectInfo object;  // its version is the conflict version; Last-Modified is that of its last change
};
struct ConflictPlace {
    BucketId bucket;
    std::string key;
    VersionId version;
};
struct ConflictPage {
    std::vector<Conflict> conflicts;    // by bucket, then key, then newest first
    std::optional<ConflictPlace> next;  // go on behind it; absent: this was the last page
};

// A bucket of which two nodes have a copy that the other does not have all of: the one that is no longer its
// owner hands its copy over to the one that is. Any thread.
//
// Of each version the side with the greater stamp wins, as VersionExchange says; a loser that nobody but its
// own side may have known becomes a conflict version: it never becomes the key's current one, is counted
// apart, and is read, listed among the versions and deleted by its id "conflict-<stamp>-<node>". A delete
// marker that loses has no data to keep. Everything is decided by the committer, against what is there then,
// and may be repeated: what was taken or kept once is Nothing after that, also when the conflict version was
// restored or discarded since.
class BucketHandover {
public:
    template <typename T>
    using Done = std::move_only_function<void(Result<T>)>;

    virtual ~BucketHandover() = default;

    // -- giving
    /// Looks at `limit` entries at most; blocks. For the bytes of an entry: VersionExchange::exportVersion(),
    /// whose header is the one to send then; where that finds no version, exportRemoval().
    [[nodiscard]] virtual Result<CopyPage> copyPage(const BucketId &bucket, const CopyPart &part,
                                                    const std::optional<CopyPlace> &after,
                                                    std::size_t limit) = 0;

    // -- taking, in a bucket that this node owns: Error::Busy in a replica. `done` as in VersionExchange.
    //    Errors beside: Busy where what is here changed while it was being copied: hand the entry over again.
    /// What taking this header would need now: Header where its bytes are here.
    [[nodiscard]] virtual Result<ImportNeed> handedNeed(const BucketId &bucket, const VersionHeader &header,
                                                        const HandoverTerms &terms) = 0;
    /// With the whole data, for small versions and for markers (no data). May block: a large version that is
    /// here and loses is copied.
    virtual void takeVersion(const BucketId &bucket, VersionHeader header, Bytes data,
                             const HandoverTerms &terms, Done<Handed> done) = 0;
    /// For large versions: the bytes stream in.
    [[nodiscard]] virtual Result<std::unique_ptr<HandedSession>>
    beginTake(const BucketId &bucket, VersionHeader header, const HandoverTerms &terms) = 0;
    /// A header whose bytes are here. Error::NotFound when they are not, or would not do: send them.
    virtual void takeHeader(const BucketId &bucket, VersionHeader header, const HandoverTerms &terms,
                            Done<Handed> done) = 0;
    virtual void takeRemoval(const BucketId &bucket, VersionRemoval removal, const HandoverTerms &terms,
                             Done<Handed> done) = 0;

    // -- conflict versions
    /// Of one bucket or of all. `limit` at most.
    [[nodiscard]] virtual Result<ConflictPage> conflicts(const std::optional<BucketId> &bucket,
                                                         const std::optional<ConflictPlace> &after,
                                                         std::size_t limit) = 0;
    /// Makes it the key's current version, as a put would: quota, versioning; the conflict version goes with
    /// it. Blocks while it copies a large one. Errors: NoSuchVersion, InvalidArgument where the id names no
    /// conflict version, Quota, and those of a put.
    virtual void restoreConflict(const BucketId &bucket, std::string key, const VersionId &conflict,
                                 Done<Committed> done) = 0;
    /// Removes it. Errors: NoSuchVersion, InvalidArgument, Busy in a replica.
    virtual void discardConflict(const BucketId &bucket, std::string key, const VersionId &conflict,
                                 Done<void> done) = 0;

    // -- removals: what is left of a removed version, so that no other node brings it back.
    /// Forgets those of the bucket that are older than `beforeMs` (Unix time of their stamps) and that all
    /// consumers of its feed have passed: one whose feed was cut, all up to its cursor. Answers before which
    /// time none is left. Blocks.
    [[nodiscard]] virtual Result<std::int64_t> forgetRemovals(const BucketId &bucket,
                                                              std::int64_t beforeMs) = 0;
    /// Whether the removals of a bucket are forgotten by forgetRemovals() alone, since there are copies of it
    /// elsewhere; all others go after 7 days, once the consumers have passed them. Called on the committer's
    /// thread; must not block nor call the store. Null takes it away.
    using RemovalsHook = std::function<bool(const BucketId &bucket)>;
    virtual void setRemovalsHook(RemovalsHook hook) = 0;
};

}  // namespace maxiofs::store
