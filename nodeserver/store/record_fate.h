// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "index/index.h"
#include "log/log.h"

namespace maxiofs::store {

// What compaction and scrub ask about a record that they found in the log.
enum class Fate {
    Live,        // the index points at it: as a header, or as the data of a header that changed since
    Superseded,  // dead, and a live record of the same data does all that it did: a copy, or a changed header
    Dead,
};

/// A dead record stays dead. Stubs and aborts are always dead: nothing points at them.
[[nodiscard]] Result<Fate> fateOf(const index::Reader &index, const log::Record &record);

/// The segments in the record's Kills that still exist, without the one it lies in: while there is one, a
/// rebuild needs what the record did, at least as a stub.
[[nodiscard]] std::vector<std::uint64_t> remainingKills(const log::Log &log, const log::Record &record);

/// False where the record may vanish without a trace, and a rebuild would miss nothing.
[[nodiscard]] Result<bool> isNeeded(const index::Reader &index, const log::Log &log,
                                    const log::Record &record);

/// The fields of the stub that a dead record leaves: whom it replaced, and nothing else.
[[nodiscard]] Result<frame::Fields> stubFields(const log::Record &record, std::vector<std::uint64_t> kills);

}  // namespace maxiofs::store
