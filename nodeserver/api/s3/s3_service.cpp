// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/s3/s3_service.h"

#include "api/s3/bucket_state.h"
#include "api/s3/elsewhere.h"
#include "api/s3/error_document.h"
#include "api/s3/placement.h"
#include "api/s3/replica_read.h"
#include "base/log_line.h"

namespace maxiofs::api::s3 {

namespace {

// The one place where S3 requests are authorized: finds the bucket and asks whether the caller may.
S3Status admit(Call &call, const Access &access)
{
    const bool needsBucket =
        access.action != identity::Action::ListBuckets && access.action != identity::Action::CreateBucket;
    if (needsBucket) {
        S3_TRY(call.bucket, toS3(call.context.buckets.find(call.request.bucket()), call.subject()));
    }
    const Status allowed = call.context.identities.authorizer().authorize(
        call.caller.signer.identity, access.action, call.bucket.get(), access.key);
    if (!allowed)
        return refuse(S3Error(errors::kAccessDenied, allowed.error().message));
    const auto expectedOwner = call.request.header("x-amz-expected-bucket-owner");
    if (call.bucket && expectedOwner && *expectedOwner != call.bucket->ownerId)
        return refuse(S3Error(errors::kAccessDenied));
    return {};
}

bool is(const S3Error &error, const ErrorKind &kind)
{
    return error.kind.code == kind.code;
}

// A key or bucket that another node has just made: asked for once, before the refusal.
net::Awaitable<S3Result<Caller>> authenticateSoughtKey(const Context &context, const http::RequestHead &head,
                                                       std::int64_t nowMs, S3Error refusal)
{
    CO_S3_TRY(const bool came,
              co_await seek(context, records::Kind::AccessKey, refusal.details.front().second));
    if (!came)
        co_return refuse(std::move(refusal));
    co_return authenticate(head, context.identities.keys(), nowMs);
}

net::Awaitable<S3Status> admitToSoughtBucket(Call &call, Access access, S3Error refusal)
{
    CO_S3_TRY(const bool came, co_await seek(call.context, records::Kind::Bucket, call.request.bucket()));
    if (!came)
        co_return refuse(std::move(refusal));
    co_return admit(call, access);
}

std::string_view codeOf(unsigned status)
{
    switch (status) {
    case 408: return "RequestTimeout";
    case 417: return "InvalidRequest";
    case 431: return "RequestHeaderSectionTooLarge";
    case 501: return "NotImplemented";
    default: return "BadRequest";
    }
}

}  // namespace

net::Awaitable<S3Result<Reply>> S3Service::answer(http::Exchange &exchange, Progress &progress) const
{
    const std::int64_t nowMs = m_context.clock.unixMs();
    CO_S3_TRY(const Request request, Request::parse(exchange.head(), m_context.domains, nowMs));
    progress.resource = request.resource();
    CO_S3_TRY(const Operation operation, parseOperation(request));
    progress.operation = static_cast<OperationId>(operation.index());

    const bool isMember = m_context.isMember();
    if (isMember) {
        progress.forwarded = forwardedBy(m_context, exchange.head());
        if (progress.forwarded)
            exchange.trustPeer();
    }
    S3Result<Caller> caller = authenticate(exchange.head(), m_context.identities.keys(), nowMs);
    if (!caller && isMember && is(caller.error(), errors::kInvalidAccessKeyId))
        caller = co_await authenticateSoughtKey(m_context, exchange.head(), nowMs, caller.error());
    if (!caller)
        co_return refuse(std::move(caller).error());
    progress.user = caller->signer.identity.user->username;

    Call call{m_context, exchange,
              request,   *std::move(caller),
              nullptr,   progress.forwarded ? progress.forwarded->clientTls : exchange.isTls(),
              {}};
    const Access access = std::visit([&](const auto &op) { return op.access(request); }, operation);
    S3Status admitted = admit(call, access);
    if (!admitted && isMember && is(admitted.error(), errors::kNoSuchBucket))
        admitted = co_await admitToSoughtBucket(call, access, admitted.error());
    CO_S3_CHECK(admitted);
    const bool makesBucket = std::holds_alternative<CreateBucket>(operation);
    if (isMember && (call.bucket || (makesBucket && !progress.forwarded))) {
        CO_S3_TRY(std::optional<PassedOn> passed,
                  makesBucket ? co_await placeElsewhere(call)
                              : co_await passOn(call, progress.operation, progress.forwarded));
        if (passed) {
            progress.passedOn = true;
            progress.to = std::move(passed->to);
            co_return std::move(passed->reply);
        }
        progress.replicaLag = call.replicaLag;
    }
    co_return co_await std::visit([&](const auto &op) { return op.run(call); }, operation);
}

net::Awaitable<void> S3Service::handle(http::Exchange &exchange) const
{
    const auto begin = std::chrono::steady_clock::now();
    Progress progress;
    progress.resource = exchange.head().path();
    S3Result<Reply> reply = refuse(S3Error(errors::kInternalError));
    try {
        reply = co_await answer(exchange, progress);
    } catch (const std::exception &thrown) {
        reply.error().cause = std::string("exception: ") + thrown.what();
    }

    // Once a response has begun, an error can only cut the connection: the server does that.
    if (!reply) {
        logCause(reply.error(), exchange.requestId(), progress.resource);
        if (!exchange.responded()) {
            ErrorDocument document = renderError(reply.error(), progress.resource, exchange.requestId(),
                                                 m_context.hostId(), exchange.head().isHead());
            addReplicaLag(document.head, progress.replicaLag);
            (void)co_await exchange.respond(std::move(document.head), std::move(document.body));
        }
    } else if (!reply->sent) {
        addRequestIds(reply->head, exchange.requestId(), m_context.hostId());
        addReplicaLag(reply->head, progress.replicaLag);
        (void)co_await exchange.respond(std::move(reply->head), std::move(reply->body));
    }
    const auto latency =
        std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - begin);
    if (progress.passedOn)
        m_context.metrics.recordPassedOn(exchange.sentStatus(), exchange.bodyBytesIn(),
                                         exchange.bodyBytesOut(), latency);
    else
        m_context.metrics.record(progress.operation, exchange.sentStatus(), exchange.bodyBytesIn(),
                                 exchange.bodyBytesOut(), latency);
    log(exchange, progress, latency);
}

