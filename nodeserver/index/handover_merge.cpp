// SPDX-License-Identifier: GPL-3.0-or-later
#include "index/handover_merge.h"

#include <utility>

namespace maxiofs::index {

HandoverMerge mergeHandedOver(const std::optional<MergedSide> &ours, const MergedSide &theirs)
{
    const auto mustStay = [](const MergedSide &loser) { return loser.isApart && !loser.isRemoval; };
    if (!ours)
        return HandoverMerge::Take;
    const auto here = std::pair(ours->stamp, ours->headerStamp);
    const auto there = std::pair(theirs.stamp, theirs.headerStamp);
    if (here == there)
        return HandoverMerge::Nothing;
    if (there > here)
        return mustStay(*ours) ? HandoverMerge::TakeKeepOurs : HandoverMerge::Take;
    return mustStay(theirs) ? HandoverMerge::KeepTheirs : HandoverMerge::Nothing;
}

}  // namespace maxiofs::index
