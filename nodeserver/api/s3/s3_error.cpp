// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/s3/s3_error.h"

#include "base/log_line.h"

#include <array>

namespace maxiofs::api::s3 {

namespace {

// Those that only the signature's layer names.
constexpr std::array kAuthKinds{
    errors::kAuthorizationHeaderMalformed,
    errors::kAuthorizationQueryParametersError,
    errors::kInvalidArgument,
    errors::kInvalidRequest,
    errors::kInvalidUri,
    errors::kMissingSecurityHeader,
    errors::kRequestTimeTooSkewed,
    errors::kAccessDenied,
    errors::kSignatureDoesNotMatch,
    errors::kXAmzContentSha256Mismatch,
    errors::kIncompleteBody,
    errors::kMalformedTrailer,
};

std::string hexBytes(std::string_view text)
{
    static constexpr std::string_view digits = "0123456789abcdef";
    std::string out;
    out.reserve(text.size() * 3);
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (!out.empty())
            out += ' ';
        out += digits[byte >> 4];
        out += digits[byte & 15];
    }
    return out;
}

S3Error mapStore(const Error &error, const Subject &subject)
{
    using Code = Error::Code;
    switch (error.code) {
    case Code::NoSuchBucket:
        return S3Error(errors::kNoSuchBucket).with("BucketName", std::string(subject.bucket));
    case Code::NoSuchKey: return S3Error(errors::kNoSuchKey).with("Key", std::string(subject.key));
    case Code::NoSuchVersion:
        return S3Error(errors::kNoSuchVersion)
            .with("Key", std::string(subject.key))
            .with("VersionId", std::string(subject.versionId));
    case Code::DeleteMarker:
        if (subject.versionId.empty())
            return S3Error(errors::kNoSuchKey)
                .with("Key", std::string(subject.key))
                .withHeader("x-amz-delete-marker", "true")
                .withHeader("x-amz-version-id", error.subject);
        return S3Error(errors::kMethodNotAllowed)
            .with("Method", "GET")
            .with("ResourceType", "DeleteMarker")
            .withHeader("Allow", "DELETE")
            .withHeader("x-amz-delete-marker", "true")
            .withHeader("x-amz-version-id", error.subject);
    case Code::NoSuchUpload:
        return S3Error(errors::kNoSuchUpload).with("UploadId", std::string(subject.uploadId));
    case Code::BucketNotEmpty:
        return S3Error(errors::kBucketNotEmpty,
                       error.message.empty() ? std::string(errors::kBucketNotEmpty.message) : error.message)
            .with("BucketName", std::string(subject.bucket));
    case Code::InvalidPart:
        return S3Error(errors::kInvalidPart).with("UploadId", std::string(subject.uploadId));
    case Code::InvalidPartOrder:
        return S3Error(errors::kInvalidPartOrder).with("UploadId", std::string(subject.uploadId));
    case Code::EntityTooSmall: return {errors::kEntityTooSmall};
    case Code::EntityTooLarge: return {errors::kEntityTooLarge};
    case Code::PreconditionFailed: return {errors::kPreconditionFailed};
    case Code::NotModified: return {errors::kNotModified};
    case Code::BadDigest: return {errors::kBadDigest, error.message};
    case Code::InvalidArgument: return {errors::kInvalidArgument, error.message};
    case Code::Denied: return {errors::kAccessDenied};
    case Code::Quota:
        return {errors::kQuotaExceeded,
                error.message.empty() ? std::string(errors::kQuotaExceeded.message) : error.message};
    case Code::StorageFull: return {errors::kStorageFull};
    case Code::ReadOnly:
        return {errors::kServiceUnavailable,
                "The server refuses writes until it is restarted, since its disk failed to confirm one."};
    case Code::Stopping: return {errors::kServiceUnavailable, "The server is stopping. Please try again."};
    case Code::Busy:
    case Code::WouldBlock: return {errors::kSlowDown};
    case Code::Corrupt:
    case Code::Damaged:
        return {errors::kInternalError,
                "The stored data of this object is damaged and was not sent. The server's log names what is "
                "damaged under this request's id."};
    case Code::Unsupported:
        return {errors::kInternalError,
                "This object was written by a newer version of the server: " + error.message};
    case Code::TimedOut: return {errors::kRequestTimeout};
    case Code::Closed: return {errors::kIncompleteBody};
    case Code::Internal:
    case Code::NotFound:
    case Code::AlreadyExists:
    case Code::Unauthenticated:
    case Code::Locked:
    case Code::Io: break;
    }
    return {errors::kInternalError};
}

}  // namespace

std::unexpected<S3Error> refuseArgument(std::string_view name, std::string_view value, std::string message)
{
    return refuse(S3Error(errors::kInvalidArgument, std::move(message))
                      .with("ArgumentName", std::string(name))
                      .with("ArgumentValue", std::string(value)));
}

std::unexpected<S3Error> refuseHeader(std::string_view name)
{
    return refuse(S3Error(errors::kNotImplemented,
                          "A header you provided implies functionality that is not implemented: " +
                              std::string(name) + ".")
                      .with("Header", std::string(name)));
}

S3Error fromStore(const Error &error, const Subject &subject)
{
    S3Error result = mapStore(error, subject);
    // To be busy is no fault of the server's.
    if (result.kind.status >= 500 && error.code != Error::Busy && error.code != Error::WouldBlock)
        result.cause = std::string(maxiofs::nameOf(error.code)) + ": " + error.message +
                       (error.subject.empty() ? "" : " (" + error.subject + ")");
    return result;
}

void logCause(const S3Error &error, std::string_view requestId, std::string_view resource)
{
    if (error.cause.empty())
        return;
    base::errorLine("S3 request failed inside the server")
        .with("request", requestId)
        .with("resource", resource)
        .with("cause", error.cause);
}

S3Error fromAuth(const sigv4::AuthError &error)
{
    ErrorKind kind{sigv4::s3CodeOf(error.code), sigv4::httpStatusOf(error.code), {}};
    for (const ErrorKind &known : kAuthKinds) {
        if (known.code == kind.code)
            kind.message = known.message;
    }
    S3Error result(kind, error.message.empty() ? std::string(kind.message) : error.message);
    if (!error.stringToSign.empty()) {
        result.details.emplace_back("StringToSign", error.stringToSign);
        result.details.emplace_back("StringToSignBytes", hexBytes(error.stringToSign));
    }
    if (!error.canonicalRequest.empty()) {
        result.details.emplace_back("CanonicalRequest", error.canonicalRequest);
        result.details.emplace_back("CanonicalRequestBytes", hexBytes(error.canonicalRequest));
    }
    return result;
}

}  // namespace maxiofs::api::s3
