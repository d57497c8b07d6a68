// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "api/console/context.h"

#include <map>

namespace maxiofs::api::console {

/// What a `replication` event says: the rule, its bucket's name and what happened.
[[nodiscard]] QJsonObject replicationEvent(const Context &context, const records::ReplicationRule &rule,
                                           std::string_view change);

// Tells the event stream how the rules fare that this node sends by: a `replication` event each time a rule's
// status changes, objects begin to fail or all of them have been sent after all; an `alert` too where it got
// worse. look() is for one thread: NodeMonitor::whenMeasured.
class ReplicationWatch {
public:
    /// Must outlive it.
    explicit ReplicationWatch(const Context &context) : m_context(context) {}

    void look();

private:
    struct Seen {
        protocol::ReplicationStatus status = protocol::ReplicationStatus::Waiting;
        bool hasFailing = false;  // objects that are tried again and again
    };
    void tell(const records::ReplicationRule &rule, const protocol::ReplicationState &state,
              std::string_view change, bool isAlert) const;

    const Context &m_context;
    std::map<std::string, Seen> m_rules;
};

}  // namespace maxiofs::api::console
