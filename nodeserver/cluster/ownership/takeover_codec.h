// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cluster/replication/batch.h"
#include "cluster/rules/takeover_messages.h"

#include <string>

namespace maxiofs::cluster::ownership {

// What nodes say to each other about ownership, as bytes: a magic and a format number, then little-endian
// fields. Lengths are checked against what is there before memory is taken. Reading is strict:
// InvalidArgument for what these functions did not write, Unsupported for another format number, Corrupt for
// a broken header of a version.

// What HandedEntry::content points to.
struct HandedContent {
    replication::EntryState state;
    NodeId from;  // that hands it over, and has its bytes
};

inline constexpr std::size_t kMaxHandedEntries = 1000;

[[nodiscard]] std::string encodeRequest(const rules::TakeoverRequest &request);
/// `from`: who sent it.
[[nodiscard]] Result<rules::TakeoverRequest> decodeRequest(ByteView bytes, const NodeId &from);
[[nodiscard]] std::string encodeAnswer(const rules::TakeoverAnswer &answer);
[[nodiscard]] Result<rules::TakeoverAnswer> decodeAnswer(ByteView bytes);

}  // namespace maxiofs::cluster::ownership
