// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/s3/copy_from.h"

#include <algorithm>

namespace maxiofs::api::s3 {

namespace {

constexpr std::uint64_t kBufferBytes = 256 * 1024;
constexpr std::uint64_t kTurnBytes = 4 * 1024 * 1024;  // of one job on the pool

Status copyTurn(store::ObjectReader &reader, const Extent &extent, store::PutSession &session, Bytes &buffer)
{
    std::uint64_t done = 0;
    while (done < extent.length) {
        buffer.clear();
        const auto wanted = static_cast<std::size_t>(std::min(kBufferBytes, extent.length - done));
        TRY_ASSIGN(const std::size_t got, reader.read(extent.offset + done, wanted, buffer));
        if (got == 0)
            return failure(Error::Corrupt, "The source's data ends before its size.");
        TRY_STATUS(session.write(buffer));
        done += got;
    }
    return {};
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
        head.add("x-amz-copy-source-version-id", reader->info().version.text());
}

net::Awaitable<S3Result<CopyFrom::Opened>> CopyFrom::open(Call &call) const
{
    const Subject subject{source.bucket, source.key, source.version.text, {}};
    Opened opened;
    CO_S3_TRY(opened.bucket, toS3(call.context.buckets.find(source.bucket), subject));
    const Status allowed = call.context.identities.authorizer().authorize(
        call.caller.signer.identity, identity::Action::Read, opened.bucket.get(), source.key);
    if (!allowed)
        co_return refuse(S3Error(errors::kAccessDenied, allowed.error().message));
    if (!expectedOwner.empty() && expectedOwner != opened.bucket->ownerId)
        co_return refuse(S3Error(errors::kAccessDenied));

    auto found = co_await call.context.pool.run(
        [&] { return call.context.store.open(opened.bucket->id, source.key, source.version.id); });
    if (!found && found.error().code == Error::DeleteMarker && source.version.id)
        co_return refuse(S3Error(errors::kInvalidRequest, "The source of a copy request may not specifically "
                                                          "refer to a delete marker by version id."));
    CO_S3_TRY(opened.reader, toS3(std::move(found), subject));

    const store::ObjectInfo &info = opened.reader->info();
    const auto verdict = conditions.judge(info.etag, info.lastModifiedMs);
    if (verdict.outcome != ReadConditions::Outcome::Pass)
        co_return refuse(preconditionFailed("x-amz-copy-source-" + std::string(verdict.condition)));
    co_return opened;
}

net::Awaitable<S3Result<store::PutSession::Digests>> copyBytes(Call &call, store::ObjectReader &reader,
                                                               Extent extent, store::PutSession &session)
{
    Bytes buffer;
    buffer.reserve(static_cast<std::size_t>(std::min(kBufferBytes, extent.length)));
    while (extent.length > 0) {
        const Extent turn{extent.offset, std::min(kTurnBytes, extent.length)};
        const Status copied =
            co_await call.context.pool.run([&] { return copyTurn(reader, turn, session, buffer); });
        if (!copied)
            co_return refuse(fromStore(copied.error(), call.subject()));
        extent.offset += turn.length;
        extent.length -= turn.length;
    }
    co_return toS3(co_await call.context.pool.run([&] { return session.finish(); }), call.subject());
}

}  // namespace maxiofs::api::s3
