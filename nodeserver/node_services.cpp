// SPDX-License-Identifier: GPL-3.0-or-later
// What the node serves with: the pools, the services, the cluster and replication.
#include "api/console/views.h"
#include "api/s3/object_wire.h"
#include "api/s3/request.h"
#include "api/s3/tenant_room.h"
#include "node_parts.h"
#include "node_settings.h"
#include "records/failover.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace maxiofs {

namespace {

constexpr unsigned kS3PoolThreads = 16;
constexpr unsigned kConsolePoolThreads = 8;
constexpr unsigned kClusterPoolThreads = 4;

// "3A:9F:...", as people compare fingerprints.
std::string withColons(const std::string &hex)
{
    return QByteArray::fromHex(QByteArray::fromStdString(hex)).toHex(':').toUpper().toStdString();
}

}  // namespace

Status Node::makeServices()
{
    Parts &parts = *m_parts;
    parts.s3Pool = std::make_unique<net::BlockingPool>(kS3PoolThreads, "s3");
    parts.consolePool = std::make_unique<net::BlockingPool>(kConsolePoolThreads, "console");
    parts.clusterPool = std::make_unique<net::BlockingPool>(kClusterPoolThreads, "peers");
    parts.events = std::make_unique<api::console::EventHub>(parts.clock);
    TRY_STATUS(makeCluster());
    TRY_STATUS(makeOwnership());
    makeReplication();

    makeS3();
    parts.buckets->whenChanged([&parts](records::Buckets::Event event, const records::BucketRecord &bucket) {
        parts.s3->bucketChanged(event, bucket);
        parts.replication->bucketChanged(bucket.id);
        parts.ownership->bucketChanged(bucket.id);
    });

    monitor::NodeMonitor::Sources sources;
    sources.latency = &parts.metrics.all().latency;
    sources.traffic = [&parts] {
        const auto &all = parts.metrics.all();
        return monitor::TrafficTotals{all.requests.value(), all.bytesIn.value(), all.bytesOut.value()};
    };
    parts.monitor = std::make_unique<monitor::NodeMonitor>(
        monitor::SystemSampler(os::posixFileSystem(), m_configuration.dataDir), std::move(sources),
        parts.clock);

    api::console::Context console{parts.replication->clientStore(),
                                  *parts.records,
                                  *parts.buckets,
                                  *parts.nodes,
                                  *parts.settings,
                                  *parts.identities,
                                  *parts.audit,
                                  parts.proxies,
                                  *parts.monitor,
                                  *parts.events,
                                  parts.logTail,
                                  parts.cluster->cluster(),
                                  parts.cluster->router(),
                                  parts.cluster->peers(),
                                  *parts.consolePool,
                                  *parts.rules,
                                  *parts.replication,
                                  *parts.ownership,
                                  parts.replication->replicaReads(),
                                  *parts.store,
                                  m_configuration.dataDir,
                                  parts.startedMs,
                                  [&parts] {
                                      base::MutexLock lock(parts.certificateMutex);
                                      const crypto::CertificateSummary &certificate = parts.tls.certificate;
                                      return protocol::Certificate{
                                          withColons(certificate.fingerprint),
                                          protocol::Time{certificate.notAfterUnixMs}};
                                  },
                                  [&parts](std::string_view passphrase) {
                                      return parts.directory->keyring().exportBundle(passphrase);
                                  }};
    console.nodeFingerprint = [&parts] {
        base::MutexLock lock(parts.certificateMutex);
        return withColons(parts.tls.nodeCertificate.fingerprint);
    };
    console.consolePort = [&parts] { return parts.consolePort.load(); };
    parts.console = std::make_unique<api::console::ConsoleService>(std::move(console));
    parts.console->addTo(parts.cluster->handlers());
    return {};
}

void Node::makeS3()
{
    Parts &parts = *m_parts;
    ClusterParts &cluster = *parts.cluster;
    parts.s3Links = std::make_unique<api::s3::ClusterLinks>(
        cluster.cluster(), cluster.router(), cluster.peers(), *parts.records,
        [&cluster](http::Exchange &exchange, cluster::rules::Peer owner, std::string forwarded) {
            return cluster.forwarder().forward(exchange, std::move(owner), std::move(forwarded));
        },
        [&parts] { return parts.records->nodeId(); },
        [&parts] { return parts.settings->text(records::kPlacementSetting) == records::kPlaceByRoom; });
    parts.s3Links->replicas = &parts.replication->replicaReads();
    parts.s3Links->mayMove = [&parts](const BucketId &bucket) { return parts.ownership->mayMove(bucket); };
    parts.s3Context = std::make_unique<api::s3::Context>(api::s3::Context{
        parts.replication->clientStore(), *parts.buckets, *parts.identities, *parts.s3Pool, parts.metrics,
        [&parts] { return parts.settings->text(records::kRegionSetting); }, m_configuration.s3Domains,
        [&parts] { return parts.records->nodeId().hex(); }, parts.clock, parts.s3Links.get()});
    parts.s3 = std::make_unique<api::s3::S3Service>(*parts.s3Context);
    parts.objectExport = std::make_unique<api::s3::ObjectExport>(*parts.s3Context);
    cluster.handlers().addStream(api::s3::kObjectReadRoute,
                                 [&parts](cluster::link::InternalCall call, http::Exchange &exchange) {
                                     return parts.objectExport->answer(std::move(call), exchange);
                                 });
}

