// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "index/conflict_stamp.h"

#include <optional>

namespace maxiofs::index {

// One side of a key and version when a former owner hands over.
struct MergedSide {
    Stamp stamp;             // of its data or of its removal
    bool isRemoval = false;  // or a delete marker: there is no data that could be lost
    /// Perhaps acknowledged by one owner and unknown to the other. Theirs: what its sender says of it. Ours:
    /// made since this node took the bucket, or what comes is foreign: then nothing is known of what its
    /// sender knew.
    bool isApart = true;
    Stamp headerStamp = {};  // of the last change of its header, where headers change by themselves
};

enum class HandoverMerge {
    Nothing,       // it is here already, or what is here replaced it
    Take,          // it takes the place of what is here
    TakeKeepOurs,  // and what was here stays as a conflict version
    KeepTheirs,    // what is here stays; what comes is kept as a conflict version
};

/// Per key and version the greater stamp wins, then the greater stamp of the header. A loser that was made
/// apart and is no removal stays as a conflict version; else it is only older. Equal stamps are the same
/// change.
[[nodiscard]] HandoverMerge mergeHandedOver(const std::optional<MergedSide> &ours, const MergedSide &theirs);

}  // namespace maxiofs::index
