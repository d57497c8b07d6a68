// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "records/record_transaction.h"

// What a node's records become when it founds a cluster and when it leaves one, inside one transaction.
namespace maxiofs::cluster {

/// All records become the cluster's; their versions stay.
[[nodiscard]] Status takeIntoCluster(records::RecordTransaction &transaction, const std::string &clusterId);
/// Drops all members without tombstones. Returns the body of this node's record, also where the cluster has
/// removed it.
[[nodiscard]] Result<QJsonObject> dropMembers(records::RecordTransaction &transaction);
/// Drops what a lone node cannot answer for: the buckets of other nodes. Its own are available again.
[[nodiscard]] Status keepOwnBuckets(records::RecordTransaction &transaction);

}  // namespace maxiofs::cluster
