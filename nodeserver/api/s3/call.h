// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "api/s3/authentication.h"
#include "api/s3/context.h"
#include "api/s3/request.h"
#include "http/exchange.h"

namespace maxiofs::api::s3 {

// What an operation answers. A streamed one has sent its response itself.
struct Reply {
    http::ResponseHead head;
    std::string body;
    bool sent = false;

    [[nodiscard]] static Reply status(unsigned code) { return {http::ResponseHead(code), {}, false}; }
    [[nodiscard]] static Reply xml(std::string document)
    {
        return {http::ResponseHead(200, "application/xml"), std::move(document), false};
    }
    [[nodiscard]] static Reply streamed() { return {{}, {}, true}; }
};

// What an operation may do, for identity::Authorizer: `key` is the object's, or a listing's prefix.
struct Access {
    identity::Action action;
    std::string_view key;
};

// One request being served. Lives in the service's coroutine, on the connection's thread.
struct Call {
    const Context &context;
    http::Exchange &exchange;
    const Request &request;
    Caller caller;
    records::BucketPtr bucket;  // the one addressed; null where the operation has none or makes it
    bool clientTls = false;     // also where another node passed the request on
    std::optional<std::chrono::milliseconds> replicaLag;  // of a read that is answered from a replica

    [[nodiscard]] bool isVersioned() const { return bucket->versioning != records::Versioning::Unversioned; }

    [[nodiscard]] const BucketId &bucketId() const { return bucket->id; }
    [[nodiscard]] const std::string &ownerId() const { return caller.signer.identity.user->canonicalId; }
    [[nodiscard]] Subject subject(std::string_view versionId = {}, std::string_view uploadId = {}) const
    {
        return {request.bucket(), request.key(), versionId, uploadId};
    }
};

/// Asks for what is in memory on this thread, and again on the pool where the disk must be asked.
template <typename Ask>
net::Awaitable<std::invoke_result_t<Ask &, index::ReadMode>> cachedOrPool(net::BlockingPool &pool, Ask ask)
{
    auto answer = ask(index::ReadMode::CachedOnly);
    if (answer || answer.error().code != Error::WouldBlock)
        co_return answer;
    co_return co_await pool.run([&ask] { return ask(index::ReadMode::MayBlock); });
}

}  // namespace maxiofs::api::s3
