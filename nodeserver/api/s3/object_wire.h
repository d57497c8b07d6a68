// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "api/s3/byte_range.h"
#include "base/bytes.h"
#include "store/types.h"

#include <QJsonObject>

#include <array>

// How a version of an object travels from one node to another, as the source of a copy: the answer of the
// internal route `object-read`. Its body is the preamble (magic, format, length of the JSON), the JSON of an
// ExportedObject, the bytes of its extent, and the XXH3-128 of these bytes. So an answer that was cut off, or
// went on after an error, is never taken for a whole one.
namespace maxiofs::api::s3 {

inline constexpr std::string_view kObjectReadRoute = "object-read";

// What is asked for.
struct ExportRequest {
    BucketId bucket;
    std::string key;
    std::optional<store::VersionId> version;  // absent: the latest
    std::optional<ByteRange> range;           // `first` and `last`; absent: the whole
};
[[nodiscard]] QJsonObject toJson(const ExportRequest &request);
[[nodiscard]] Result<ExportRequest> exportRequestOf(const QJsonObject &json);

// What is answered before the bytes. A range that does not fit the object gives an empty extent: the asker
// knows the size and refuses it in its own words.
struct ExportedObject {
    store::ObjectInfo info;
    store::Attributes attributes;
    Extent extent;
};

inline constexpr std::size_t kExportPreamble = 12;
inline constexpr std::size_t kMaxExportHead = 256 * 1024;
inline constexpr std::size_t kExportTrailer = 16;

/// Preamble and JSON.
[[nodiscard]] std::string exportHead(const ExportedObject &object);
/// The length of the JSON. Corrupt for another magic or an impossible length, Unsupported for another format.
[[nodiscard]] Result<std::size_t> exportHeadLength(ByteView preamble);
[[nodiscard]] Result<ExportedObject> exportedObjectOf(ByteView json);

}  // namespace maxiofs::api::s3
