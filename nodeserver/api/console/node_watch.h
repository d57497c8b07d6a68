// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "api/console/views.h"

#include <map>

namespace maxiofs::api::console {

// Tells the event stream when the state of this node or of another member changes: a `node` event each time,
// an `alert` when it gets worse. What another member is and knows itself it tells itself; what this node sees
// of it is told to this node's readers alone, since every member sees it. look() is for one thread:
// NodeMonitor::whenMeasured.
class NodeWatch {
public:
    /// Must outlive it.
    explicit NodeWatch(const Context &context);

    void look();

private:
    void lookAtSelf();
    void lookAtMembers();

    const Context &m_context;
    NodeState m_last;
    std::map<NodeId, MemberState> m_members;
};

}  // namespace maxiofs::api::console
