// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "api/s3/s3_error.h"

#include <cstdint>
#include <optional>

namespace maxiofs::api::s3 {

// One range of bytes as a client asked for it: from `first` on, or the last `suffix` bytes.
struct ByteRange {
    std::uint64_t first = 0;
    std::optional<std::uint64_t> last;    // inclusive; absent: to the end
    std::optional<std::uint64_t> suffix;  // then `first` and `last` mean nothing

    bool operator==(const ByteRange &) const = default;
};

// A range of an object that has `size` bytes.
struct Extent {
    std::uint64_t offset = 0;
    std::uint64_t length = 0;

    bool operator==(const Extent &) const = default;
};

/// The value of a Range header. Empty for another unit, a malformed range and several ranges: the header is
/// then ignored, and the whole object is the answer (RFC 9110 section 14.2; S3 serves one range).
[[nodiscard]] std::optional<ByteRange> parseRange(std::string_view header);
/// x-amz-copy-source-range: "bytes=first-last", both given. InvalidArgument otherwise.
[[nodiscard]] S3Result<ByteRange> parseCopyRange(std::string_view header);

/// What of an object the range covers; empty when nothing (416).
[[nodiscard]] std::optional<Extent> resolve(const ByteRange &range, std::uint64_t size);
/// "bytes 0-9/100"
[[nodiscard]] std::string contentRange(const Extent &extent, std::uint64_t size);
/// InvalidRange with what S3 tells about it.
[[nodiscard]] S3Error unsatisfiable(std::string_view requested, std::uint64_t size);

}  // namespace maxiofs::api::s3
