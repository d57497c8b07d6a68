// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/ops/ops_service.h"

#include "os/memory_file_system.h"
#include "store/node_store.h"
#include "support/fake_cluster.h"
#include "support/fake_exchange.h"
#include "support/fake_ownership.h"
#include "support/fake_replication.h"
#include "support/test_runner.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QRegularExpression>
#include <QTemporaryDir>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <future>
#include <set>

using namespace Qt::StringLiterals;

namespace maxiofs::api::ops {

namespace ops_service_test {

class FakeClock final : public Clock {
public:
    [[nodiscard]] std::int64_t unixMs() const override { return nowMs; }

    std::int64_t nowMs = 1'765'621'800'000;
};

// A node's ops over a real store in memory.
class Node {
public:
    explicit Node(const std::string &metricsToken = {})
    {
        const std::string folder = m_folder.path().toStdString();
        store::DataDirectory::Options where;
        where.path = "/data";
        m_directory = store::DataDirectory::open(files, where).value();
        m_records = records::Records::open(folder + "/auth.db", m_sealer, clock).value();
        m_buckets = records::Buckets::load(*m_records).value();
        m_nodes = records::ClusterNodes::load(*m_records, {"node-1", "", ""}).value();
        rules = records::ReplicationRules::load(*m_records).value();
        store::ObjectStore::Options options;
        options.node = m_records->nodeId();
        options.backgroundWork = false;
        store::NodeStore::Environment environment;
        environment.indexDirectory = folder + "/index";
        m_store = store::NodeStore::open(*m_directory, options, environment).value();
        m_monitor = std::make_unique<monitor::NodeMonitor>(
            monitor::SystemSampler(os::posixFileSystem(), folder),
            monitor::NodeMonitor::Sources{[] { return monitor::TrafficTotals(); }, &m_latency}, clock);
        ops = std::make_unique<OpsService>(
            OpsService::Context{*m_nodes, metricsToken, clock.nowMs - 5000, clock});
    }
    void beginServing()
    {
        ops->beginServing(
            {*m_store, *m_buckets, *m_monitor, cluster, router, *rules, replication, ownership,
             [] { return cluster::Forwarder::Stats{5, 1, 2}; },
             [](MetricsText &text) {
                 text.counter("more_total", "More.").sample(std::uint64_t{7}, {{"a", "x\"y\\\n"}});
             }});
    }
    Status scrub() { return m_store->scrubOnce(); }
    std::string nodeId() { return m_records->nodeId().uuid(); }
    /// Makes the log's next sync fail, which is final.
    void breakDisk()
    {
        const BucketId bucket = BucketId::random();
        m_store->setBucket({bucket, store::Versioning::Off, 0, 0});
        // The first put opens a segment, and a failure there is not final.
        for (const char *key : {"whole", "broken"}) {
            if (std::string_view(key) == "broken")
                files.inject({.operation = os::Operation::Sync, .pathPart = {}});
            auto put = m_store->beginPut(bucket, key, {}, 1).value();
            if (!put->write(asBytes("x")) || !put->finish())
                qFatal("the put failed before its sync");
            std::promise<void> done;
            put->commit({}, [&](const auto &) { done.set_value(); });
            done.get_future().get();
        }
        files.clearFaults();
    }
    /// One request, answered.
    void ask(test::FakeExchange &exchange, net::Awaitable<void> (OpsService::*answer)(http::Exchange &) const)
    {
        boost::asio::io_context io;
        boost::asio::co_spawn(io.get_executor(), (ops.get()->*answer)(exchange),
                              [](const std::exception_ptr &) {});
        io.run();
    }

    /// Another member, as this node sees it.
    void addMember(const std::string &name, protocol::HealthStatus status)
    {
        records::ClusterNode node;
        node.id = NodeId::random();
        node.name = name;
        node.endpoint = "https://" + name + ":8080";
        std::vector<records::Record> told(1);
        told[0].kind = records::Kind::Node;
        told[0].id = node.id.uuid();
        told[0].body = records::bodyOf(node);
        told[0].stamp = {1, node.id};
        if (!m_records->merge(std::move(told)))
            qFatal("the member cannot be added");
        cluster::rules::Observation seen;
        seen.id = node.id;
        seen.status = status;
        seen.latencyMicros = 1500;
        seen.clockSkewMs = -250;
        cluster.member = true;
        cluster.seen.push_back(seen);
    }

    FakeClock clock;
    os::MemoryFileSystem files;
    test::FakeCluster cluster;
    test::FakeReplication replication;
    test::FakeOwnership ownership;

private:
    static constexpr std::array<std::byte, 32> kKey{std::byte{7}};

