// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/ops/ops_service.h"

#include "crypto/constant_time.h"

#include <QJsonDocument>
#include <QJsonObject>

using namespace Qt::StringLiterals;

// An exchange outlives its handler, and what else is passed by reference lives in the coroutine that awaits
// at once. NOLINTBEGIN(cppcoreguidelines-avoid-reference-coroutine-parameters)

namespace maxiofs::api::ops {

namespace {

constexpr std::int64_t kMsPerSecond = 1000;
constexpr double kMicrosPerSecond = 1e6;
constexpr std::string_view kMetricsType = "text/plain; version=0.0.4; charset=utf-8";
constexpr std::string_view kRetrySeconds = "1";

void addStore(MetricsText &text, const store::ObjectStore::Figures &figures)
{
    const auto gauge = [&](std::string_view name, std::string_view help, std::uint64_t value) {
        text.gauge(name, help).sample(value);
    };
    const auto counter = [&](std::string_view name, std::string_view help, std::uint64_t value) {
        text.counter(name, help).sample(value);
    };
    gauge("maxiofs_disk_total_bytes", "Size of the data volume.", figures.diskTotal);
    gauge("maxiofs_disk_available_bytes", "Room that the node may still write.", figures.diskAvailable);
    gauge("maxiofs_disk_reserve_bytes", "Writes of data stop when less than this is available.",
          figures.reserveBytes);
    counter("maxiofs_commits_total", "Changes made durable.", figures.commits);
    counter("maxiofs_commit_batches_total", "Syncs that these changes shared.", figures.batches);
    gauge("maxiofs_log_bytes", "Size of the log.", figures.logBytes);
    gauge("maxiofs_log_segments", "Segments of the log.", figures.segments);
    gauge("maxiofs_log_live_bytes", "Bytes of the log that are in use.", figures.liveBytes);
    gauge("maxiofs_log_dead_bytes", "Bytes of the log that compaction can free.", figures.deadBytes);
    gauge("maxiofs_compaction_running", "1 while compaction runs.", figures.compacting ? 1 : 0);
    counter("maxiofs_compacted_bytes_total", "Bytes freed by compaction.", figures.compactedBytes);
    gauge("maxiofs_index_memory_bytes", "Memory of the index.", figures.indexMemoryBytes);
    counter("maxiofs_scrubbed_bytes_total", "Bytes read and checked by the scrub.", figures.scrubbedBytes);
    counter("maxiofs_scrub_errors_total", "Damaged objects found by the scrub.", figures.scrubErrors);
    text.gauge("maxiofs_scrub_progress", "Progress of the present round, 0 to 1.")
        .sample(figures.scrubProgress);
    // Before the first there is no such line: 0 would be a time long ago.
    const auto time = [&](std::string_view name, std::string_view help,
                          const std::optional<std::int64_t> &unixMs) {
        if (unixMs)
            text.gauge(name, help).sample(static_cast<double>(*unixMs) / kMsPerSecond);
    };
    time("maxiofs_last_scrub_timestamp_seconds", "When the last round of the scrub ended, Unix time.",
         figures.lastScrubMs);
    time("maxiofs_last_compaction_timestamp_seconds", "When compaction last freed a segment, Unix time.",
         figures.lastCompactionMs);
    text.gauge("maxiofs_sync_seconds", "Time of a sync of the log.")
        .sample(static_cast<double>(figures.syncMedianUs) / 1e6, {{"quantile", "0.5"}})
        .sample(static_cast<double>(figures.sync99Us) / 1e6, {{"quantile", "0.99"}});
}

void addNode(MetricsText &text, const monitor::NodeMonitor::Figures &figures)
{
    text.gauge("maxiofs_cpu_ratio", "Use of all cores, 0 to 1.").sample(figures.cpu.used);
    text.gauge("maxiofs_cpu_process_ratio", "The node's share of all cores, 0 to 1.")
        .sample(figures.cpu.process);
    text.gauge("maxiofs_memory_process_bytes", "Memory of the node.")
        .sample(static_cast<std::uint64_t>(figures.memory.processBytes));
    text.gauge("maxiofs_disk_busy_ratio", "Share of time in which the disk was busy.")
        .sample(figures.last.diskBusy);
    text.gauge("maxiofs_disk_queue_length", "Requests at the disk.").sample(figures.diskQueueLength);
    text.gauge("maxiofs_disk_read_bytes_per_second", "Read rate of the disk.")
        .sample(figures.last.diskReadBytesPerSecond);
    text.gauge("maxiofs_disk_write_bytes_per_second", "Write rate of the disk.")
        .sample(figures.last.diskWriteBytesPerSecond);
}

}  // namespace

void OpsService::beginServing(Served served)
{
    m_servedParts = std::make_unique<const Served>(std::move(served));
    m_served.store(m_servedParts.get());
}

OpsService::State OpsService::state() const
{
    if (m_stopping.load())
        return {503, "stopping"};
    const Served *const served = m_served.load();
    if (served == nullptr)
        return {503, "starting"};
    const store::ObjectStore::Health health = served->store.health();
    if (health.readOnly)
        return {200, "read-only"};
    const bool well = !health.full && health.damage.empty() && health.reason.empty();
    return {200, well ? "healthy" : "degraded"};
}

OpsService::HealthAnswer OpsService::healthAnswer() const
{
    const State now = state();
    const records::ClusterConfig config = m_context.nodes.config();
    const std::int64_t nowMs = m_context.clock.unixMs();
    const QJsonObject body{
        {"status"_L1, QString::fromUtf8(QByteArrayView(now.word))},
        {"timestamp"_L1, QString::fromStdString(protocol::toIso({nowMs}))},
        {"version"_L1, QLatin1StringView(MAXIOFS_VERSION)},
        {"uptime"_L1, static_cast<qint64>((nowMs - m_context.startedMs) / kMsPerSecond)},
        {"cluster_enabled"_L1, config.isClusterEnabled},
        {"node_id"_L1, QString::fromStdString(config.nodeId.uuid())},
        {"node_name"_L1, QString::fromStdString(config.nodeName)},
    };
    return {now.status, QJsonDocument(body).toJson(QJsonDocument::Compact).toStdString()};
}

ClusterFigures OpsService::clusterFigures(const Served &served) const
{
    using protocol::HealthStatus;
    ClusterFigures figures;
    const NodeId self = m_context.nodes.config().nodeId;
    const HealthStatus own = state().word == "healthy" ? HealthStatus::Healthy : HealthStatus::Degraded;
    for (const records::ClusterNode &node : m_context.nodes.nodes()) {
        ClusterFigures::Member member{node.id, node.name, node.id == self ? own : HealthStatus::Unknown};
        if (const auto seen = served.cluster.observation(node.id)) {
            member.status = seen->status;
            member.latencySeconds = seen->latencyMicros / kMicrosPerSecond;
            member.clockSkewSeconds = static_cast<double>(seen->clockSkewMs) / kMsPerSecond;
        }
        figures.members.push_back(std::move(member));
    }
    figures.cache = served.router.stats();
    if (served.forwarded)
        figures.forwarded = served.forwarded();
    addReplication(served, figures);
    return figures;
}

void OpsService::addReplication(const Served &served, ClusterFigures &figures) const
{
    const auto states = served.replication.states();
    for (const records::ReplicationRulePtr &rule : served.rules.all()) {
        ++figures.rules;
        if (rule->options.enabled)
            ++figures.enabledRules;
        const auto state = states.find(rule->id);
        if (state == states.end())
            continue;
        const auto node = m_context.nodes.find(rule->destinationNode);
        figures.sentRules.push_back(
            {rule->id, node ? node->name : rule->destinationNode.uuid(), state->second});
    }
    figures.replicated = served.replication.totals();
    figures.ownership = served.ownership.totals();
    for (const records::BucketPtr &bucket : served.buckets.all()) {
        const auto counters = served.store.counters(bucket->id);
        if (counters && served.ownership.roleOf(bucket->id) == cluster::Ownership::Role::Owner)
            figures.conflicts += counters->conflicts;
    }
}

std::string OpsService::metricsBody() const
{
    const Served &served = *m_served.load();
    MetricsText text;
    addClusterMetrics(text, clusterFigures(served));
    text.gauge("maxiofs_info", "The running version.")
        .sample(std::uint64_t{1}, {{"version", MAXIOFS_VERSION}});
    text.gauge("maxiofs_uptime_seconds", "Time since the start.")
        .sample(static_cast<double>(m_context.clock.unixMs() - m_context.startedMs) / kMsPerSecond);
    text.gauge("maxiofs_buckets", "Buckets of the node.").sample(std::uint64_t{served.buckets.count()});
    const store::ObjectStore::Health health = served.store.health();
    text.gauge("maxiofs_read_only", "1 when writes are refused until a restart.")
        .sample(std::uint64_t{health.readOnly ? 1U : 0U});
    text.gauge("maxiofs_disk_full", "1 when the reserve of the disk is reached.")
        .sample(std::uint64_t{health.full ? 1U : 0U});
    text.gauge("maxiofs_damaged_ranges", "Quarantined ranges and files.")
        .sample(std::uint64_t{health.damage.size()});
    addStore(text, served.store.figures());
    addNode(text, served.monitor.figures());
    if (served.more)
        served.more(text);
    return text.take();
}

net::Awaitable<void> OpsService::health(http::Exchange &exchange) const
{
    HealthAnswer answer = healthAnswer();
    http::ResponseHead head(answer.status, "application/json");
    head.add("Cache-Control", "no-store");
    if (!hasStarted())
        head.add("Retry-After", kRetrySeconds);
    [[maybe_unused]] const Status sent = co_await exchange.respond(std::move(head), std::move(answer.body));
}

net::Awaitable<void> OpsService::metrics(http::Exchange &exchange) const
{
    const std::string_view given = exchange.head().find("Authorization").value_or(std::string_view());
    if (!m_context.metricsToken.empty() &&
        !crypto::equalConstantTime(given, "Bearer " + m_context.metricsToken)) {
        http::ResponseHead head(401, "text/plain");
        head.add("WWW-Authenticate", "Bearer");
        [[maybe_unused]] const Status refused =
            co_await exchange.respond(std::move(head), "The metrics need the token of metrics-token.\n");
        co_return;
    }
    if (!hasStarted()) {
        http::ResponseHead head(503, "text/plain");
        head.add("Retry-After", kRetrySeconds);
        [[maybe_unused]] const Status refused =
            co_await exchange.respond(std::move(head), "The node is starting.\n");
        co_return;
    }
    http::ResponseHead head(200, kMetricsType);
    [[maybe_unused]] const Status sent = co_await exchange.respond(std::move(head), metricsBody());
}

}  // namespace maxiofs::api::ops

// NOLINTEND(cppcoreguidelines-avoid-reference-coroutine-parameters)
