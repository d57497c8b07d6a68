// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "index/conflict_stamp.h"
#include "records/record.h"

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

// What the machines of replication speak of: names and stamps of versions, never their bytes.
namespace maxiofs::cluster::rules {

// One version of a key: the stamp that is its version id, or the null version. In the order of manifests: by
// the key's bytes; of one key the null version first, then the newest first, conflict versions last.
struct VersionName {
    std::string key;
    std::optional<Stamp> version;

    bool operator==(const VersionName &) const = default;
    [[nodiscard]] std::strong_ordering operator<=>(const VersionName &other) const
    {
        if (const auto byKey = key <=> other.key; byKey != 0)
            return byKey;
        return version && other.version ? index::orderOfVersions(*version, *other.version)
                                        : version.has_value() <=> other.version.has_value();
    }
};

// What a rule's record says, with the buckets looked up.
struct ReplicationRule {
    enum class Policy { Fail, Continue };  // of a synchronous rule whose destination does not answer in time

    Id128 id;
    BucketId bucket;             // at the source
    NodeId destination;          //
    BucketId destinationBucket;  // `bucket` itself: a replica; another: a copy
    std::int64_t intervalMs = 10'000;
    bool enabled = true;
    bool deletes = true;   // removals and delete markers travel
    bool metadata = true;  // later changes of metadata travel
    std::string prefix;
    std::int64_t priority = 0;  // greater first
    Policy policy = Policy::Fail;
    std::uint64_t bytesPerSecond = 0;  // 0: no limit

    /// Up to this interval changes are sent at once, above it in rounds.
    static constexpr std::int64_t kContinuousMs = 60'000;

    [[nodiscard]] bool isReplica() const { return bucket == destinationBucket; }
    [[nodiscard]] bool isFull() const { return isReplica() && prefix.empty() && deletes && metadata; }
    [[nodiscard]] bool isSynchronous() const { return intervalMs == 0; }
    [[nodiscard]] bool inRounds() const { return intervalMs > kContinuousMs; }

    bool operator==(const ReplicationRule &) const = default;
};

// --- The source's feed

struct FeedEntry {
    enum class Change { Put, Marker, Metadata, Removal };

    std::uint64_t position = 0;
    Change change = Change::Put;
    VersionName name;
    std::uint64_t size = 0;
    std::vector<Id128>
        through;  // buckets and nodes that the change came through to get here; empty: a client's
};

// Changes after a position, in order. A name that changes again later in the same page may be left out of its
// earlier places, never one that only a later page has: a synchronous acknowledgement would be too early.
struct FeedPage {
    std::vector<FeedEntry> entries;
    std::uint64_t next = 0;  // position up to which this page is whole
    bool more = false;       // there was more when it was read
    bool trimmed = false;    // the feed no longer goes back to where it was asked from: compare whole
};

struct OpenedFeed {
    std::uint64_t position = 0;  // from here the feed is whole; a known consumer's cursor
    bool isNew = false;          // the consumer was not known: nothing says what the destination has
};

struct FeedLag {
    std::uint64_t objects = 0;
    std::uint64_t bytes = 0;
    std::optional<std::int64_t> oldestMs;  // Unix time of the oldest change that is not acknowledged
};

// --- Manifests

struct ManifestEntry {
    enum class Kind { Version, Marker, Tombstone };

    VersionName name;
    Kind kind = Kind::Version;
    Stamp stamp;        // of the version, or of its removal
    Stamp headerStamp;  // of its last change of metadata; `stamp` where there was none
    std::uint64_t size = 0;
    Id128 contentHash;
};
/// Which of two states of one version wins: a removal over every version whose stamp is not greater than its
/// own; else the greater stamp, then the greater header's.
[[nodiscard]] std::strong_ordering compareStates(const ManifestEntry &a, const ManifestEntry &b);

// Names after one, in order, with the tombstones that are left.
struct ManifestPage {
    std::vector<ManifestEntry> entries;
    bool more = false;  // what is after the last entry was not looked at
    bool whole = true;  // nothing here is damaged: what it lacks was deleted or never was
};

// --- What travels

// What the receiver must know of a batch, beside its entries.
struct BatchHeader {
    Id128 rule;
    BucketId bucket;  // at the source
    BucketId destinationBucket;
    records::Location location;  // of the source's bucket, as the sender holds it
    std::uint64_t to = 0;        // the source's position that this batch reaches, where it follows the feed
    std::uint64_t complete = 0;  // the receiver has all up to here; 0: not known
    bool whole = false;          // all that was before the feed began has been compared and sent
    bool degraded = false;       // writes are answered without waiting for the receiver
};

struct BatchEntry {
    enum class What {
        State,    // what the source has of the name when the batch is made: the version, or its tombstone
        Removal,  // of a version that the source has no trace of, with the stamp it has at the destination
        Repair,   // as State; replaces what has the same stamp and another content
    };

