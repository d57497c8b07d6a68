// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/s3/object_export.h"

#include "api/s3/location_answer.h"
#include "api/s3/object_wire.h"
#include "api/s3/read_ahead.h"
#include "crypto/digest.h"

// An exchange outlives its handler. NOLINTBEGIN(cppcoreguidelines-avoid-reference-coroutine-parameters)

namespace maxiofs::api::s3 {

namespace {

struct Exported {
    std::shared_ptr<store::ObjectReader> reader;
    ExportedObject object;
};

Extent extentOf(const std::optional<ByteRange> &range, std::uint64_t size)
{
    if (!range)
        return {0, size};
    if (*range->last >= size)
        return {0, 0};
    return {range->first, *range->last - range->first + 1};
}

Result<Exported> openFor(store::ObjectStore &store, const ExportRequest &request)
{
    Exported exported;
    TRY_ASSIGN(exported.reader, store.open(request.bucket, request.key, request.version));
    TRY_ASSIGN(const store::Attributes *const attributes, exported.reader->attributes());
    exported.object.info = exported.reader->info();
    exported.object.attributes = *attributes;
    exported.object.extent = extentOf(request.range, exported.object.info.size);
    return exported;
}

net::Awaitable<Status> send(http::Exchange &exchange, net::BlockingPool &pool, Exported exported)
{
    const std::string head = exportHead(exported.object);
    const Extent extent = exported.object.extent;
    ReadAhead source(pool, std::move(exported.reader), extent);
    http::ResponseHead response(200, "application/octet-stream");
    response.contentLength = head.size() + extent.length + kExportTrailer;
    // What fails from here on cuts the connection: the server does that, since the response has not ended.
    if (!co_await exchange.begin(std::move(response)) || !co_await exchange.write(asBytes(head)))
        co_return Status();
    crypto::Xxh128 hash;
    for (;;) {
        const Result<ByteView> piece = co_await source.next();
        if (!piece)
            co_return failure(piece.error());
        if (piece->empty())
            break;
        hash.update(*piece);
        if (!co_await exchange.write(*piece))
            co_return Status();
    }
    const crypto::Xxh128::Value trailer = hash.finish();
    if (co_await exchange.write(trailer))
        co_return co_await exchange.end();
    co_return Status();
}

}  // namespace

net::Awaitable<Status> ObjectExport::answer(cluster::link::InternalCall call, http::Exchange &exchange) const
{
    CO_TRY_ASSIGN(const ExportRequest request, exportRequestOf(call.body));
    const auto route = m_context.cluster->router.find(request.bucket);
    if (!route || *route != nullptr) {
        CO_TRY_ASSIGN(std::string location, co_await m_context.pool.run([&] {
            return locationAnswer(m_context.cluster->records, request.bucket);
        }));
        co_return failure(Error::PreconditionFailed, "This node does not own the bucket.",
                          std::move(location));
    }
    CO_TRY_ASSIGN(Exported exported,
                  co_await m_context.pool.run([&] { return openFor(m_context.store, request); }));
    co_return co_await send(exchange, m_context.pool, std::move(exported));
}

}  // namespace maxiofs::api::s3

// NOLINTEND(cppcoreguidelines-avoid-reference-coroutine-parameters)
