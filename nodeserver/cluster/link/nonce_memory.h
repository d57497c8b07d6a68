// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/id.h"
#include "base/mutex.h"

#include <map>
#include <unordered_set>
#include <vector>

namespace maxiofs::cluster::link {

// The nonces of requests that were let in, for as long as their timestamps would still be accepted: nobody
// gets a request answered twice by sending it again. Fill it with verified requests only, or anybody could
// fill it. Any thread.
class NonceMemory {
public:
    static constexpr std::size_t kMaxEntries = 500'000;  // 1,600 requests a second; about 40 MB

    enum class Outcome {
        New,
        Replayed,
        Full,  // nothing is forgotten early: the request must be refused
    };
    /// `timestamp` and `nowSeconds` are Unix seconds, not further apart than kMaxSkewSeconds.
    [[nodiscard]] Outcome remember(const NodeId &node, const Id128 &nonce, std::int64_t timestamp,
                                   std::int64_t nowSeconds);
    [[nodiscard]] std::size_t size() const;

private:
    struct Entry {
        NodeId node;
        Id128 nonce;
        bool operator==(const Entry &) const = default;
    };
    struct Hash {
        std::size_t operator()(const Entry &entry) const noexcept;
    };
    void forget(std::int64_t nowSeconds) REQUIRES(m_mutex);

    mutable base::Mutex m_mutex;
    std::unordered_set<Entry, Hash> m_entries GUARDED_BY(m_mutex);
    std::map<std::int64_t, std::vector<Entry>> m_byTimestamp GUARDED_BY(m_mutex);
};

}  // namespace maxiofs::cluster::link
