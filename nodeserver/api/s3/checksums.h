// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "api/s3/request.h"
#include "crypto/digest.h"
#include "http/response_head.h"
#include "store/types.h"
#include "text/xml_writer.h"

#include <array>

namespace maxiofs::api::s3 {

// What a client promises about a body, to be compared with what arrives.
struct BodyPromises {
    std::optional<std::array<std::byte, 16>> md5;        // Content-MD5
    std::optional<crypto::ChecksumAlgorithm> algorithm;  // of the checksum below or of the trailer
    std::optional<Bytes> checksum;                       // x-amz-checksum-*
    bool inTrailer = false;                              // the value follows the body

    /// InvalidDigest, InvalidRequest for a malformed value, several checksums, or an algorithm that is named
    /// without a value (S3 User Guide: checking object integrity).
    [[nodiscard]] static S3Result<BodyPromises> parse(const Request &request);
    [[nodiscard]] bool any() const { return md5 || algorithm; }
};

/// InvalidDigest for a malformed one.
[[nodiscard]] S3Result<std::optional<crypto::Md5::Value>> parseContentMd5(const Request &request);
/// The checksum header of a request, with its algorithm; InvalidRequest for more than one.
[[nodiscard]] S3Result<std::optional<store::ObjectChecksum>> parseChecksumHeader(const Request &request);
/// A checksum as base64, or as base64-parts for a composite one. Empty when it is malformed.
[[nodiscard]] std::optional<store::ObjectChecksum> parseChecksum(crypto::ChecksumAlgorithm algorithm,
                                                                 std::string_view value);
/// Base64, with "-parts" for a composite one of `partCount` parts.
[[nodiscard]] std::string checksumText(const store::ObjectChecksum &checksum, unsigned partCount);
[[nodiscard]] std::string_view nameOf(store::ChecksumType type);
/// "COMPOSITE" or "FULL_OBJECT".
[[nodiscard]] std::optional<store::ChecksumType> checksumTypeOf(std::string_view name);

/// x-amz-checksum-* and x-amz-checksum-type.
void addChecksum(http::ResponseHead &head, const store::ObjectChecksum &checksum, unsigned partCount);
/// <ChecksumCRC32> and, with `withType`, <ChecksumType>.
void writeChecksum(text::XmlWriter &xml, const store::ObjectChecksum &checksum, unsigned partCount,
                   bool withType);
/// The name of the element: "ChecksumCRC32".
[[nodiscard]] std::string checksumElement(crypto::ChecksumAlgorithm algorithm);

}  // namespace maxiofs::api::s3
