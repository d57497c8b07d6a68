// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/id.h"
#include "base/result.h"
#include "protocol/event.h"

#include <map>

namespace maxiofs::api::console {

/// The entry as the API shows it: with an id that no other node's entry has.
[[nodiscard]] protocol::AuditEntry shownOf(protocol::AuditEntry entry, const NodeId &node);

// Where the next page of the merged audit log begins: how far each node's log was read. What a node did not
// tell yet counts only if it is not newer than the page before, so that no entry is shown twice or skipped,
// also when nodes write on while a person reads.
struct AuditPlace {
    std::int64_t notAfterMs = 0;
    std::map<NodeId, std::string> after;  // what comes next has a smaller number

    bool operator==(const AuditPlace &) const = default;
};
[[nodiscard]] std::string textOf(const AuditPlace &place);
/// InvalidArgument for a text that is none.
[[nodiscard]] Result<AuditPlace> auditPlaceOf(std::string_view text);

// One node's log from the place on, newest first. `page.next` is not empty when the log goes on.
struct AuditSource {
    NodeId node;
    protocol::Page<protocol::AuditEntry> page;
};

/// The newest entries of all, at most `limit`. Each log stays in its own order, whatever its node's clock
/// does.
[[nodiscard]] protocol::Page<protocol::AuditEntry> mergeAudit(std::vector<AuditSource> sources,
                                                              std::size_t limit, AuditPlace place);

}  // namespace maxiofs::api::console
