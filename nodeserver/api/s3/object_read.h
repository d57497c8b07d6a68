// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "api/s3/byte_range.h"
#include "api/s3/call.h"
#include "api/s3/conditions.h"
#include "api/s3/copy_source.h"
#include "api/s3/object_headers.h"

namespace maxiofs::api::s3 {

inline constexpr unsigned kMaxPartNumber = 10'000;

/// A part number of the query. InvalidArgument outside 1 to 10,000.
[[nodiscard]] S3Result<unsigned> parsePartNumber(std::string_view text);

// What GET and HEAD of an object have in common: all but the bytes.
struct ObjectRead {
    NamedVersion version;
    std::string rangeText;
    std::optional<ByteRange> range;
    std::string ifRange;
    std::optional<unsigned> partNumber;
    ReadConditions conditions;
    ResponseOverrides overrides;
    bool wantsChecksum = false;  // x-amz-checksum-mode: ENABLED

    [[nodiscard]] static S3Result<ObjectRead> parse(const Request &request);

    struct Answer {
        std::shared_ptr<store::ObjectReader> reader;
        Extent extent;
        http::ResponseHead head;
    };
    /// Opens the object, judges the conditions and makes the head. NotModified is the error of a 304.
    net::Awaitable<S3Result<Answer>> prepare(Call &call) const;

private:
    [[nodiscard]] S3Status judge(const store::ObjectInfo &info, bool versioned) const;
    [[nodiscard]] S3Result<Extent> choose(const store::ObjectReader &reader, std::int64_t nowMs,
                                          bool &partial) const;
    [[nodiscard]] Result<std::optional<store::ObjectChecksum>> checksumOf(store::ObjectReader &reader,
                                                                          const Extent &extent) const;
};

}  // namespace maxiofs::api::s3
