// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cluster/link/door.h"
#include "cluster/link/internal_handlers.h"
#include "net/blocking_pool.h"

#include <atomic>

namespace maxiofs::api::internal {

// Answers other nodes: POST /api/internal/cluster/<route> on the S3 port. Lets in who proves itself (Door)
// and hands the request to whom InternalHandlers names. Any I/O thread.
//
// What is not proven yet costs little: headers, clock and pinned certificate are checked before the body is
// read, and bodies of callers without a pinned certificate share kMaxUnprovenBytes.
class InternalService {
public:
    static constexpr std::size_t kMaxUnprovenBytes = std::size_t{64} << 20;
    static constexpr std::size_t kInlineBytes = 64 * 1024;  // larger bodies are verified on the pool

    struct Context {
        cluster::link::Door &door;
        const cluster::link::InternalHandlers &handlers;
        net::BlockingPool &pool;
        std::string ownCertificate;  // SHA-256 of the node's certificate, 64 hex
    };
    explicit InternalService(Context context) : m_context(std::move(context)) {}

    /// By the target's path alone; whether Host names a bucket is the caller's to ask.
    [[nodiscard]] static bool isInternal(const http::RequestHead &head);
    /// Until the node serves.
    static net::Awaitable<void> answerStarting(http::Exchange &exchange);

    net::Awaitable<void> handle(http::Exchange &exchange);

private:
    struct Let;  // a request that was let in
    net::Awaitable<std::expected<Let, cluster::link::WireRefusal>> admit(http::Exchange &exchange);
    net::Awaitable<std::expected<std::string, cluster::link::WireRefusal>> readBody(http::Exchange &exchange);
    net::Awaitable<void> answer(http::Exchange &exchange, Let let);
    net::Awaitable<void> answerObject(http::Exchange &exchange, Let let);

    const Context m_context;
    std::atomic<std::size_t> m_unprovenBytes{0};
};

}  // namespace maxiofs::api::internal
