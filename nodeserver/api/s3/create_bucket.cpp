// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/s3/create_bucket.h"

#include "api/s3/bucket_state.h"
#include "api/s3/document_body.h"
#include "records/bucket_name.h"
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

// No two nodes make a bucket of one name: it is reserved before the record is written.
Status reserve(const Context &context, const records::NewBucket &wanted)
{
    if (!context.isMember() || context.buckets.find(wanted.name))
        return {};
    Status reserved = context.cluster->cluster.reserveBucket(wanted.name, *wanted.id);
    // Whose bucket it is decides the answer, so its record is needed here.
    if (!reserved && reserved.error().code == Error::AlreadyExists &&
        context.cluster->cluster.seek(records::Kind::Bucket, wanted.name))
        return {};
    return reserved;
}

Result<records::BucketPtr> make(const Context &context, const records::NewBucket &wanted)
{
    TRY_STATUS(records::checkBucketName(wanted.name));
    TRY_STATUS(reserve(context, wanted));
    // Known to the store before anybody else can know the bucket: requests may come at once.
    context.store.setBucket(stateOf(records::BucketRecord{.name = wanted.name, .id = *wanted.id}));
    Result<records::BucketPtr> made = context.buckets.create(wanted);
    if (!made)
        context.store.releaseBucket(*wanted.id);
    else if (context.isMember())
        context.cluster->cluster.settle();
    return made;
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
    wanted.id = BucketId::random();
    CO_S3_TRY(auto room,
              toS3(call.context.identities.tenantQuotas().admitBucket(wanted.tenantId), call.subject()));
    const auto made = co_await call.context.pool.run([&] { return make(call.context, wanted); });
    if (!made) {
        const Error &error = made.error();
        if (error.code == Error::InvalidArgument)
            co_return refuse(
                S3Error(errors::kInvalidBucketName, error.message).with("BucketName", wanted.name));
        if (error.code == Error::Busy)
            co_return refuse(S3Error(errors::kOperationAborted, error.message));
        if (error.code != Error::AlreadyExists)
            co_return refuse(fromStore(error, call.subject()));
        if (error.subject != wanted.ownerId)
            co_return refuse(S3Error(errors::kBucketAlreadyExists).with("BucketName", wanted.name));
        if (region != kForgivingRegion)
            co_return refuse(S3Error(errors::kBucketAlreadyOwnedByYou).with("BucketName", wanted.name));
    } else {
        room.used();
    }
    Reply reply = Reply::status(200);
    reply.head.add("Location", "/" + wanted.name);
    co_return reply;
}

}  // namespace maxiofs::api::s3
