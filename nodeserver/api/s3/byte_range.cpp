// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/s3/byte_range.h"

#include "text/ascii.h"

#include <algorithm>

namespace maxiofs::api::s3 {

std::optional<ByteRange> parseRange(std::string_view header)
{
    static constexpr std::string_view unit = "bytes=";
    if (!text::istartsWith(header, unit))
        return std::nullopt;
    const std::string_view spec = text::trim(header.substr(unit.size()));
    const std::size_t dash = spec.find('-');
    if (dash == std::string_view::npos)
        return std::nullopt;

    const std::string_view before = spec.substr(0, dash);
    const std::string_view after = spec.substr(dash + 1);
    ByteRange range;
    if (before.empty()) {
        range.suffix = text::parseUnsigned(after);
        return range.suffix ? std::optional(range) : std::nullopt;
    }
    const auto first = text::parseUnsigned(before);
    if (!first)
        return std::nullopt;
    range.first = *first;
    if (!after.empty()) {
        range.last = text::parseUnsigned(after);
        if (!range.last || *range.last < range.first)
            return std::nullopt;
    }
    return range;
}

S3Result<ByteRange> parseCopyRange(std::string_view header)
{
    const auto range = parseRange(header);
    if (!range || range->suffix || !range->last)
        return refuseArgument(
            "x-amz-copy-source-range", header,
            "The x-amz-copy-source-range value must be of the form bytes=first-last where "
            "first and last are the zero-based offsets of the first and last bytes to copy");
    return *range;
}

std::optional<Extent> resolve(const ByteRange &range, std::uint64_t size)
{
    if (range.suffix) {
        const std::uint64_t length = std::min(*range.suffix, size);
        return length == 0 ? std::nullopt : std::optional(Extent{size - length, length});
    }
    if (range.first >= size)
        return std::nullopt;
    const std::uint64_t last = std::min(range.last.value_or(size - 1), size - 1);
    return Extent{range.first, last - range.first + 1};
}

std::string contentRange(const Extent &extent, std::uint64_t size)
{
    return "bytes " + std::to_string(extent.offset) + "-" +
           std::to_string(extent.offset + extent.length - 1) + "/" + std::to_string(size);
}

S3Error unsatisfiable(std::string_view requested, std::uint64_t size)
{
    return S3Error(errors::kInvalidRange)
        .with("RangeRequested", std::string(requested))
        .with("ActualObjectSize", std::to_string(size))
        .withHeader("Content-Range", "bytes */" + std::to_string(size));
}

}  // namespace maxiofs::api::s3