    What what = What::State;
    VersionName name;
    Stamp stamp;                 // of a Removal
    std::uint64_t size = 0;      // about what it takes on the wire
    std::uint64_t position = 0;  // the last in the feed; 0 where it comes from a comparison or the queue
};

struct Batch {
    BatchHeader header;
    std::vector<BatchEntry> entries;

    [[nodiscard]] std::uint64_t bytes() const;
};

struct EntryAnswer {
    enum class Outcome {
        Applied,  // durable at the destination
        Older,    // the destination has the same or a newer one
        Gone,     // the source has nothing of it that travels any more
        Failed,
    };

    Outcome outcome = Outcome::Applied;
    Error error;              // of Failed
    std::uint64_t bytes = 0;  // of content that was sent
};

enum class Verdict {
    Taken,
    Superseded,  // HTTP 421: the receiver knows of a greater epoch
    NotReady,    // for the moment: it has not handed over, or has not got the bucket yet
};

struct BatchAnswer {
    Verdict verdict = Verdict::Taken;
    records::Location location;        // with Superseded: what the receiver holds
    std::string reason;                // with NotReady: a sentence
    std::vector<EntryAnswer> entries;  // with Taken: one for each of the batch, in its order
};

struct TheirManifest {
    Verdict verdict = Verdict::Taken;
    records::Location location;
    std::string reason;
    ManifestPage page;
};

// --- What is kept of a rule at its source

// Durable beside the rule; never synced.
struct RuleProgress {
    records::Epoch epoch;   // under which it was compared
    bool compared = false;  // all that was there before the feed began is at the destination
};

// An object that failed by itself: retried for ever while the rest goes on.
struct FailingObject {
    enum class Status { Pending, Sending, Failed };

    VersionName name;
    Status status = Status::Pending;  // Failed: it was tried again from here and failed again
    std::uint64_t attempts = 0;
    std::int64_t nextMs = 0;  // Unix time of the next attempt
    std::int64_t sinceMs = 0;
    std::string error;
};

// What a whole comparison found.
struct ComparisonCounts {
    std::uint64_t compared = 0;   // names at either side
    std::uint64_t bytes = 0;      // of the versions that the source has of these
    std::uint64_t missing = 0;    // were not there
    std::uint64_t different = 0;  // were older there or had another content
    std::uint64_t extra = 0;      // were there and had been deleted here
    std::uint64_t kept = 0;  // were newer there, or only there while something is damaged here: left alone
    std::uint64_t repaired = 0;  // of missing, different and extra
    std::uint64_t failed = 0;    // could not be repaired: in the queue
};

struct RuleStatus {
    enum class State { Starting, Idle, Running, Comparing, Degraded, Unreachable, Paused, Superseded };

    State state = State::Starting;
    bool whole = false;  // the destination has all that was acknowledged to it and nothing is missing before
    bool degraded = false;  // synchronous, but for now answered without waiting
    FeedLag lag;
    std::int64_t lagMs = 0;  // age of the oldest unsent change
    std::uint64_t acknowledged = 0;
    std::uint64_t inFlight = 0;              // objects
    std::uint64_t queued = 0;                // objects that failed
    std::optional<std::int64_t> lastSyncMs;  // Unix; when a batch was last acknowledged
    std::string lastError;                   // empty after a success
    std::uint64_t objectsReplicated = 0;     // since the machine began
    std::uint64_t bytesReplicated = 0;
    std::uint64_t errors = 0;
    ComparisonCounts comparison;  // of the one that runs, or the last

    // Of what was there before the rule followed the feed: compared, and sent where it differed.
    struct Backlog {
        std::uint64_t done = 0;
        std::uint64_t doneBytes = 0;
    };
    std::optional<Backlog> backlog;  // empty: none is under way
};

enum class RuleEvent { Unreachable, Reached, Degraded, CaughtUp, ObjectFails, Superseded, Compared };

}  // namespace maxiofs::cluster::rules
