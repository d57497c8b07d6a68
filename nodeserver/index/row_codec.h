// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "index/rows.h"

namespace maxiofs::index {

// The binary form of the rows. Each begins with the number of its format. decode() never reads past its
// input, asks for no more memory than a small multiple of it (a part table at most for 65,536 parts), and
// gives Error::Corrupt for another format, unknown flags, bytes that are missing or left over. It fills a
// fresh row.
//
// Text of lower-case hex (ETags, owner ids) takes half its length; part tables are written as runs of equal
// parts, so that an object of 10,000 parts needs a few bytes.
void encode(const ObjectRow &row, Bytes &to);
void encode(const UploadRow &row, Bytes &to);
void encode(const PartRow &row, Bytes &to);
void encode(const CompletionRow &row, Bytes &to);
void encode(const TombstoneRow &row, Bytes &to);
void encode(const ChangeRow &row, Bytes &to);
void encode(const ConsumerRow &row, Bytes &to);
void encode(const FeedRow &row, Bytes &to);
void encode(const BucketCounters &row, Bytes &to);
void encode(const SegmentRow &row, Bytes &to);
void encode(const LogPosition &position, Bytes &to);
void encode(const Stamp &stamp, Bytes &to);

// A listing shows no part tables: a page of them would take hundreds of megabytes.
enum class PartTable { Keep, Skip };

[[nodiscard]] Status decode(ByteView from, ObjectRow &row, PartTable partTable = PartTable::Keep);
[[nodiscard]] Status decode(ByteView from, UploadRow &row);
[[nodiscard]] Status decode(ByteView from, PartRow &row);
[[nodiscard]] Status decode(ByteView from, CompletionRow &row);
[[nodiscard]] Status decode(ByteView from, TombstoneRow &row);
[[nodiscard]] Status decode(ByteView from, ChangeRow &row);
[[nodiscard]] Status decode(ByteView from, ConsumerRow &row);
[[nodiscard]] Status decode(ByteView from, FeedRow &row);
[[nodiscard]] Status decode(ByteView from, BucketCounters &row);
[[nodiscard]] Status decode(ByteView from, SegmentRow &row);
[[nodiscard]] Status decode(ByteView from, LogPosition &position);
[[nodiscard]] Status decode(ByteView from, Stamp &stamp);

/// The stamp alone, without the rest of the row.
[[nodiscard]] Result<Stamp> decodeObjectStamp(ByteView from);

template <typename Row>
[[nodiscard]] Bytes encoded(const Row &row)
{
    Bytes bytes;
    encode(row, bytes);
    return bytes;
}

}  // namespace maxiofs::index
