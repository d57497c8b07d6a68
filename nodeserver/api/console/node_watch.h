// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "api/console/views.h"

namespace maxiofs::api::console {

// Tells the event stream when the node's state changes: a `node` event each time, an `alert` when it gets
// worse. look() is for one thread: NodeMonitor::whenMeasured.
class NodeWatch {
public:
    /// All must outlive it.
    NodeWatch(store::ObjectStore &store, const records::ClusterNodes &nodes, EventHub &events);

    void look();

private:
    store::ObjectStore &m_store;
    const records::ClusterNodes &m_nodes;
    EventHub &m_events;
    NodeState m_last;
};

}  // namespace maxiofs::api::console