    QTemporaryDir m_folder;
    records::RecordKeySealer m_sealer{kKey};
    base::Histogram m_latency;
    std::unique_ptr<store::DataDirectory> m_directory;
    std::unique_ptr<records::Records> m_records;
    std::unique_ptr<records::Buckets> m_buckets;
    std::unique_ptr<records::ClusterNodes> m_nodes;
    std::unique_ptr<store::NodeStore> m_store;
    std::unique_ptr<monitor::NodeMonitor> m_monitor;

public:
    cluster::Router router{{[] { return true; }, [] { return NodeId(); },
                            [](const BucketId &) { return std::optional<records::Location>(); },
                            [](const NodeId &) { return std::optional<cluster::Router::Member>(); }},
                           clock};
    std::unique_ptr<records::ReplicationRules> rules;
    std::unique_ptr<OpsService> ops;
};

}  // namespace ops_service_test

using ops_service_test::Node;

class OpsServiceTest : public QObject {
    Q_OBJECT

private:
    static QJsonObject healthOf(const Node &node)
    {
        return QJsonDocument::fromJson(QByteArray::fromStdString(node.ops->healthAnswer().body)).object();
    }

private Q_SLOTS:
    void healthTellsPhaseAndNode()
    {
        Node node;
        QCOMPARE(node.ops->healthAnswer().status, 503);
        QCOMPARE(healthOf(node).value("status"_L1).toString(), u"starting"_s);

        node.beginServing();
        QCOMPARE(node.ops->healthAnswer().status, 200);
        const QJsonObject health = healthOf(node);
        QCOMPARE(health.value("status"_L1).toString(), u"healthy"_s);
        QCOMPARE(health.value("timestamp"_L1).toString(), u"2025-12-13T10:30:00Z"_s);
        QCOMPARE(health.value("uptime"_L1).toInteger(), 5);
        QCOMPARE(health.value("version"_L1).toString(), QLatin1StringView(MAXIOFS_VERSION));
        QCOMPARE(health.value("cluster_enabled"_L1).toBool(true), false);
        QCOMPARE(health.value("node_id"_L1).toString().toStdString(), node.nodeId());
        QCOMPARE(health.value("node_name"_L1).toString(), u"node-1"_s);

        node.ops->beginStopping();
        QCOMPARE(node.ops->healthAnswer().status, 503);
        QCOMPARE(healthOf(node).value("status"_L1).toString(), u"stopping"_s);
    }

    void aReadOnlyNodeStillServes()
    {
        Node node;
        node.beginServing();
        node.breakDisk();
        QCOMPARE(node.ops->healthAnswer().status, 200);
        QCOMPARE(healthOf(node).value("status"_L1).toString(), u"read-only"_s);
        const std::string metrics = node.ops->metricsBody();
        QVERIFY(metrics.contains("\nmaxiofs_read_only 1\n"));
        QVERIFY(metrics.contains("\ncluster_nodes_degraded 1\n"));
    }

    void theSpecificationsMetricsAreThereWithoutLabels()
    {
        Node node;
        node.beginServing();
        const std::string metrics = node.ops->metricsBody();
        for (const char *name : {"cluster_nodes_total",
                                 "cluster_nodes_healthy",
                                 "cluster_nodes_degraded",
                                 "cluster_nodes_unavailable",
                                 "cluster_replication_rules_total",
                                 "cluster_replication_rules_active",
                                 "cluster_replication_objects_pending",
                                 "cluster_replication_objects_replicated_total",
                                 "cluster_replication_bytes_replicated_total",
                                 "cluster_replication_errors_total",
                                 "cluster_cache_entries",
                                 "cluster_cache_hits_total",
                                 "cluster_cache_misses_total",
                                 "cluster_cache_hit_ratio",
                                 "cluster_migrations_total",
                                 "cluster_migrations_active",
                                 "cluster_migrations_completed_total",
                                 "cluster_migrations_failed_total",
                                 "cluster_migration_objects_migrated_total",
                                 "cluster_migration_bytes_migrated_total",
                                 "cluster_migration_duration_seconds_count"})
            QVERIFY2(metrics.contains('\n' + std::string(name) + ' '), name);
        QVERIFY(metrics.contains("\ncluster_nodes_healthy 1\n"));
        QVERIFY(metrics.contains("\nmore_total{a=\"x\\\"y\\\\\\n\"} 7\n"));
    }

