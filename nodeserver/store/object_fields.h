// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "frame/fields.h"
#include "store/types.h"

namespace maxiofs::store {

// What the store's types look like as a record's tagged fields.

/// One line of Tag::PartTable.
struct TablePart {
    unsigned number = 0;
    std::uint64_t size = 0;
    std::string etag;
    std::optional<ObjectChecksum> checksum;
    Bytes contentHash;
};

void setAttributes(frame::Fields &fields, const Attributes &attributes);
/// `sealed` and `clear` may be the same list.
[[nodiscard]] Result<Attributes> attributesOf(const frame::Fields &clear, const frame::Fields &sealed);

[[nodiscard]] Bytes encodeStamp(const Stamp &stamp);
[[nodiscard]] Result<Stamp> decodeStamp(ByteView bytes);
void setVersion(frame::Fields &fields, const VersionId &version);
[[nodiscard]] Result<VersionId> versionOf(const frame::Fields &fields);

/// u8 algorithm, u8 type, value: as the field Checksum and in index rows. Empty for none.
[[nodiscard]] std::string encodeChecksum(const std::optional<ObjectChecksum> &checksum);
/// Empty where `text` is empty or names an algorithm that this version does not know.
[[nodiscard]] std::optional<ObjectChecksum> decodeChecksum(std::string_view text);

[[nodiscard]] Bytes encodePartTable(const std::vector<TablePart> &parts);
[[nodiscard]] Result<std::vector<TablePart>> decodePartTable(ByteView bytes);

[[nodiscard]] Bytes encodeNumbers(const std::vector<std::uint64_t> &numbers);
[[nodiscard]] std::vector<std::uint64_t> decodeNumbers(ByteView bytes);

/// The clear fields that an index row keeps as they are: all but those that have a column of their own.
[[nodiscard]] Bytes rowFields(const frame::Fields &fields);

[[nodiscard]] Result<BucketId> bucketOf(const frame::Fields &fields);

}  // namespace maxiofs::store
