// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "api/console/call.h"
#include "api/console/refusal.h"
#include "protocol/replication.h"

namespace maxiofs::api::console {

// What a request for a rule may not ask, besides what records::checkOptions() refuses: a bucket or a node
// that does not exist, the bucket's owner as destination, a bucket of another node as copy. The errors'
// subjects are what replicationRefusal() knows them by; it names the field that is wrong in the details.

/// The rule that is asked for, ready for records::ReplicationRules::create(). Asks the other members for
/// buckets that this node does not know: blocks.
[[nodiscard]] Result<records::ReplicationRule> ruleFor(const Context &context,
                                                       const protocol::ReplicationRuleRequest &request);

/// InvalidArgument for a node that does not exist; `field` names the request's field.
[[nodiscard]] Result<records::ClusterNode> nodeNamed(const Context &context, const std::string &id,
                                                     std::string_view field);

/// A rule whose destination sends already.
[[nodiscard]] std::unexpected<Error> sameNode(std::string message);

/// A change that names buckets or destination otherwise than they are.
[[nodiscard]] Status checkUnchanged(const protocol::ReplicationRule &rule,
                                    const protocol::ReplicationRuleChange &change);

[[nodiscard]] std::optional<Refusal> replicationRefusal(const Error &error);

}  // namespace maxiofs::api::console