    void theNodesOfAClusterAreCountedByTheirHealth()
    {
        using protocol::HealthStatus;
        Node node;
        node.beginServing();
        node.addMember("node-2", HealthStatus::Unavailable);
        node.addMember("node-3", HealthStatus::Degraded);
        node.addMember("node-4", HealthStatus::Unknown);
        const std::string metrics = node.ops->metricsBody();
        QVERIFY(metrics.contains("\ncluster_nodes_total 4\n"));
        QVERIFY(metrics.contains("\ncluster_nodes_healthy 1\n"));
        QVERIFY(metrics.contains("\ncluster_nodes_degraded 1\n"));
        QVERIFY(metrics.contains("\ncluster_nodes_unavailable 1\n"));
        QVERIFY(metrics.contains("node=\"node-2\",status=\"unavailable\"} 1\n"));
        QVERIFY(metrics.contains("node=\"node-2\",status=\"healthy\"} 0\n"));
        QVERIFY(metrics.contains("node=\"node-3\"} 0.0015\n") &&
                metrics.contains("node=\"node-3\"} -0.25\n"));
        QVERIFY(metrics.contains("maxiofs_forwarded_requests_total{outcome=\"unreachable\"} 2\n"));
    }

    void changesOfOwnerAreCounted()
    {
        Node node;
        node.beginServing();
        node.ownership.sums = {1, 2, 3, 4, 5, 6, 7};

        const std::string metrics = node.ops->metricsBody();

        for (const char *line : {"maxiofs_failover_takeovers_total 1", "maxiofs_failover_switches_total 2",
                                 "maxiofs_failover_given_total 3", "maxiofs_failover_lost_total 4",
                                 "maxiofs_failover_handovers_total 5", "maxiofs_failover_handing_over 6",
                                 "maxiofs_failover_awaiting 7", "maxiofs_conflicts 0"})
            QVERIFY2(metrics.contains(std::string(line) + '\n'), line);
    }

    void replicationIsCountedInAllAndByRule()
    {
        Node node;
        node.beginServing();
        node.addMember("node-2", protocol::HealthStatus::Healthy);
        std::vector<std::string> ids;
        for (const bool enabled : {true, true, false}) {
            records::ReplicationRule rule;
            rule.sourceBucket = "secret-name";
            rule.sourceBucketId = BucketId::random();
            rule.destinationNode = node.cluster.seen[0].id;
            rule.destinationBucket = rule.sourceBucket;
            rule.options.enabled = enabled;
            ids.push_back(node.rules->create(rule).value()->id);
        }
        // Of the third rule another node owns the bucket.
        protocol::ReplicationState state;
        state.status = protocol::ReplicationStatus::Behind;
        state.lagObjects = 40;
        state.lagBytes = 4096;
        state.lagSeconds = 250;
        state.objectsRetrying = 3;
        node.replication.rules[ids[0]] = state;
        state.lagObjects = 2;
        node.replication.rules[ids[1]] = state;
        node.replication.sums = {100, 9000, 7};

        const std::string metrics = node.ops->metricsBody();

        for (const char *const line :
             {"cluster_replication_rules_total 3", "cluster_replication_rules_active 2",
              "cluster_replication_objects_pending 42", "cluster_replication_objects_replicated_total 100",
              "cluster_replication_bytes_replicated_total 9000", "cluster_replication_errors_total 7"})
            QVERIFY2(metrics.contains('\n' + std::string(line) + '\n'), line);
        const std::string labels = "{rule=\"" + ids[0] + "\",destination=\"node-2\"";
        QVERIFY(metrics.contains("maxiofs_replication_lag_objects" + labels + "} 40\n"));
        QVERIFY(metrics.contains("maxiofs_replication_lag_seconds" + labels + "} 250\n"));
        QVERIFY(metrics.contains("maxiofs_replication_objects_retrying" + labels + "} 3\n"));
        QVERIFY(metrics.contains("maxiofs_replication_rule_status" + labels + ",status=\"behind\"} 1\n"));
        QVERIFY(metrics.contains("maxiofs_replication_rule_status" + labels + ",status=\"failing\"} 0\n"));
        QVERIFY(!metrics.contains(ids[2]) && !metrics.contains("secret-name"));
    }

    void theCacheTellsItsHitRatioOnceItWasAsked()
    {
        Node node;
        node.beginServing();
        QVERIFY(node.ops->metricsBody().contains("\ncluster_cache_hit_ratio 1\n"));
        QVERIFY(!node.router.find(BucketId::random()).has_value());
        const std::string metrics = node.ops->metricsBody();
        QVERIFY(metrics.contains("\ncluster_cache_misses_total 1\n"));
        QVERIFY(metrics.contains("\ncluster_cache_hit_ratio 0\n"));
    }