// What this node tells the others of itself.
Status Node::makeCluster()
{
    Parts &parts = *m_parts;
    const auto report = [&parts] {
        const api::console::NodeState state = api::console::stateOf(*parts.store);
        const store::ObjectStore::Figures figures = parts.store->figures();
        cluster::rules::ProbeAnswer report;
        report.beat.state = parts.ops->stateWord();
        report.beat.reason = state.reason;
        report.beat.newestEvent = parts.events->newestForOthers();
        report.version = MAXIOFS_VERSION;
        report.capacityTotal = static_cast<std::int64_t>(figures.diskTotal);
        report.capacityUsed =
            static_cast<std::int64_t>(figures.diskTotal - std::min(figures.diskAvailable, figures.diskTotal));
        const NodeId self = parts.records->nodeId();
        const bool isMember = !parts.records->clusterId().empty();
        report.bucketCount =
            std::ranges::count_if(parts.buckets->all(), [&](const records::BucketPtr &bucket) {
                return !isMember || bucket->location.owner == self;
            });
        return report;
    };
    const auto renamed = [&parts](const records::Buckets::Renamed &renamed) {
        const QString before = QString::fromStdString(renamed.before);
        const QString name = QString::fromStdString(renamed.bucket->name);
        parts.events->publish("alert",
                              {{"severity"_L1, u"warning"_s},
                               {"bucket"_L1, name},
                               {"message"_L1, u"The bucket %1 is now %2: an older one of another node has "
                                              "its name."_s.arg(before, name)}},
                              renamed.bucket->name);
    };
    // Every member finds such names out by itself.
    parts.identities->whenRenamed([&parts](std::string_view of, const identity::NameLost &lost) {
        const QString kind = QString::fromUtf8(of);
        const QString name = QString::fromStdString(lost.name);
        parts.events->publishHere(
            "alert", {{"severity"_L1, u"warning"_s},
                      {kind, name},
                      {"message"_L1, u"The %1 %2 is now %3: an older one of another node has "
                                     "its name."_s.arg(kind, QString::fromStdString(lost.before), name)}});
    });
    base::MutexLock lock(parts.certificateMutex);
    TRY_ASSIGN(parts.cluster,
               ClusterParts::make({*parts.records, *parts.nodes, *parts.buckets, *parts.settings,
                                   *parts.identities, *parts.threads, *parts.clusterPool, parts.clock,
                                   parts.tls, m_configuration.clusterToken, report, renamed}));
    parts.servedCluster = parts.cluster.get();
    return {};
}

Status Node::makeOwnership()
{
    Parts &parts = *m_parts;
    TRY_ASSIGN(parts.ownership,
               cluster::ownership::OwnershipEngine::make(
                   {*parts.store, *parts.records, *parts.buckets, *parts.rules, *parts.nodes,
                    parts.cluster->cluster(), parts.gates, *parts.threads, parts.clock,
                    [&parts](const BucketId &bucket) { parts.replication->followReplica(bucket); },
                    [&parts](const BucketId &bucket) { parts.replication->tellProgress(bucket); },
                    [&parts](const BucketId &bucket) {
                        const auto record = parts.buckets->findById(bucket);
                        return record && records::failoverOf(**record, *parts.settings) ==
                                             records::FailoverPolicy::Automatic;
                    }}));
    parts.settings->whenChanged(records::kFailoverSetting,
                                [&parts](const QJsonValue &) { parts.ownership->policyChanged(); });
    parts.ownership->addTo(parts.cluster->handlers());
    return {};
}

// A request for a bucket of virtual-hosted style never means the node itself.
void Node::makeReplication()
{
    Parts &parts = *m_parts;
    parts.replication = std::make_unique<cluster::replication::ReplicationEngine>(
        cluster::replication::ReplicationEngine::Needs{
            *parts.store, *parts.records, *parts.buckets, *parts.rules, *parts.identities,
            parts.cluster->cluster(), *parts.threads, parts.clock, &parts.gates, parts.ownership.get(),
            [&parts](const BucketId &bucket, const NodeId &from) {
                const auto record = parts.buckets->findById(bucket);
                const auto node = parts.nodes->find(from);
                const std::string name = record ? (*record)->name : bucket.hex();
                const QString said =
                    u"A damaged object of the bucket %1 was replaced by that of the node %2."_s;
                parts.events->publish(
                    "alert",
                    {{"severity"_L1, u"info"_s},
                     {"bucket"_L1, QString::fromStdString(name)},
                     {"message"_L1, said.arg(QString::fromStdString(name),
                                             QString::fromStdString(node ? node->name : from.uuid()))}},
                    name);
            }});
    parts.replication->addTo(parts.cluster->handlers());
    const auto follow = [&parts](const QJsonValue &value) {
        parts.replication->setWorkers(static_cast<std::size_t>(value.toInteger()));
    };
    follow(QJsonValue(static_cast<qint64>(parts.settings->integer(records::kReplicationWorkersSetting))));
    parts.settings->whenChanged(records::kReplicationWorkersSetting, follow);
}

}  // namespace maxiofs
