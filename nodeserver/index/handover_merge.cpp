// SPDX-License-Identifier: GPL-3.0-or-later
#include "index/handover_merge.h"

#include <cstdio>

namespace maxiofs::index {

HandoverMerge mergeHandedOver(const std::optional<MergedSide> &ours, const MergedSide &theirs)
{
    const auto mustStay = [](const MergedSide &loser) { return loser.isApart && !loser.isRemoval; };
    if (!ours)
        return HandoverMerge::Take;
    if (ours->stamp == theirs.stamp)
        return HandoverMerge::Nothing;
    if (theirs.stamp > ours->stamp)
        return mustStay(*ours) ? HandoverMerge::TakeKeepOurs : HandoverMerge::Take;
    return mustStay(theirs) ? HandoverMerge::KeepTheirs : HandoverMerge::Nothing;
}

std::string conflictNameOf(const Stamp &stamp)
{
    constexpr std::size_t kNodeDigits = 8;
    char time[17];
    std::snprintf(time, sizeof time, "%016llx", static_cast<unsigned long long>(stamp.time));
    return "conflict-" + std::string(time) + '-' + stamp.node.hex().substr(0, kNodeDigits);
}

}  // namespace maxiofs::index
