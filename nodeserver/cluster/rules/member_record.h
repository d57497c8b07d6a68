// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cluster/rules/messages.h"

#include <optional>

namespace maxiofs::cluster::rules {

// A live Node record, read.
struct MemberRecord {
    NodeDescription description;
    unsigned number = 0;         // 1 to kMaxMembers; 0: none yet
    std::int64_t createdMs = 0;  // Unix: when it joined

    [[nodiscard]] Peer peer() const
    {
        return {description.id, description.endpoint, description.certificate};
    }
};

/// Empty for a tombstone, another kind, or an id that is no UUID.
[[nodiscard]] std::optional<MemberRecord> memberOf(const records::Record &record);
/// The id of a Node record's tombstone.
[[nodiscard]] std::optional<NodeId> removedIn(const records::Record &record);

}  // namespace maxiofs::cluster::rules
