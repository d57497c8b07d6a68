// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string_view>

namespace maxiofs::api::s3 {

// A code of S3's error document with its status and usual sentence (S3 API: Error responses).
struct ErrorKind {
    std::string_view code;
    unsigned status;
    std::string_view message;
};

namespace errors {

inline constexpr ErrorKind kAccessDenied{"AccessDenied", 403, "Access Denied"};
inline constexpr ErrorKind kAuthorizationHeaderMalformed{"AuthorizationHeaderMalformed", 400,
                                                         "The authorization header you provided is invalid."};
inline constexpr ErrorKind kAuthorizationQueryParametersError{
    "AuthorizationQueryParametersError", 400,
    "The authorization query parameters that you provided are not valid."};
inline constexpr ErrorKind kBadDigest{"BadDigest", 400,
                                      "The Content-MD5 you specified did not match what we received."};
inline constexpr ErrorKind kBadRequest{"BadRequest", 400, "Bad Request"};
inline constexpr ErrorKind kBucketAlreadyExists{
    "BucketAlreadyExists", 409,
    "The requested bucket name is not available. Please select a different name and try again."};
inline constexpr ErrorKind kBucketAlreadyOwnedByYou{
    "BucketAlreadyOwnedByYou", 409,
    "Your previous request to create the named bucket succeeded and you already own it."};
inline constexpr ErrorKind kBucketNotEmpty{"BucketNotEmpty", 409,
                                           "The bucket you tried to delete is not empty."};
inline constexpr ErrorKind kEntityTooLarge{"EntityTooLarge", 400,
                                           "Your proposed upload exceeds the maximum allowed size"};
inline constexpr ErrorKind kEntityTooSmall{"EntityTooSmall", 400,
                                           "Your proposed upload is smaller than the minimum allowed size"};
inline constexpr ErrorKind kExpiredToken{"ExpiredToken", 400, "The provided token has expired."};
inline constexpr ErrorKind kIllegalVersioningConfiguration{
    "IllegalVersioningConfigurationException", 400,
    "The versioning configuration specified in the request is invalid."};
inline constexpr ErrorKind kIncompleteBody{
    "IncompleteBody", 400,
    "You did not provide the number of bytes specified by the Content-Length HTTP header"};
inline constexpr ErrorKind kInternalError{"InternalError", 500,
                                          "We encountered an internal error. Please try again."};
inline constexpr ErrorKind kInvalidAccessKeyId{
    "InvalidAccessKeyId", 403, "The AWS Access Key Id you provided does not exist in our records."};
inline constexpr ErrorKind kInvalidArgument{"InvalidArgument", 400, "Invalid Argument"};
inline constexpr ErrorKind kInvalidBucketName{"InvalidBucketName", 400, "The specified bucket is not valid."};
inline constexpr ErrorKind kInvalidDigest{"InvalidDigest", 400, "The Content-MD5 you specified was invalid."};
inline constexpr ErrorKind kInvalidLocationConstraint{"InvalidLocationConstraint", 400,
                                                      "The specified location-constraint is not valid"};
inline constexpr ErrorKind kInvalidPart{
    "InvalidPart", 400,
    "One or more of the specified parts could not be found. The part may not have been uploaded, or the "
    "specified entity tag may not match the part's entity tag."};
inline constexpr ErrorKind kInvalidPartNumber{"InvalidPartNumber", 416,
                                              "The requested partnumber is not satisfiable"};
inline constexpr ErrorKind kInvalidPartOrder{
    "InvalidPartOrder", 400,
    "The list of parts was not in ascending order. Parts must be ordered by part number."};
inline constexpr ErrorKind kInvalidRange{"InvalidRange", 416, "The requested range is not satisfiable"};
inline constexpr ErrorKind kInvalidRequest{"InvalidRequest", 400, "Invalid Request"};
inline constexpr ErrorKind kInvalidStorageClass{"InvalidStorageClass", 400,
                                                "The storage class you specified is not valid"};
inline constexpr ErrorKind kInvalidTag{"InvalidTag", 400, "The tag you have provided is invalid."};
inline constexpr ErrorKind kInvalidToken{"InvalidToken", 400,
                                         "The provided token is malformed or otherwise invalid."};
inline constexpr ErrorKind kInvalidUri{"InvalidURI", 400, "Couldn't parse the specified URI."};
inline constexpr ErrorKind kKeyTooLong{"KeyTooLongError", 400, "Your key is too long"};
inline constexpr ErrorKind kMalformedTrailer{"MalformedTrailerError", 400,
                                             "The request contained trailing data that was not well-formed."};
inline constexpr ErrorKind kMalformedXml{
    "MalformedXML", 400,
    "The XML you provided was not well-formed or did not validate against our published schema"};
inline constexpr ErrorKind kMaxMessageLengthExceeded{"MaxMessageLengthExceeded", 400,
                                                     "Your request was too big."};
inline constexpr ErrorKind kMissingRequestBody{"MissingRequestBodyError", 400, "Request Body is empty"};
inline constexpr ErrorKind kMetadataTooLarge{
    "MetadataTooLarge", 400, "Your metadata headers exceed the maximum allowed metadata size"};
inline constexpr ErrorKind kMethodNotAllowed{"MethodNotAllowed", 405,
                                             "The specified method is not allowed against this resource."};
inline constexpr ErrorKind kMissingContentLength{"MissingContentLength", 411,
                                                 "You must provide the Content-Length HTTP header."};
inline constexpr ErrorKind kMissingSecurityHeader{"MissingSecurityHeader", 400,
                                                  "Your request was missing a required header"};
inline constexpr ErrorKind kNoSuchBucket{"NoSuchBucket", 404, "The specified bucket does not exist"};
inline constexpr ErrorKind kNoSuchKey{"NoSuchKey", 404, "The specified key does not exist."};
inline constexpr ErrorKind kNoSuchUpload{
    "NoSuchUpload", 404,
    "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted "
    "or completed."};
inline constexpr ErrorKind kNoSuchVersion{"NoSuchVersion", 404, "The specified version does not exist."};
inline constexpr ErrorKind kNotImplemented{
    "NotImplemented", 501, "A header you provided implies functionality that is not implemented"};
inline constexpr ErrorKind kNotModified{"NotModified", 304, "Not Modified"};
inline constexpr ErrorKind kOperationAborted{
    "OperationAborted", 409,
    "A conflicting conditional operation is currently in progress against this resource. Please try again."};
inline constexpr ErrorKind kPreconditionFailed{
    "PreconditionFailed", 412, "At least one of the pre-conditions you specified did not hold"};
inline constexpr ErrorKind kQuotaExceeded{"QuotaExceeded", 403, "The quota of the bucket is used up."};
inline constexpr ErrorKind kRequestTimeout{
    "RequestTimeout", 400,
    "Your socket connection to the server was not read from or written to within the timeout period."};
inline constexpr ErrorKind kRequestTimeTooSkewed{
    "RequestTimeTooSkewed", 403,
    "The difference between the request time and the current time is too large."};
inline constexpr ErrorKind kServiceUnavailable{"ServiceUnavailable", 503,
                                               "The server cannot take the request at present."};
inline constexpr ErrorKind kSignatureDoesNotMatch{
    "SignatureDoesNotMatch", 403,
    "The request signature we calculated does not match the signature you provided. Check your key and "
    "signing method."};
inline constexpr ErrorKind kSlowDown{"SlowDown", 503, "Please reduce your request rate."};
inline constexpr ErrorKind kStorageFull{
    "InsufficientStorage", 507,
    "The server has no room left for new data. Deleting objects is still possible."};
inline constexpr ErrorKind kXAmzContentSha256Mismatch{
    "XAmzContentSHA256Mismatch", 400,
    "The provided 'x-amz-content-sha256' header does not match what was computed."};

}  // namespace errors

}  // namespace maxiofs::api::s3
