// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "records/record.h"

#include <array>
#include <bitset>
#include <vector>

namespace maxiofs::records {

// Records of a kind fall into slots by a hash of their id; a slot's digest is the sum (exclusive or) of a
// hash of each of its records' id and version, so it is kept up with every change at no cost.
inline constexpr std::size_t kSlots = 256;
using Slots = std::bitset<kSlots>;
using SlotDigests = std::array<std::uint64_t, kSlots>;

[[nodiscard]] std::size_t slotOf(std::string_view id);
/// "<table> <id> <stamp's time, 16 hex digits> <stamp's node> <deleted 0|1>\n"; for a Location with its
/// epoch's number and node in the stamp's place.
[[nodiscard]] std::string versionLineOf(const Record &record);
/// A record's share in its slot's digest: a hash of its version line.
[[nodiscard]] std::uint64_t digestOf(const Record &record);

struct Merged {
    std::vector<RecordKey> applied;  // those that replaced what was stored
    std::size_t ignored = 0;         // as old as what is stored, or older
};

struct RecordPage {
    std::vector<Record> records;  // tombstones too, in order of id
    bool more = false;
};

// The records that members exchange. What merge() took is on the disk when it returns.
class RecordStore {
public:
    virtual ~RecordStore() = default;

    /// Takes those that supersede what is stored; in one transaction.
    [[nodiscard]] virtual Result<Merged> merge(std::vector<Record> records) = 0;
    /// Tombstones too.
    [[nodiscard]] virtual Result<std::optional<Record>> find(Kind kind, const std::string &id) = 0;
    [[nodiscard]] virtual SlotDigests digests(Kind kind) = 0;
    /// SHA-256 over the version lines of all records of these kinds, kind after kind, in order of id: 64
    /// lower-case hex digits. Empty when they cannot be read.
    [[nodiscard]] virtual std::string checksum(std::span<const Kind> kinds) = 0;
    /// Records of the slots with an id greater than `after`, at most about `limitBytes` of them.
    [[nodiscard]] virtual Result<RecordPage> page(Kind kind, const Slots &slots, const std::string &after,
                                                  std::size_t limitBytes) = 0;
    /// At most `limit` tombstones of a kind whose stamp is older than `beforeMs` (Unix), the oldest first.
    [[nodiscard]] virtual Result<std::vector<Record>> oldTombstones(Kind kind, std::int64_t beforeMs,
                                                                    std::size_t limit) = 0;
    /// Drops tombstones that are stored in exactly the version given (versionLineOf); others stay. Never
    /// called for nodes, whose tombstones are kept for ever. In one transaction.
    [[nodiscard]] virtual Status forget(const std::vector<Record> &tombstones) = 0;
};

}  // namespace maxiofs::records
