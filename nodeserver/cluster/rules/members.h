// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cluster/rules/messages.h"

namespace maxiofs::cluster::rules {

// What the machines need to know of the other members. Answered on the machine's thread.
class Members {
public:
    virtual ~Members() = default;

    [[nodiscard]] virtual NodeId self() const = 0;
    /// All members but this node, in order of id; empty for a lone node.
    [[nodiscard]] virtual std::vector<Peer> others() const = 0;
    /// Whether a push is worth waiting for: it has answered its last beats.
    [[nodiscard]] virtual bool isHealthy(const NodeId &member) const = 0;
    /// Empty for a lone node.
    [[nodiscard]] virtual std::string clusterId() const = 0;
};

}  // namespace maxiofs::cluster::rules
