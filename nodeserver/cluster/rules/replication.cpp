// SPDX-License-Identifier: GPL-3.0-or-later
#include "cluster/rules/replication.h"

#include <numeric>

namespace maxiofs::cluster::rules {

std::strong_ordering compareStates(const ManifestEntry &a, const ManifestEntry &b)
{
    const bool aGone = a.kind == ManifestEntry::Kind::Tombstone;
    const bool bGone = b.kind == ManifestEntry::Kind::Tombstone;
    if (const auto byStamp = a.stamp <=> b.stamp; byStamp != 0)
        return byStamp;
    if (aGone || bGone)
        return aGone <=> bGone;
    return a.headerStamp <=> b.headerStamp;
}

std::uint64_t Batch::bytes() const
{
    return std::accumulate(entries.begin(), entries.end(), std::uint64_t{0},
                           [](std::uint64_t sum, const BatchEntry &entry) { return sum + entry.size; });
}

}  // namespace maxiofs::cluster::rules
