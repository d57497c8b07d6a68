// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "log/segment.h"

#include <functional>

namespace maxiofs::log {

// A range of a segment that was acknowledged and can no longer be read.
struct Damage {
    std::uint64_t segment = 0;
    std::uint64_t from = 0;
    std::uint64_t to = 0;
    std::string reason;
};

struct ScanOptions {
    std::uint64_t from = SegmentHeader::kSize;  // a batch's beginning
    std::uint64_t length = 0;                   // what was synced; for the newest segment the file's length
    bool isNewest = false;                      // its tail may be torn
    std::uint64_t synced = 0;                   // but not before this offset: it is known to have been synced
    bool checkPayloads = false;         // of every record; else only of those in an unproven last batch
    std::uint64_t atMost = UINT64_MAX;  // ends with the batch that reaches so many bytes
};

struct ScanOutcome {
    std::uint64_t goodLength = 0;  // where the scan ended: beyond a torn tail nothing was acknowledged
    std::uint64_t lastBatch = 0;   // where the last intact one begins; 0: none was found
    std::uint64_t lastSequence = 0;
    std::vector<Damage> damage;
};

// What a scan tells. Either may refuse with an error, which ends the scan.
struct Visitor {
    std::function<Status(const Record &)> record;
    std::function<Status(std::uint64_t offset)>
        batchEnd;  // everything before this offset was told; may be empty
};

// Reads a segment's records in order. A bad record is a torn tail only if no intact batch header follows it;
// then goodLength ends before it. Otherwise the range is damage and reading goes on behind it.
[[nodiscard]] Result<ScanOutcome> scanSegment(Segment &segment, const ScanOptions &options,
                                              const Visitor &visitor);

}  // namespace maxiofs::log
