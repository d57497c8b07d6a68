// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "api/ops/metrics_text.h"
#include "http/exchange.h"
#include "identity/directory.h"
#include "monitor/node_monitor.h"
#include "records/buckets.h"
#include "records/cluster_nodes.h"
#include "store/object_store.h"

#include <atomic>

namespace maxiofs::api::ops {

enum class Phase { Starting, Serving, Stopping };

// Answers GET /health on both ports and GET /metrics on the console's. Any I/O thread; nothing here waits for
// a disk.
class OpsService {
public:
    struct Context {
        store::ObjectStore &store;
        records::Buckets &buckets;
        records::ClusterNodes &nodes;
        monitor::NodeMonitor &monitor;
        std::string metricsToken;  // `Authorization: Bearer` for /metrics; empty: none is needed
        std::int64_t startedMs = 0;
        std::function<void(MetricsText &)> more;  // adds what other parts count; any thread
        const Clock &clock = SystemClock::instance();
    };

    explicit OpsService(Context context) : m_context(std::move(context)) {}

    /// Whether the request is one of these, by its target's path alone.
    [[nodiscard]] static bool isHealth(const http::RequestHead &head) { return head.path() == "/health"; }
    [[nodiscard]] static bool isMetrics(const http::RequestHead &head) { return head.path() == "/metrics"; }

    net::Awaitable<void> health(http::Exchange &exchange) const;
    net::Awaitable<void> metrics(http::Exchange &exchange) const;

    /// 503 with `starting` or `stopping` unless the node serves; it begins with Starting. Any thread.
    void setPhase(Phase phase) { m_phase.store(phase); }
    /// The answer of GET /health for `phase`: 503 before the rest of the node exists needs only this.
    struct HealthAnswer {
        unsigned status = 200;
        std::string body;
    };
    [[nodiscard]] HealthAnswer healthAnswer() const;
    [[nodiscard]] std::string metricsBody() const;

private:
    const Context m_context;
    std::atomic<Phase> m_phase{Phase::Starting};
};

}  // namespace maxiofs::api::ops
