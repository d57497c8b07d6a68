// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/mutex.h"
#include "cluster/peer_calls.h"
#include "cluster/replication/batch.h"
#include "net/blocking_pool.h"

#include <map>

namespace maxiofs::cluster::replication {

/// What became of an import; `bytes` is what was sent for it.
[[nodiscard]] rules::EntryAnswer answerOf(const Result<store::Imported> &imported, std::uint64_t bytes);

// Fetches the bytes of large versions from the node that offers them and puts them into the store. What a
// transfer brought before it broke off is kept for a while: the next one goes on from there. Any I/O thread.
class VersionFetcher {
public:
    static constexpr std::string_view kRoute = "version-read";
    static constexpr std::chrono::milliseconds kHeadLimit{30'000};
    static constexpr std::chrono::minutes kKeep{10};  // what a broken transfer brought
    static constexpr std::size_t kMaxKept = 16;
    static constexpr std::size_t kPiece = std::size_t{1} << 20;

    struct Wanted {
        NodeId from;
        BucketId source;        // at `from`
        BucketId into;          // here
        bool isRepair = false;  // also of what is here with the same stamps and another content
    };

    VersionFetcher(store::VersionExchange &store, PeerCalls &calls, net::BlockingPool &pool)
        : m_store(store),
          m_calls(calls),
          m_pool(pool)
    {
    }

    net::Awaitable<rules::EntryAnswer> fetch(Wanted wanted, store::VersionHeader header);

    using Session = std::unique_ptr<store::ImportSession>;
    /// Fetches into the session what it lacks of the version's `size` bytes, and commits it.
    net::Awaitable<Result<store::Imported>> fill(Wanted wanted, rules::VersionName name, std::uint64_t size,
                                                 Session session);
    net::Awaitable<Result<store::Imported>> commit(Session session);

private:
    // What must be the same for a transfer to go on.
    struct Place {
        BucketId into;
        rules::VersionName name;
        Stamp headerStamp;
        Bytes contentHash;
        bool isRepair = false;

        auto operator<=>(const Place &) const = default;
    };
    struct Kept {
        Session session;
        std::chrono::steady_clock::time_point until;
    };

    net::Awaitable<Result<store::Imported>> import(Wanted wanted, store::VersionHeader header,
                                                   std::uint64_t &bytes);
    net::Awaitable<Status> transfer(Wanted wanted, rules::VersionName name, std::uint64_t size,
                                    store::ImportSession &session);
    [[nodiscard]] Session take(const Place &place);
    void keep(Place place, Session session);

    store::VersionExchange &m_store;
    PeerCalls &m_calls;
    net::BlockingPool &m_pool;
    base::Mutex m_mutex;
    std::map<Place, Kept> m_kept GUARDED_BY(m_mutex);
};

}  // namespace maxiofs::cluster::replication
