// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "api/ops/cluster_metrics.h"
#include "cluster/cluster.h"
#include "http/exchange.h"
#include "identity/directory.h"
#include "monitor/node_monitor.h"
#include "records/buckets.h"
#include "records/cluster_nodes.h"
#include "records/replication_rules.h"
#include "store/object_store.h"

#include <atomic>
#include <memory>

namespace maxiofs::api::ops {

// Answers GET /health on both ports and GET /metrics on the console's, from before the store is loaded until
// the ports close. Any I/O thread; nothing here waits for a disk.
class OpsService {
public:
    struct Context {
        records::ClusterNodes &nodes;
        std::string metricsToken;  // `Authorization: Bearer` for /metrics; empty: none is needed
        std::int64_t startedMs = 0;
        const Clock &clock = SystemClock::instance();
    };
    // What there is to tell about once the node serves.
    struct Served {
        store::ObjectStore &store;
        records::Buckets &buckets;
        monitor::NodeMonitor &monitor;
        const cluster::Cluster &cluster;
        const cluster::Router &router;
        const records::ReplicationRules &rules;
        const cluster::Replication &replication;
        const cluster::Ownership &ownership;
        std::function<cluster::Forwarder::Stats()> forwarded;  // any thread
        std::function<void(MetricsText &)> more;               // adds what other parts count; any thread
    };

    explicit OpsService(Context context) : m_context(std::move(context)) {}

    /// Whether the request is one of these, by its target's path alone.
    [[nodiscard]] static bool isHealth(const http::RequestHead &head) { return head.path() == "/health"; }
    [[nodiscard]] static bool isMetrics(const http::RequestHead &head) { return head.path() == "/metrics"; }

    net::Awaitable<void> health(http::Exchange &exchange) const;
    net::Awaitable<void> metrics(http::Exchange &exchange) const;

    /// Until then /health says `starting` with 503. Once; what is given must outlive the service's use.
    void beginServing(Served served);
    [[nodiscard]] bool hasStarted() const { return m_served.load() != nullptr; }
    /// /health says `stopping` with 503 from now on. Any thread.
    void beginStopping() { m_stopping.store(true); }

    /// healthy, degraded, read-only, starting or stopping.
    [[nodiscard]] std::string_view stateWord() const { return state().word; }

    struct HealthAnswer {
        unsigned status = 200;
        std::string body;
    };
    [[nodiscard]] HealthAnswer healthAnswer() const;
    /// Once the node has started.
    [[nodiscard]] std::string metricsBody() const;

private:
    struct State {
        unsigned status = 503;
        std::string_view word;
    };
    [[nodiscard]] State state() const;
    [[nodiscard]] ClusterFigures clusterFigures(const Served &served) const;
    void addReplication(const Served &served, ClusterFigures &figures) const;

    const Context m_context;
    std::unique_ptr<const Served> m_servedParts;  // set once, then read through m_served
    std::atomic<const Served *> m_served{nullptr};
    std::atomic<bool> m_stopping{false};
};

}  // namespace maxiofs::api::ops