    // Each sample follows the declaration of its own metric, and none is declared twice.
    void theTextIsWellFormed()
    {
        Node node;
        node.beginServing();
        const QRegularExpression sample(u"^([a-z0-9_]+)(\\{.*\\})? (-?[0-9.e+-]+)$"_s);
        std::set<QString> declared;
        QString current;
        const QString text = QString::fromStdString(node.ops->metricsBody());
        QVERIFY(text.endsWith(u'\n'));
        for (const QString &line : text.split(u'\n', Qt::SkipEmptyParts)) {
            if (line.startsWith(u"# HELP "_s)) {
                current = line.section(u' ', 2, 2);
                QVERIFY2(declared.insert(current).second, qPrintable(current));
                continue;
            }
            if (line.startsWith(u"# TYPE "_s)) {
                QCOMPARE(line.section(u' ', 2, 2), current);
                continue;
            }
            const auto match = sample.match(line);
            QVERIFY2(match.hasMatch() && match.captured(1).startsWith(current), qPrintable(line));
        }
    }

    void aHistogramIsCumulative()
    {
        base::Histogram histogram;
        histogram.record(800);
        histogram.record(20'000);
        histogram.record(90'000'000);
        MetricsText text;
        text.histogram("h", "H.").durations(histogram, {{"op", "x"}});
        const std::string lines = text.take();
        QVERIFY(lines.contains("h_bucket{op=\"x\",le=\"0.0005\"} 0\n"));
        QVERIFY(lines.contains("h_bucket{op=\"x\",le=\"0.001\"} 1\n"));
        QVERIFY(lines.contains("h_bucket{op=\"x\",le=\"0.05\"} 2\n"));
        QVERIFY(lines.contains("h_bucket{op=\"x\",le=\"30\"} 2\n"));
        QVERIFY(lines.contains("h_bucket{op=\"x\",le=\"+Inf\"} 3\n"));
        QVERIFY(lines.contains("h_sum{op=\"x\"} 90.0208\n"));
        QVERIFY(lines.contains("h_count{op=\"x\"} 3\n"));
    }

    void theMetricsTokenIsAskedFor()
    {
        const auto statusOf = [](Node &node, const std::string &headers) {
            if (!node.ops->hasStarted())
                node.beginServing();
            test::FakeExchange exchange("GET /metrics HTTP/1.1\r\n" + headers, {});
            node.ask(exchange, &OpsService::metrics);
            return exchange.sentStatus();
        };
        Node open;
        QCOMPARE(statusOf(open, {}), 200);
        Node closed("secret");
        QCOMPARE(statusOf(closed, {}), 401);
        QCOMPARE(statusOf(closed, "Authorization: Bearer other\r\n"), 401);
        QCOMPARE(statusOf(closed, "Authorization: Bearer secret\r\n"), 200);
    }

    void healthIsJson()
    {
        Node node;
        test::FakeExchange exchange("GET /health HTTP/1.1\r\n", {});
        QVERIFY(OpsService::isHealth(exchange.head()) && !OpsService::isMetrics(exchange.head()));
        node.ask(exchange, &OpsService::health);
        QCOMPARE(exchange.sentStatus(), 503);
        QVERIFY(exchange.response.find("Content-Type") == "application/json");
        QVERIFY(exchange.response.find("Retry-After") == "1");
    }

    void aNodeWhoseStartFailedStops()
    {
        Node node;
        node.ops->beginStopping();
        QCOMPARE(healthOf(node).value("status"_L1).toString(), u"stopping"_s);
    }

    void thereAreNoMetricsBeforeTheNodeServes()
    {
        Node node;
        test::FakeExchange exchange("GET /metrics HTTP/1.1\r\n", {});
        node.ask(exchange, &OpsService::metrics);
        QCOMPARE(exchange.sentStatus(), 503);
        QVERIFY(exchange.response.find("Retry-After") == "1");
    }

    void theMetricsTellTheReserveAndTheLastScrub()
    {
        Node node;
        node.beginServing();
        const std::string before = node.ops->metricsBody();
        QVERIFY(!before.contains("maxiofs_disk_reserve_bytes 0\n"));
        QVERIFY(before.contains("\nmaxiofs_disk_reserve_bytes "));
        QVERIFY(!before.contains("maxiofs_last_scrub_timestamp_seconds"));

        QVERIFY(node.scrub());

        QVERIFY(node.ops->metricsBody().contains("\nmaxiofs_last_scrub_timestamp_seconds "));
    }
};

MAXIOFS_TEST(OpsServiceTest)

}  // namespace maxiofs::api::ops

#include "ops_service_test.moc"
