// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/s3/checksums.h"

#include "base/hex.h"
#include "sigv4/aws_chunked.h"
#include "text/ascii.h"

#include <algorithm>

namespace maxiofs::api::s3 {

namespace {

std::unexpected<S3Error> badValue(std::string_view header)
{
    return refuse(
        S3Error(errors::kInvalidRequest, "Value for " + std::string(header) + " header is invalid."));
}

std::unexpected<S3Error> severalChecksums()
{
    return refuse(S3Error(errors::kInvalidRequest, "Expecting a single x-amz-checksum- header. Multiple "
                                                   "checksum Types are not allowed."));
}

S3Result<std::optional<crypto::ChecksumAlgorithm>> trailerAlgorithm(const Request &request)
{
    std::optional<crypto::ChecksumAlgorithm> found;
    const auto header = request.header("x-amz-trailer");
    if (!header)
        return found;
    for (const std::string &name : sigv4::trailerNamesOf(*header)) {
        const auto algorithm = crypto::checksumAlgorithmOfHeader(name);
        if (!algorithm)
            return refuse(S3Error(errors::kInvalidRequest,
                                  "The value specified in the x-amz-trailer header is not supported"));
        if (found)
            return severalChecksums();
        found = algorithm;
    }
    return found;
}

}  // namespace

S3Result<std::optional<store::ObjectChecksum>> parseChecksumHeader(const Request &request)
{
    std::optional<store::ObjectChecksum> found;
    const http::RequestHead &head = request.head();
    for (std::size_t i = 0; i < head.fieldCount(); ++i) {
        const auto field = head.field(i);
        if (!text::istartsWith(field.name, "x-amz-checksum-"))
            continue;
        const auto algorithm = crypto::checksumAlgorithmOfHeader(field.name);
        if (!algorithm)
            continue;
        if (found)
            return severalChecksums();
        found = parseChecksum(*algorithm, field.value);
        if (!found)
            return badValue(crypto::checksumHeaderOf(*algorithm));
    }
    return found;
}

S3Result<std::optional<crypto::Md5::Value>> parseContentMd5(const Request &request)
{
    const auto header = request.header("Content-MD5");
    if (!header)
        return std::nullopt;
    const auto bytes = fromBase64(*header);
    if (!bytes || bytes->size() != crypto::Md5::kSize)
        return refuse(S3Error(errors::kInvalidDigest).with("Content-MD5", std::string(*header)));
    crypto::Md5::Value md5;
    std::ranges::copy(*bytes, md5.begin());
    return md5;
}

S3Result<BodyPromises> BodyPromises::parse(const Request &request)
{
    BodyPromises promises;
    S3_TRY(promises.md5, parseContentMd5(request));
    S3_TRY(auto header, parseChecksumHeader(request));
    S3_TRY(const auto trailer, trailerAlgorithm(request));
    if (header && trailer)
        return severalChecksums();
    if (header) {
        if (header->type != store::ChecksumType::FullObject)
            return badValue(crypto::checksumHeaderOf(header->algorithm));
        promises.algorithm = header->algorithm;
        promises.checksum = std::move(header->value);
    } else if (trailer) {
        promises.algorithm = trailer;
        promises.inTrailer = true;
    }

    if (const auto named = request.header("x-amz-sdk-checksum-algorithm")) {
        const auto algorithm = crypto::checksumAlgorithmOf(*named);
        if (!algorithm)
            return badValue("x-amz-sdk-checksum-algorithm");
        if (!promises.algorithm)
            return refuse(S3Error(errors::kInvalidRequest,
                                  "x-amz-sdk-checksum-algorithm specified, but no corresponding "
                                  "x-amz-checksum-* or x-amz-trailer headers were found."));
        if (*algorithm != *promises.algorithm)
            return badValue("x-amz-sdk-checksum-algorithm");
    }
    return promises;
}

std::optional<store::ObjectChecksum> parseChecksum(crypto::ChecksumAlgorithm algorithm,
                                                   std::string_view value)
{
    store::ObjectChecksum checksum{algorithm, store::ChecksumType::FullObject, {}};
    if (const std::size_t dash = value.find('-'); dash != std::string_view::npos) {
        if (!text::parseUnsigned(value.substr(dash + 1)))
            return std::nullopt;
        checksum.type = store::ChecksumType::Composite;
        value = value.substr(0, dash);
    }
    auto bytes = fromBase64(value);
    if (!bytes || bytes->size() != crypto::checksumSize(algorithm))
        return std::nullopt;
    checksum.value = *std::move(bytes);
    return checksum;
}

std::string checksumText(const store::ObjectChecksum &checksum, unsigned partCount)
{
    std::string text = toBase64(checksum.value);
    if (checksum.type == store::ChecksumType::Composite)
        text += "-" + std::to_string(partCount);
    return text;
}

std::string_view nameOf(store::ChecksumType type)
{
    return type == store::ChecksumType::Composite ? "COMPOSITE" : "FULL_OBJECT";
}

std::optional<store::ChecksumType> checksumTypeOf(std::string_view name)
{
    if (name == "COMPOSITE")
        return store::ChecksumType::Composite;
    if (name == "FULL_OBJECT")
        return store::ChecksumType::FullObject;
    return std::nullopt;
}

void addChecksum(http::ResponseHead &head, const store::ObjectChecksum &checksum, unsigned partCount)
{
    head.add(crypto::checksumHeaderOf(checksum.algorithm), checksumText(checksum, partCount));
    head.add("x-amz-checksum-type", nameOf(checksum.type));
}

void writeChecksum(text::XmlWriter &xml, const store::ObjectChecksum &checksum, unsigned partCount,
                   bool withType)
{
    xml.element(checksumElement(checksum.algorithm), checksumText(checksum, partCount));
    if (withType)
        xml.element("ChecksumType", nameOf(checksum.type));
}

std::string checksumElement(crypto::ChecksumAlgorithm algorithm)
{
    return "Checksum" + std::string(crypto::nameOf(algorithm));
}

}  // namespace maxiofs::api::s3
