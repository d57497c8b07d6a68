// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cluster/peer_calls.h"
#include "cluster/replication/batch.h"
#include "cluster/rules/takeover_world.h"
#include "net/blocking_pool.h"
#include "net/io_threads.h"
#include "store/node_store.h"

namespace maxiofs::cluster::ownership {

// Takes what former owners hand over: puts each entry into the store, which merges it, and fetches the bytes
// of large versions from the node that hands them over. Any thread.
class HandoverTaker {
public:
    static constexpr std::chrono::milliseconds kHeadLimit{30'000};

    HandoverTaker(store::NodeStore &store, PeerCalls &calls, net::IoThreads &threads, net::BlockingPool &pool)
        : m_store(store),
          m_calls(calls),
          m_threads(threads),
          m_pool(pool)
    {
    }

    using Done = std::move_only_function<void(Result<rules::HandOverAnswer>)>;
    /// As TakeoverWorld::take(); `done` on any thread.
    void take(rules::HandOver handed, std::uint64_t since, Done done);

private:
    net::Awaitable<Result<rules::HandOverAnswer>> takeAll(rules::HandOver handed, std::uint64_t since);
    struct Round;
    void start(const std::shared_ptr<Round> &round, std::size_t index, const BucketId &bucket,
               const replication::EntryState &state, const store::HandoverTerms &terms);
    net::Awaitable<Result<store::Handed>>
    takeOffered(BucketId bucket, NodeId from, store::VersionHeader header, store::HandoverTerms terms);
    net::Awaitable<Status> transfer(NodeId from, BucketId bucket, rules::VersionName name, std::uint64_t size,
                                    store::HandedSession &session);

    store::NodeStore &m_store;
    PeerCalls &m_calls;
    net::IoThreads &m_threads;
    net::BlockingPool &m_pool;
};

}  // namespace maxiofs::cluster::ownership
