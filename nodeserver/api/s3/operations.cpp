// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/s3/operations.h"

#include "api/s3/unbuilt.h"

namespace maxiofs::api::s3 {

namespace {

template <std::size_t... Index>
consteval bool isInOrder(std::index_sequence<Index...>)
{
    return ((std::variant_alternative_t<Index, Operation>::kId == OperationId(Index)) && ...);
}
static_assert(isInOrder(std::make_index_sequence<std::variant_size_v<Operation>>()));

template <typename Op>
S3Result<Operation> parsed(const Request &request)
{
    auto operation = Op::parse(request);
    if (!operation)
        return refuse(std::move(operation).error());
    return Operation(*std::move(operation));
}

std::unexpected<S3Error> refuseMethod(const Request &request, std::string_view resourceType)
{
    return refuse(S3Error(errors::kMethodNotAllowed)
                      .with("Method", std::string(request.method()))
                      .with("ResourceType", std::string(resourceType)));
}

S3Result<Operation> parseServiceOperation(const Request &request)
{
    if (request.method() == "GET")
        return parsed<ListBuckets>(request);
    return refuseMethod(request, "SERVICE");
}

S3Result<Operation> parseBucketGet(const Request &request)
{
    if (request.hasParameter("location"))
        return parsed<GetBucketLocation>(request);
    if (request.hasParameter("versioning"))
        return parsed<GetBucketVersioning>(request);
    if (request.hasParameter("acl"))
        return parsed<GetBucketAcl>(request);
    if (request.hasParameter("versions"))
        return parsed<ListObjectVersions>(request);
    if (request.hasParameter("uploads"))
        return parsed<ListMultipartUploads>(request);
    const std::string *listType = request.parameter("list-type");
    if (listType == nullptr)
        return parsed<ListObjects>(request);
    if (*listType == "2")
        return parsed<ListObjectsV2>(request);
    return refuseArgument("list-type", *listType, "The list type must be 2.");
}

S3Result<Operation> parseBucketOperation(const Request &request)
{
    const std::string_view method = request.method();
    if (method == "GET")
        return parseBucketGet(request);
    if (method == "HEAD")
        return parsed<HeadBucket>(request);
    if (method == "POST") {
        if (request.hasParameter("delete"))
            return parsed<DeleteObjects>(request);
        return refuse(S3Error(errors::kNotImplemented, "The operation PostObject is not implemented.")
                          .with("Operation", "PostObject"));
    }
    // What changes a bucket must not be mistaken for what makes or removes it.
    for (const std::string_view name : {"location", "versions", "uploads", "delete", "acl"}) {
        if (request.hasParameter(name))
            return refuseMethod(request, name);
    }
    if (request.hasParameter("versioning")) {
        if (method == "PUT")
            return parsed<PutBucketVersioning>(request);
        return refuseMethod(request, "versioning");
    }
    if (method == "PUT")
        return parsed<CreateBucket>(request);
    if (method == "DELETE")
        return parsed<DeleteBucket>(request);
    return refuseMethod(request, "BUCKET");
}

S3Result<Operation> parseUploadOperation(const Request &request)
{
    const std::string_view method = request.method();
    if (method == "GET")
        return parsed<ListParts>(request);
    if (method == "POST")
        return parsed<CompleteMultipartUpload>(request);
    if (method == "DELETE")
        return parsed<AbortMultipartUpload>(request);
    if (method == "PUT" && request.hasParameter("partNumber")) {
        if (request.header("x-amz-copy-source"))
            return parsed<UploadPartCopy>(request);
        return parsed<UploadPart>(request);
    }
    return refuseMethod(request, "UPLOAD");
}

S3Result<Operation> parseTaggingOperation(const Request &request)
{
    const std::string_view method = request.method();
    if (method == "GET")
        return parsed<GetObjectTagging>(request);
    if (method == "PUT")
        return parsed<PutObjectTagging>(request);
    if (method == "DELETE")
        return parsed<DeleteObjectTagging>(request);
    return refuseMethod(request, "TAGGING");
}

S3Result<Operation> parseObjectOperation(const Request &request)
{
    const std::string_view method = request.method();
    if (request.hasParameter("uploadId") && method != "HEAD")
        return parseUploadOperation(request);
    if (request.hasParameter("tagging"))
        return parseTaggingOperation(request);
    if (method == "POST") {
        if (request.hasParameter("uploads"))
            return parsed<CreateMultipartUpload>(request);
        return refuseMethod(request, "OBJECT");
    }
    if (method == "GET") {
        if (request.hasParameter("acl"))
            return parsed<GetObjectAcl>(request);
        if (request.hasParameter("attributes"))
            return parsed<GetObjectAttributes>(request);
        return parsed<GetObject>(request);
    }
    if (method == "HEAD")
        return parsed<HeadObject>(request);
    for (const std::string_view name : {"acl", "attributes", "uploads", "partNumber"}) {
        if (const std::string *value = request.parameter(name))
            return refuseArgument(name, *value, "This operation does not accept a query-string.");
    }
    if (method == "PUT") {
        if (request.header("x-amz-copy-source"))
            return parsed<CopyObject>(request);
        return parsed<PutObject>(request);
    }
    if (method == "DELETE")
        return parsed<DeleteObject>(request);
    return refuseMethod(request, "OBJECT");
}

}  // namespace

S3Result<Operation> parseOperation(const Request &request)
{
    S3_CHECK(refuseUnbuilt(request));
    if (request.bucket().empty())
        return parseServiceOperation(request);
    if (request.key().empty())
        return parseBucketOperation(request);
    return parseObjectOperation(request);
}

}  // namespace maxiofs::api::s3
