// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/id.h"
#include "base/result.h"
#include "base/stamp.h"
#include "crypto/checksum.h"
#include "index/rows.h"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace maxiofs::store {

// Hard limits of S3.
inline constexpr std::size_t kMaxKeyBytes = 1024;
inline constexpr std::uint64_t kMaxPutBytes = 5ULL << 30;
inline constexpr std::uint64_t kMaxObjectBytes = 5ULL << 40;
inline constexpr std::uint64_t kMinPartBytes = 5ULL << 20;  // but the last
inline constexpr unsigned kMaxParts = 10'000;
inline constexpr std::size_t kMaxUserMetadataBytes = 2048;
inline constexpr std::size_t kMaxListing = 1000;

using Pairs = std::vector<std::pair<std::string, std::string>>;

// Names one version of a key: the stamp it was made with, or the null version.
struct VersionId {
    std::optional<Stamp> stamp;  // absent: the null version

    /// "null", 32 characters of base64url, or "conflict-<stamp>-<node>".
    [[nodiscard]] std::string text() const;
    [[nodiscard]] static std::optional<VersionId> parse(std::string_view text);
    /// Whether it names the loser of a merge (index/conflict_stamp.h).
    [[nodiscard]] bool isConflict() const;
    auto operator<=>(const VersionId &) const = default;
};

enum class ChecksumType : std::uint8_t { Composite = 0, FullObject = 1 };

struct ObjectChecksum {
    crypto::ChecksumAlgorithm algorithm{};
    ChecksumType type = ChecksumType::FullObject;
    Bytes value;  // big-endian

    bool operator==(const ObjectChecksum &) const = default;
};

// What a client gives with an object besides its bytes.
struct Attributes {
    Pairs contentHeaders;  // lower-case names: content-type, cache-control, content-disposition,
                           // content-encoding, content-language, expires
    Pairs userMetadata;    // lower-case names without x-amz-meta-
    Pairs tags;
    std::string ownerId;       // 64 hex digits
    std::string storageClass;  // empty: STANDARD
    std::string encryption;    // x-amz-server-side-encryption as given; empty: none

    bool operator==(const Attributes &) const = default;
};

struct PartInfo {
    unsigned number = 0;
    std::uint64_t size = 0;
    std::string etag;
    std::optional<ObjectChecksum> checksum;
    std::int64_t lastModifiedMs = 0;
};

// One version as HEAD, GET and the listings answer it.
struct ObjectInfo {
    std::string key;
    VersionId version;
    bool isDeleteMarker = false;
    bool isLatest = false;
    std::uint64_t size = 0;
    std::string etag;  // without quotes
    std::int64_t lastModifiedMs = 0;
    std::string ownerId;
    std::string storageClass;
    std::optional<ObjectChecksum> checksum;
};

enum class Versioning : std::uint8_t { Off, Enabled, Suspended };

enum class BucketRole : std::uint8_t {
    Owner,    // takes changes of clients, and versions of other nodes
    Replica,  // takes versions of other nodes alone: clients get Error::Busy
};

// What the store must know of a bucket to decide changes to it.
struct BucketState {
    BucketId id;
    Versioning versioning = Versioning::Off;
    std::uint64_t quotaBytes = 0;    // 0: none
    std::uint64_t quotaObjects = 0;  // 0: none
    BucketRole role = BucketRole::Owner;
};

// If-Match and If-None-Match on a change, decided with it.
struct WriteConditions {
    std::string ifMatch;          // an ETag without quotes; empty: no condition. "*": any existing object
    bool ifNoneMatchAny = false;  // If-None-Match: *

    [[nodiscard]] bool any() const { return !ifMatch.empty() || ifNoneMatchAny; }
};

// A change that would survive a power cut.
struct Committed {
    VersionId version;
    bool isVersioned = false;  // the bucket gives out version ids: answer x-amz-version-id
    std::string etag;
    std::optional<ObjectChecksum> checksum;
    std::int64_t lastModifiedMs = 0;
    std::uint64_t size = 0;
    std::uint64_t sequence = 0;  // of its record: the position in the feed of changes
};

struct Deleted {
    bool existed = false;
    bool madeMarker = false;           // a delete marker now hides the key
    bool removedMarker = false;        // the version named was a delete marker
    std::optional<VersionId> version;  // of the marker made or the version removed; absent when unversioned
    std::uint64_t sequence = 0;        // of its record; 0 when nothing was to be done
};

}  // namespace maxiofs::store
