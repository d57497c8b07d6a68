// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/s3/copy_from.h"

#include "api/s3/elsewhere.h"
#include "api/s3/local_source.h"
#include "api/s3/location_answer.h"
#include "api/s3/remote_source.h"

namespace maxiofs::api::s3 {

namespace {

net::Awaitable<Result<std::unique_ptr<SourceObject>>> openHere(const Context &context, BucketId bucket,
                                                               const CopySource &source)
{
    CO_TRY_ASSIGN(auto reader, co_await context.pool.run([&] {
        return context.store.open(bucket, source.key, source.version.id);
    }));
    co_return std::make_unique<LocalSource>(context.pool, std::move(reader));
}

bool isBroken(const Error &error)
{
    return error.code == Error::Closed || error.code == Error::TimedOut;
}

}  // namespace

S3Result<CopyFrom> CopyFrom::parse(const Request &request)
{
    CopyFrom from;
    S3_TRY(from.source, CopySource::parse(request.headerText("x-amz-copy-source")));
    from.conditions = ReadConditions::parseCopySource(request);
    from.expectedOwner = request.headerText("x-amz-source-expected-bucket-owner");
    return from;
}

void CopyFrom::Opened::addVersion(http::ResponseHead &head) const
{
    if (bucket->versioning != records::Versioning::Unversioned)
        head.add("x-amz-copy-source-version-id", object->info().version.text());
}

// Opened where the source is; a node that is not the owner any more tells which one is.
net::Awaitable<S3Result<std::unique_ptr<SourceObject>>>
CopyFrom::openObject(Call &call, records::BucketPtr bucket, std::optional<ByteRange> range) const
{
    const Subject subject{source.bucket, source.key, source.version.text, {}};
    const auto refusal = [&](const Error &error) {
        if (error.code == Error::DeleteMarker && source.version.id)
            return refuse(S3Error(errors::kInvalidRequest, "The source of a copy request may not "
                                                           "specifically refer to a delete marker by "
                                                           "version id."));
        return refuse(fromStore(error, subject));
    };
    for (unsigned hop = 0; hop < kMaxHops; ++hop) {
        cluster::RoutePtr route;
        if (call.context.isMember()) {
            const auto found = call.context.cluster->router.find(bucket->id);
            if (!found)
                co_return refuse(unavailable(found.error().message));
            route = *found;
        }
        if (route == nullptr) {
            auto opened = co_await openHere(call.context, bucket->id, source);
            if (!opened)
                co_return refusal(opened.error());
            co_return *std::move(opened);
        }

        ClusterLinks &links = *call.context.cluster;
        ExportRequest request{bucket->id, source.key, source.version.id, range};
        auto opened =
            co_await RemoteSource::open(links.peers, route->owner.id, std::move(request), call.context.pool);
        if (opened)
            co_return *std::move(opened);
        if (isBroken(opened.error())) {
            links.router.forget(bucket->id);
            co_return refuse(unreachable(links, *route));
        }
        if (opened.error().code != Error::PreconditionFailed)
            co_return refusal(opened.error());
        const Status learned = co_await call.context.pool.run(
            [&] { return learnLocation(links.records, bucket->id, opened.error().subject); });
        if (!learned)
            co_return refuse(fromStore(learned.error(), subject));
        links.router.forget(bucket->id);
    }
    co_return refuse(unavailable("The nodes do not agree yet on which of them has the bucket " +
                                 source.bucket + ". Please try again."));
}

net::Awaitable<S3Result<CopyFrom::Opened>> CopyFrom::open(Call &call, std::optional<ByteRange> range) const
{
    const Subject subject{source.bucket, source.key, source.version.text, {}};
    Opened opened;
    CO_S3_TRY(opened.bucket, co_await findBucket(call.context, source.bucket, subject));
    const Status allowed = call.context.identities.authorizer().authorize(
        call.caller.signer.identity, identity::Action::Read, opened.bucket.get(), source.key);
    if (!allowed)
        co_return refuse(S3Error(errors::kAccessDenied, allowed.error().message));
    if (!expectedOwner.empty() && expectedOwner != opened.bucket->ownerId)
        co_return refuse(S3Error(errors::kAccessDenied));
    CO_S3_TRY(opened.object, co_await openObject(call, opened.bucket, range));

    const store::ObjectInfo &info = opened.object->info();
    const auto verdict = conditions.judge(info.etag, info.lastModifiedMs);
    if (verdict.outcome != ReadConditions::Outcome::Pass)
        co_return refuse(preconditionFailed("x-amz-copy-source-" + std::string(verdict.condition)));
    co_return opened;
}

net::Awaitable<S3Result<store::PutSession::Digests>> copyBytes(Call &call, SourceObject &source,
                                                               Extent extent, store::PutSession &session)
{
    const Status copied = co_await source.copyTo(session, extent);
    if (!copied && isBroken(copied.error()))
        co_return refuse(unavailable("The node that has the copy's source broke off while it was being "
                                     "read. Please try again."));
    if (!copied)
        co_return refuse(fromStore(copied.error(), call.subject()));
    co_return toS3(co_await call.context.pool.run([&] { return session.finish(); }), call.subject());
}

}  // namespace maxiofs::api::s3