void S3Service::log(const http::Exchange &exchange, const Progress &progress,
                    std::chrono::microseconds latency) const
{
    if (base::logLevel() > base::LogLevel::Debug)
        return;
    base::LogLine line(base::LogLevel::Debug, progress.passedOn ? "S3 request passed on" : "S3 request");
    line.with("request", exchange.requestId())
        .with("operation", nameOf(progress.operation))
        .with("method", exchange.head().method())
        .with("resource", progress.resource)
        .with("status", exchange.sentStatus())
        .with("user", progress.user)
        .with("from", progress.forwarded ? progress.forwarded->clientAddress : exchange.peer().text)
        .with("in", exchange.bodyBytesIn())
        .with("out", exchange.bodyBytesOut())
        .with("us", latency.count());
    if (progress.forwarded)
        line.with("by", progress.forwarded->edge.uuid());
    if (!progress.to.empty())
        line.with("to", progress.to);
}

Status S3Service::loadBuckets() const
{
    for (const records::BucketPtr &bucket : m_context.buckets.all()) {
        if (!m_context.owns(*bucket))
            continue;
        TRY_ASSIGN(const bool closed, m_context.store.isClosed(bucket->id));
        if (!closed) {
            m_context.store.setBucket(stateOf(*bucket));
            continue;
        }
        TRY_STATUS(m_context.identities.grants().takeAllOfBucket(bucket->id));
        TRY_STATUS(m_context.buckets.remove(bucket->name, bucket->id));
        m_context.store.forgetBucket(bucket->id);
        base::infoLine("Finished the deletion of a bucket").with("bucket", bucket->name);
    }
    return {};
}

void S3Service::bucketChanged(records::Buckets::Event event, const records::BucketRecord &bucket) const
{
    // What the store takes of other nodes' buckets is replication's affair.
    if (event == records::Buckets::Event::Removed)
        m_context.store.releaseBucket(bucket.id);
    else if (m_context.owns(bucket))
        m_context.store.setBucket(stateOf(bucket));
    if (m_context.cluster != nullptr)
        m_context.cluster->router.forget(bucket.id);
}

std::string S3Service::malformedBody(std::string_view message, unsigned status, std::string_view requestId,
                                     std::string_view hostId)
{
    const S3Error error(ErrorKind{codeOf(status), status, message});
    return renderError(error, {}, requestId, hostId, false).body;
}

}  // namespace maxiofs::api::s3
