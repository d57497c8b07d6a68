// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cluster/link/internal_handlers.h"
#include "cluster/peer_calls.h"
#include "identity/directory.h"
#include "net/blocking_pool.h"

#include <condition_variable>
#include <thread>

namespace maxiofs::cluster {

// What the buckets of the other members hold of each tenant, so that a tenant's quota counts what it has on
// all nodes. While there are tenants, each member is asked every second; its last figures stand while it does
// not answer. Any thread.
class TenantUsages {
public:
    static constexpr std::string_view kRoute = "tenant-usage";
    static constexpr std::chrono::milliseconds kInterval{1000};
    static constexpr std::chrono::milliseconds kLimit{1000};  // of one answer
    static constexpr std::chrono::milliseconds kCountInterval{500};

    struct Needs {
        identity::Directory &identities;
        PeerCalls &calls;
        net::BlockingPool &pool;  // counts for the others
        std::function<std::vector<NodeId>()> members;
        std::function<bool(const NodeId &)> isSilent;              // asking it makes no sense now
        std::chrono::milliseconds countInterval = kCountInterval;  // own buckets are counted at most so often
    };
    explicit TenantUsages(Needs needs);
    ~TenantUsages();  // stops

    /// Registers who answers the others. Before the node serves.
    void addHandler(link::InternalHandlers &handlers);
    void start();
    void stop();

    /// What all other members' buckets hold, as they told last.
    [[nodiscard]] identity::TenantUsage of(const std::string &tenantId) const;
    /// Asks every member that is not silent; as the thread does each second. Blocks.
    void askAll();
    /// This node's figures, for another member; only their number where the question has the same. Blocks.
    [[nodiscard]] Result<QJsonObject> answer(const QJsonObject &question);

private:
    using ByTenant = std::map<std::string, identity::TenantUsage, std::less<>>;
    struct Told {
        std::int64_t number = 0;  // 0: nothing yet
        ByTenant tenants;
    };
    void run();
    net::Awaitable<Result<QJsonObject>> answerOnPool(QJsonObject question);
    [[nodiscard]] Result<ByTenant> countOwn() const;

    const Needs m_needs;
    mutable base::Mutex m_mutex;
    std::map<NodeId, Told> m_told GUARDED_BY(m_mutex);

    base::Mutex m_ownMutex;  // held while counting
    Told m_own GUARDED_BY(m_ownMutex);
    std::chrono::steady_clock::time_point m_countedAt GUARDED_BY(m_ownMutex);

    std::mutex m_stopMutex;
    std::condition_variable m_stopping;
    bool m_stopped = false;  // under m_stopMutex
    std::thread m_thread;
};

}  // namespace maxiofs::cluster
