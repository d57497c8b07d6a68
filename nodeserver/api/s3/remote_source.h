// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "api/s3/object_wire.h"
#include "api/s3/source_object.h"
#include "cluster/peer_calls.h"
#include "crypto/digest.h"
#include "net/blocking_pool.h"

namespace maxiofs::api::s3 {

// A copy's source on another node, read over the internal route `object-read` while it is written here. The
// version stays open there until the last byte, so an overwrite meanwhile does not disturb the copy.
class RemoteSource final : public SourceObject {
public:
    static constexpr std::chrono::seconds kLimit{30};  // for the answer's head

    /// Errors: those of store::ObjectStore::open() at the other node, of PeerCalls, and PreconditionFailed
    /// with the Location record as subject when that node does not own the bucket.
    static net::Awaitable<Result<std::unique_ptr<RemoteSource>>>
    open(cluster::PeerCalls &peers, NodeId owner, ExportRequest request, net::BlockingPool &pool);

    [[nodiscard]] const store::ObjectInfo &info() const override { return m_object.info; }
    net::Awaitable<Result<store::Attributes>> attributes() override;
    /// `extent` is the one that was asked for: another is an Internal error.
    net::Awaitable<Status> copyTo(store::PutSession &session, Extent extent) override;

private:
    RemoteSource(std::unique_ptr<cluster::PeerStream> stream, net::BlockingPool &pool)
        : m_stream(std::move(stream)),
          m_pool(pool)
    {
    }
    net::Awaitable<Status> readHead();
    net::Awaitable<Status> fill(std::span<std::byte> into);
    net::Awaitable<Status> checkTrailer();

    const std::unique_ptr<cluster::PeerStream> m_stream;
    net::BlockingPool &m_pool;
    ExportedObject m_object;
    crypto::Xxh128 m_hash;
};

}  // namespace maxiofs::api::s3
