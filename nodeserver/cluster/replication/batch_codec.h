// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cluster/replication/batch.h"
#include "cluster/replication/message_io.h"

#include <string>

namespace maxiofs::cluster::replication {

// Batches and their answers as bytes: a magic and a format number, then little-endian fields. Lengths are
// checked against what is there before memory is taken. Reading is strict: InvalidArgument for what these
// functions did not write, Unsupported for another format number, Corrupt for a broken header of a version.

[[nodiscard]] std::string encodeBatch(const StateBatch &batch);
[[nodiscard]] Result<StateBatch> decodeBatch(ByteView bytes);

/// One change by itself, in other messages.
void writeState(MessageWriter &writer, const EntryState &state);
[[nodiscard]] Result<EntryState> readState(MessageReader &reader);

[[nodiscard]] std::string encodeAnswer(const rules::BatchAnswer &answer);
/// `expected`: how many entries were sent. What was not taken is answered without entries.
[[nodiscard]] Result<rules::BatchAnswer> decodeAnswer(ByteView bytes, std::size_t expected);

}  // namespace maxiofs::cluster::replication
