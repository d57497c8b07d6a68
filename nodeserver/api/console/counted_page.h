// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "api/console/call.h"

#include <algorithm>

namespace maxiofs::api::console {

/// Fills the counters of those items that their owners, which are other members, have told of in
/// `call.others`, and names those that did not answer. T has `name`, `primaryNode` and `counted`; `take`
/// copies the counters.
///
/// Each member lists what it owns between the same names, so that a page of this node finds all its items in
/// theirs.
template <typename T, typename Take>
void fillCounters(protocol::Page<T> &page, const Call &call, Take take)
{
    for (const MemberAnswer &other : call.others) {
        const auto told = other.page<T>();
        if (!told)
            continue;
        const std::string node = other.id.uuid();
        for (T &item : page.items) {
            if (item.counted || item.primaryNode != node)
                continue;
            const auto found = std::ranges::lower_bound(told->items, item.name, {}, &T::name);
            if (found != told->items.end() && found->name == item.name && found->counted) {
                take(item, *found);
                item.counted = true;
            }
        }
    }
    page.missing = call.missing();
}

}  // namespace maxiofs::api::console
