// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cluster/replication/message_io.h"
#include "cluster/rules/takeover_messages.h"

namespace maxiofs::cluster::ownership {

// What is kept of a copy, as bytes: a magic and a format number, then little-endian fields. Reading is
// strict: InvalidArgument for what these functions did not write, Unsupported for another format number.

void writeEpoch(replication::MessageWriter &writer, const records::Epoch &epoch);
[[nodiscard]] records::Epoch readEpoch(replication::MessageReader &reader);
void writePoint(replication::MessageWriter &writer, const rules::FeedPoint &point);
[[nodiscard]] rules::FeedPoint readPoint(replication::MessageReader &reader);
void writePoints(replication::MessageWriter &writer, const std::vector<rules::FeedPoint> &points);
/// At most `most`.
[[nodiscard]] Result<std::vector<rules::FeedPoint>> readPoints(replication::MessageReader &reader,
                                                               std::size_t most);
void writeIds(replication::MessageWriter &writer, const std::vector<Id128> &ids);
[[nodiscard]] Result<std::vector<Id128>> readIds(replication::MessageReader &reader, std::size_t most);

[[nodiscard]] Bytes encodeCopyState(const rules::CopyState &state);
[[nodiscard]] Result<rules::CopyState> decodeCopyState(ByteView bytes);
[[nodiscard]] Bytes encodePoints(const std::vector<rules::FeedPoint> &points);
[[nodiscard]] Result<std::vector<rules::FeedPoint>> decodePoints(ByteView bytes);

}  // namespace maxiofs::cluster::ownership
