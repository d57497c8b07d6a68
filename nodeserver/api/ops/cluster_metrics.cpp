// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/ops/cluster_metrics.h"

#include <algorithm>

namespace maxiofs::api::ops {

namespace {

using protocol::HealthStatus;

void addNodes(MetricsText &text, const ClusterFigures &figures)
{
    const auto count = [&](std::string_view name, std::string_view help, HealthStatus status) {
        const auto number = std::ranges::count(figures.members, status, &ClusterFigures::Member::status);
        text.gauge(name, help).sample(static_cast<std::uint64_t>(number));
    };
    text.gauge("cluster_nodes_total", "Nodes of the cluster.").sample(std::uint64_t{figures.members.size()});
    count("cluster_nodes_healthy", "Nodes that are healthy.", HealthStatus::Healthy);
    count("cluster_nodes_degraded", "Nodes that are degraded.", HealthStatus::Degraded);
    count("cluster_nodes_unavailable", "Nodes that do not answer.", HealthStatus::Unavailable);
}

void addCache(MetricsText &text, const cluster::Router::Stats &cache)
{
    text.gauge("cluster_cache_entries", "Entries of the bucket location cache.")
        .sample(std::uint64_t{cache.entries});
    text.counter("cluster_cache_hits_total", "Hits of the bucket location cache.").sample(cache.hits);
    text.counter("cluster_cache_misses_total", "Misses of the bucket location cache.").sample(cache.misses);
    // Where nothing was looked up nothing was missed: 0 would raise the alert for a low ratio.
    const bool asked = cache.hits + cache.misses > 0;
    text.gauge("cluster_cache_hit_ratio", "Share of look-ups that hit.")
        .sample(asked ? cache.hitRatio() : 1.0);
}

void addMembers(MetricsText &text, const ClusterFigures &figures)
{
    text.gauge("maxiofs_cluster_node_status", "1 for the status that each node has, as this node sees it.");
    for (const ClusterFigures::Member &member : figures.members) {
        for (const auto &[status, name] : protocol::Names<HealthStatus>::kAll)
            text.sample(std::uint64_t{status == member.status ? 1U : 0U},
                        {{"node_id", member.id.uuid()}, {"node", member.name}, {"status", name}});
    }
    text.gauge("maxiofs_cluster_node_latency_seconds", "Round trip of the last beat from this node.");
    for (const ClusterFigures::Member &member : figures.members)
        text.sample(member.latencySeconds, {{"node_id", member.id.uuid()}, {"node", member.name}});
    text.gauge("maxiofs_cluster_node_clock_skew_seconds", "The node's clock less this node's.");
    for (const ClusterFigures::Member &member : figures.members)
        text.sample(member.clockSkewSeconds, {{"node_id", member.id.uuid()}, {"node", member.name}});
}

void addForwarded(MetricsText &text, const cluster::Forwarder::Stats &forwarded)
{
    text.counter("maxiofs_forwarded_requests_total", "S3 requests that were passed on to another node.")
        .sample(forwarded.relayed, {{"outcome", "relayed"}})
        .sample(forwarded.moved, {{"outcome", "moved"}})
        .sample(forwarded.unreachable, {{"outcome", "unreachable"}});
}

std::uint64_t unsignedOf(std::int64_t value)
{
    return value < 0 ? 0 : static_cast<std::uint64_t>(value);
}

void addReplication(MetricsText &text, const ClusterFigures &figures)
{
    std::uint64_t pending = 0;
    for (const ClusterFigures::Rule &rule : figures.sentRules)
        pending += unsignedOf(rule.state.lagObjects);
    text.gauge("cluster_replication_rules_total", "Replication rules.").sample(figures.rules);
    text.gauge("cluster_replication_rules_active", "Replication rules that are enabled.")
        .sample(figures.enabledRules);
    text.gauge("cluster_replication_objects_pending",
               "Changes of this node's buckets that wait for replication.")
        .sample(pending);
    text.counter("cluster_replication_objects_replicated_total", "Objects that this node replicated.")
        .sample(figures.replicated.objectsReplicated);
    text.counter("cluster_replication_bytes_replicated_total", "Bytes that this node replicated.")
        .sample(figures.replicated.bytesReplicated);
    text.counter("cluster_replication_errors_total", "Replications of this node that failed.")
        .sample(figures.replicated.errors);
    text.counter("maxiofs_healed_objects_total",
                 "Damaged objects that were replaced by those of another node.")
        .sample(figures.replicated.objectsHealed);
}

// Rules by id: the names of their buckets are nobody's business here.
void addRules(MetricsText &text, const std::vector<ClusterFigures::Rule> &rules)
{
    using protocol::ReplicationState;
    using protocol::ReplicationStatus;
    text.gauge("maxiofs_replication_rule_status",
               "1 for the status that each rule of this node's buckets has.");
    for (const ClusterFigures::Rule &rule : rules) {
        for (const auto &[status, name] : protocol::Names<ReplicationStatus>::kAll)
            text.sample(std::uint64_t{status == rule.state.status ? 1U : 0U},
                        {{"rule", rule.id}, {"destination", rule.destination}, {"status", name}});
    }
    const auto samples = [&](std::int64_t ReplicationState::*field) {
        for (const ClusterFigures::Rule &rule : rules)
            text.sample(unsignedOf(rule.state.*field),
                        {{"rule", rule.id}, {"destination", rule.destination}});
    };
    text.gauge("maxiofs_replication_lag_objects", "Changes that the destination has not acknowledged.");
    samples(&ReplicationState::lagObjects);
    text.gauge("maxiofs_replication_lag_bytes", "Bytes of these changes.");
    samples(&ReplicationState::lagBytes);
    text.gauge("maxiofs_replication_lag_seconds", "Age of the oldest of them.");
    samples(&ReplicationState::lagSeconds);
    text.gauge("maxiofs_replication_objects_in_flight", "Objects on their way to the destination.");
    samples(&ReplicationState::objectsInFlight);
    text.gauge("maxiofs_replication_objects_retrying", "Objects that failed and are tried again.");
    samples(&ReplicationState::objectsRetrying);
    text.counter("maxiofs_replication_rule_objects_total", "Objects that the rule replicated.");
    samples(&ReplicationState::objectsReplicated);
    text.counter("maxiofs_replication_rule_bytes_total", "Bytes that the rule replicated.");
    samples(&ReplicationState::bytesReplicated);
    text.counter("maxiofs_replication_rule_errors_total", "Replications by the rule that failed.");
    samples(&ReplicationState::errors);
}

void addOwnership(MetricsText &text, const ClusterFigures &figures)
{
    const cluster::Ownership::Totals &totals = figures.ownership;
    text.counter("maxiofs_failover_takeovers_total",
                 "Buckets that this node took over from an owner that was "
                 "away.")
        .sample(totals.takeovers);
    text.counter("maxiofs_failover_switches_total", "Buckets that a living owner gave to this node.")
        .sample(totals.switches);
    text.counter("maxiofs_failover_given_total", "Buckets that this node gave to another.")
        .sample(totals.given);
    text.counter("maxiofs_failover_lost_total", "Buckets that another node took while this one owned them.")
        .sample(totals.lost);
    text.counter("maxiofs_failover_handovers_total", "Buckets that this node handed over whole.")
        .sample(totals.handovers);
    text.gauge("maxiofs_failover_handing_over", "Buckets that this node is handing over.")
        .sample(totals.handingOver);
    text.gauge("maxiofs_failover_awaiting", "Buckets of this node whose former owner has not handed over.")
        .sample(totals.awaiting);
    text.gauge("maxiofs_conflicts", "Versions that lost a merge, in this node's buckets.")
        .sample(figures.conflicts);
}

// What is not built has nothing to count, and says so with zeros, so that alerts on it work.
void addUnused(MetricsText &text)
{
    const auto gauge = [&](std::string_view name, std::string_view help) {
        text.gauge(name, help).sample(std::uint64_t{0});
    };
    const auto counter = [&](std::string_view name, std::string_view help) {
        text.counter(name, help).sample(std::uint64_t{0});
    };
    counter("cluster_migrations_total", "Migrations of buckets.");
    gauge("cluster_migrations_active", "Migrations under way.");
    counter("cluster_migrations_completed_total", "Migrations completed.");
    counter("cluster_migrations_failed_total", "Migrations failed.");
    counter("cluster_migration_objects_migrated_total", "Objects migrated.");
    counter("cluster_migration_bytes_migrated_total", "Bytes migrated.");
    const base::Histogram none;
    text.histogram("cluster_migration_duration_seconds", "How long migrations took.").durations(none);
}

}  // namespace

void addClusterMetrics(MetricsText &text, const ClusterFigures &figures)
{
    addNodes(text, figures);
    addCache(text, figures.cache);
    addMembers(text, figures);
    addForwarded(text, figures.forwarded);
    addReplication(text, figures);
    addRules(text, figures.sentRules);
    addOwnership(text, figures);
    addUnused(text);
}

}  // namespace maxiofs::api::ops
