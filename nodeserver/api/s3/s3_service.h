// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "api/s3/call.h"
#include "api/s3/operations.h"

namespace maxiofs::api::s3 {

// Answers S3 requests: parses the operation, authenticates and authorizes it from the head alone, runs it,
// renders its refusal, and counts and logs it once. Any I/O thread; each request on its connection's.
class S3Service {
public:
    explicit S3Service(Context context) : m_context(std::move(context)) {}

    /// The handler of http::Server. Never throws.
    net::Awaitable<void> handle(http::Exchange &exchange) const;

    /// Makes the state of every bucket that this node owns known to the store: once, at the start, before any
    /// request. Finishes a deletion that a crash interrupted between the store's close and the record's
    /// removal.
    [[nodiscard]] Status loadBuckets() const;
    /// For records::Buckets::whenChanged(): the store takes changes of own buckets alone, and the router
    /// forgets what it knew. Any thread.
    void bucketChanged(records::Buckets::Event event, const records::BucketRecord &bucket) const;

    /// The XML form of a malformed head's refusal, for http::ServerOptions::malformed. `message` is of static
    /// life.
    [[nodiscard]] static std::string malformedBody(std::string_view message, unsigned status,
                                                   std::string_view requestId, std::string_view hostId);

private:
    struct Progress {
        OperationId operation = OperationId::Other;
        std::string resource;
        std::string user;
        std::optional<cluster::link::Forwarded> forwarded;    // by another member
        bool passedOn = false;                                // or turned away with 421
        std::string to;                                       // the node that answered
        std::optional<std::chrono::milliseconds> replicaLag;  // of an answer from this node's replica
    };
    net::Awaitable<S3Result<Reply>> answer(http::Exchange &exchange, Progress &progress) const;
    void log(const http::Exchange &exchange, const Progress &progress,
             std::chrono::microseconds latency) const;

    const Context m_context;
};

}  // namespace maxiofs::api::s3
