// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cluster/replication/source_rules.h"

namespace maxiofs::cluster::replication {

// A rule that is sent from here, as people see it. On the machines' thread.
[[nodiscard]] protocol::ReplicationState stateOf(const SourceRules::Entry &entry,
                                                 const std::optional<SourceRules::Amount> &backlog);
[[nodiscard]] protocol::ReplicationVerification verificationOf(const SourceRules::Entry &entry);

}  // namespace maxiofs::cluster::replication
