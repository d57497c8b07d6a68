// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cluster/replication/batch.h"
#include "cluster/replication/version_fetcher.h"

namespace maxiofs::cluster::replication {

// Puts what came from another node into the store: all that came with its bytes at once, so that it shares
// the committer's syncs, then what has to be fetched, one after the other. Any I/O thread.
class StateApplier {
public:
    StateApplier(store::VersionExchange &store, VersionFetcher &fetcher, net::BlockingPool &pool)
        : m_store(store),
          m_fetcher(fetcher),
          m_pool(pool)
    {
    }

    /// `from` holds `source`, the states go into `into`. One answer for each state.
    net::Awaitable<std::vector<rules::EntryAnswer>> apply(NodeId from, BucketId source, BucketId into,
                                                          std::vector<EntryState> states);

private:
    struct Round;
    void start(const std::shared_ptr<Round> &round, std::size_t index, EntryState state);

    store::VersionExchange &m_store;
    VersionFetcher &m_fetcher;
    net::BlockingPool &m_pool;
};

}  // namespace maxiofs::cluster::replication
