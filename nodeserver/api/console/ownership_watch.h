// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "api/console/context.h"

#include <map>

namespace maxiofs::api::console {

// Tells of changes of owner, and of conflicts that came: events, alerts, the log. What it hears of comes on
// the thread of ownership; look() is called on the monitor's.
class OwnershipWatch {
public:
    explicit OwnershipWatch(const Context &context);

    /// Each second; buckets are counted every kCountEvery times.
    void look();

    static constexpr unsigned kCountEvery = 10;

private:
    void tell(const cluster::Ownership::Event &event) const;
    void count();

    const Context &m_context;
    unsigned m_looks = 0;
    std::map<BucketId, std::uint64_t> m_conflicts;  // buckets with some
    std::shared_ptr<void> m_listening;
};

}  // namespace maxiofs::api::console
