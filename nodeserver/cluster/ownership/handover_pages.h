// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cluster/rules/takeover_world.h"
#include "store/node_store.h"

namespace maxiofs::cluster::ownership {

/// A page of what this node hands over, with the bytes of small versions; larger ones are fetched by who
/// takes them. `from` as HandedPage::next. Blocks.
[[nodiscard]] Result<rules::HandedPage> readHandedPage(store::NodeStore &store, const BucketId &bucket,
                                                       const rules::HandedPart &part, const std::string &from,
                                                       const NodeId &self);
/// How many bytes the other side has to fetch for it.
[[nodiscard]] std::uint64_t offeredBytes(const rules::HandOver &handed);

}  // namespace maxiofs::cluster::ownership
