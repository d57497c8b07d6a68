// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/s3/create_bucket.h"

#include "api/s3/bucket_state.h"
#include "api/s3/document_body.h"
#include "text/xml_reader.h"

namespace maxiofs::api::s3 {

namespace {

// The one region where making an own bucket again is no error (S3 API: CreateBucket).
constexpr std::string_view kForgivingRegion = "us-east-1";

S3Status checkConfiguration(std::string_view document, std::string_view region)
{
    if (document.empty())
        return {};
    const auto root = text::parseXml(document);
    if (!root || root->name != "CreateBucketConfiguration")
        return refuse(S3Error(errors::kMalformedXml));
    for (const text::XmlElement &child : root->children) {
        if (child.name != "LocationConstraint")
            return refuse(S3Error(errors::kNotImplemented,
                                  "CreateBucketConfiguration is not implemented with " + child.name + ".")
                              .with("Element", child.name));
        if (!child.text.empty() && child.text != region)
            return refuse(S3Error(errors::kInvalidLocationConstraint,
                                  "The specified location-constraint is not valid: this server's region is " +
                                      std::string(region) + ".")
                              .with("LocationConstraint", child.text));
    }
    return {};
}

}  // namespace

S3Result<CreateBucket> CreateBucket::parse(const Request &)
{
    return CreateBucket();
}

Access CreateBucket::access(const Request &request) const
{
    return {identity::Action::CreateBucket, request.bucket()};
}

net::Awaitable<S3Result<Reply>> CreateBucket::run(Call &call) const
{
    const std::string region = call.context.region();
    CO_S3_TRY(const std::string document, co_await readDocument(call, kMaxSmallDocument));
    CO_S3_CHECK(checkConfiguration(document, region));

    records::NewBucket wanted;
    wanted.name = call.request.bucket();
    wanted.ownerId = call.ownerId();
    wanted.tenantId = call.caller.signer.identity.user->tenantId;
    const auto made = co_await call.context.pool.run([&] { return call.context.buckets.create(wanted); });
    if (!made) {
        const Error &error = made.error();
        if (error.code == Error::InvalidArgument)
            co_return refuse(
                S3Error(errors::kInvalidBucketName, error.message).with("BucketName", wanted.name));
        if (error.code != Error::AlreadyExists)
            co_return refuse(fromStore(error, call.subject()));
        if (error.subject != wanted.ownerId)
            co_return refuse(S3Error(errors::kBucketAlreadyExists).with("BucketName", wanted.name));
        if (region != kForgivingRegion)
            co_return refuse(S3Error(errors::kBucketAlreadyOwnedByYou).with("BucketName", wanted.name));
    } else {
        call.context.store.setBucket(stateOf(**made));
    }
    Reply reply = Reply::status(200);
    reply.head.add("Location", "/" + wanted.name);
    co_return reply;
}

}  // namespace maxiofs::api::s3
