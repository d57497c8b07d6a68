// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/s3/request.h"
#include "api/s3/starting.h"
#include "api/s3/tenant_room.h"
#include "base/log_line.h"
#include "identity/first_start.h"
#include "node_parts.h"
#include "node_settings.h"
#include "tls_identity.h"

#include <unistd.h>

namespace maxiofs {

namespace {

using namespace std::chrono_literals;

constexpr auto kStopPatience = 10'000ms;
constexpr auto kGiveAwayPatience = 8000ms;

std::string portText(const net::ListenAddress &address, std::uint16_t port)
{
    return (address.allInterfaces ? "" : address.ip.to_string()) + ":" + std::to_string(port);
}

}  // namespace

Node::Node(Configuration configuration)
    : m_configuration(std::move(configuration)),
      m_parts(std::make_unique<Parts>())
{
}

Node::~Node()
{
    stop();
}

Status Node::start()
{
    TRY_STATUS(openData());
    TRY_STATUS(openIdentities());
    TRY_STATUS(openPorts());
    TRY_STATUS(openStore());
    TRY_STATUS(makeServices());
    Parts &parts = *m_parts;
    TRY_STATUS(parts.s3->loadBuckets());
    parts.monitor->start();
    TRY_STATUS(parts.replication->takeReplicas());
    parts.ownership->start();
    parts.cluster->start();
    parts.replication->start();
    parts.console->start();
    parts.ops->beginServing({*parts.store, *parts.buckets, *parts.monitor, parts.cluster->cluster(),
                             parts.cluster->router(), *parts.rules, *parts.replication, *parts.ownership,
                             [&parts] { return parts.cluster->forwarder().stats(); },
                             [&parts](api::ops::MetricsText &text) { addS3Metrics(parts.metrics, text); }});
    return {};
}

Status Node::openData()
{
    store::DataDirectory::Options options;
    options.path = m_configuration.dataDir;
    options.keysDirectory = m_configuration.keysDir;
    options.masterKeyFile = m_configuration.masterKeyFile;
    options.needsRecords = true;
    TRY_ASSIGN(m_parts->directory, store::DataDirectory::open(os::posixFileSystem(), std::move(options)));
    m_parts->sealer = std::make_unique<records::RecordKeySealer>(m_parts->directory->keyring().recordKey());
    TRY_ASSIGN(m_parts->records,
               records::Records::open(m_parts->directory->recordsPath(), *m_parts->sealer, m_parts->clock));
    return {};
}

Status Node::openIdentities()
{
    Parts &parts = *m_parts;
    TRY_ASSIGN(parts.identities, identity::Directory::load(*parts.records));
    TRY_ASSIGN(parts.proxies, identity::TrustedProxies::parse(m_configuration.trustedProxies));

    identity::FirstStart first;
    first.dataDirectory = m_configuration.dataDir;
    first.adminPassword = m_configuration.adminPassword;
    first.accessKey = m_configuration.accessKey;
    first.secretKey = m_configuration.secretKey;
    TRY_ASSIGN(const auto made, identity::prepareFirstStart(os::posixFileSystem(), *parts.identities, first));
    // The password itself goes to a person's terminal only.
    if (!made.randomPassword.empty() && ::isatty(STDOUT_FILENO) != 0) {
        const std::string text = "The password of \"admin\" is " + made.randomPassword + "\n";
        [[maybe_unused]] const ssize_t written = ::write(STDOUT_FILENO, text.data(), text.size());
    }
    if (!made.passwordFile.empty())
        base::infoLine("the initial password of admin is in a file until it is changed")
            .with("file", made.passwordFile);

    TRY_ASSIGN(parts.buckets, records::Buckets::load(*parts.records));
    TRY_ASSIGN(parts.rules, records::ReplicationRules::load(*parts.records));
    TRY_ASSIGN(TlsIdentity tls, readTls());
    records::ClusterNodes::Options self;
    self.certificate = tls.nodeCertificate.fingerprint;
    useTls(std::move(tls));
    self.defaultName = m_configuration.nodeName.empty() ? hostName() : m_configuration.nodeName;
    self.endpoint = m_configuration.advertise;
    TRY_ASSIGN(parts.nodes, records::ClusterNodes::load(*parts.records, self));
    TRY_ASSIGN(parts.settings, records::Settings::load(*parts.records, nodeSettings()));
    identity::AuditLog::Options audit;
    audit.directory = m_configuration.dataDir + "/audit";
    audit.nodeId = [&parts] { return parts.records->nodeId().uuid(); };
    TRY_ASSIGN(parts.audit, identity::AuditLog::open(os::posixFileSystem(), parts.clock, audit));
    return {};
}

Status Node::openStore()
{
    Parts &parts = *m_parts;
    store::ObjectStore::Options options;
    // Of stamps. A node that joins again under a new id keeps this one until its next start: no other node
    // ever has it, so its stamps stay unique.
    options.node = parts.records->nodeId();
    options.indexMemoryBytes = m_configuration.indexMemoryBytes;
    options.reserveBytes = m_configuration.reserveBytes;
    options.scrubBytesPerSecond = static_cast<std::uint64_t>(parts.settings->integer(records::kScrubSetting));
    TRY_ASSIGN(parts.store, store::NodeStore::open(*parts.directory, options));
    parts.identities->tenantQuotas().countWith(
        *parts.buckets, [&parts](const BucketId &id) -> Result<identity::TenantUsage> {
            const auto bucket = parts.buckets->findById(id);
            const bool isElsewhere = !bucket || (!parts.records->clusterId().empty() &&
                                                 (*bucket)->location.owner != parts.records->nodeId());
            return isElsewhere ? identity::TenantUsage() : api::s3::usageOf(*parts.store, id);
        });
    parts.settings->whenChanged(records::kScrubSetting, [&parts](const QJsonValue &value) {
        parts.store->setScrubRate(static_cast<std::uint64_t>(value.toInteger()));
    });
    return {};
}

bool Node::isForBucket(const http::Exchange &exchange) const
{
    return !api::s3::bucketOfHost(exchange.head().host(), m_configuration.s3Domains).empty();
}

bool Node::isInternal(const http::Exchange &exchange) const
{
    return api::internal::InternalService::isInternal(exchange.head()) &&
           (!exchange.peerCertificate().empty() || !isForBucket(exchange));
}

net::Awaitable<void> Node::answerNode(http::Exchange &exchange)
{
    ClusterParts *const cluster = m_parts->servedCluster.load();
    return cluster == nullptr ? api::internal::InternalService::answerStarting(exchange)
                              : cluster->answer(exchange);
}

// Before the store, whose loading may take long: until the node serves, everything but /health is told to
// come again.
Status Node::openPorts()
{
    Parts &parts = *m_parts;
    parts.ops = std::make_unique<api::ops::OpsService>(
        api::ops::OpsService::Context{*parts.nodes, m_configuration.metricsToken, parts.startedMs});
    const auto hostId = [&parts] { return parts.records->nodeId().hex(); };
    http::ServerOptions options;
    options.caps.total = m_configuration.maxConnections;
    options.caps.perAddress = m_configuration.maxConnectionsPerAddress;
    options.caps.exempt = parts.proxies.networks();
    http::ServerOptions consoleOptions = options;
    options.malformed = [hostId](const http::HeadFault &fault, std::string_view requestId) {
        return http::FaultBody{"application/xml", api::s3::S3Service::malformedBody(
                                                      fault.message, fault.status, requestId, hostId())};
    };
    consoleOptions.malformed = [](const http::HeadFault &fault, std::string_view requestId) {
        return http::FaultBody{"application/json", api::console::ConsoleService::malformedBody(
                                                       fault.message, fault.status, requestId)};
    };

    parts.threads = std::make_unique<net::IoThreads>();
    parts.s3Server = std::make_unique<http::Server>(
        *parts.threads, std::move(options),
        [this, &parts, hostId](http::Exchange &exchange) -> net::Awaitable<void> {
            const std::string_view method = exchange.head().method();
            const bool isHealth = api::ops::OpsService::isHealth(exchange.head()) &&
                                  (method == "GET" || method == "HEAD") && !isForBucket(exchange);
            if (isHealth)
                return parts.ops->health(exchange);
            if (isInternal(exchange))
                return answerNode(exchange);
            if (!parts.ops->hasStarted())
                return api::s3::answerStarting(exchange, hostId());
            return parts.s3->handle(exchange);
        });
    parts.consoleServer =
        std::make_unique<http::Server>(*parts.threads, std::move(consoleOptions),
                                       [&parts](http::Exchange &exchange) -> net::Awaitable<void> {
                                           if (api::ops::OpsService::isHealth(exchange.head()))
                                               return parts.ops->health(exchange);
                                           if (api::ops::OpsService::isMetrics(exchange.head()))
                                               return parts.ops->metrics(exchange);
                                           if (!parts.ops->hasStarted())
                                               return api::console::answerStarting(exchange);
                                           return parts.console->handle(exchange);
                                       });
    {
        base::MutexLock lock(parts.certificateMutex);
        parts.s3Server->setTls(parts.tls.context);
        parts.consoleServer->setTls(parts.tls.context);
    }
    parts.threads->start();

    TRY_ASSIGN(const auto s3Address, net::ListenAddress::parse(m_configuration.listen));
    TRY_ASSIGN(const std::uint16_t s3Port, parts.s3Server->listen(s3Address));
    base::infoLine("S3 API listening").with("address", portText(s3Address, s3Port));
    TRY_STATUS(announceEndpoint(s3Address, s3Port));
    TRY_ASSIGN(const auto consoleAddress, net::ListenAddress::parse(m_configuration.consoleListen));
    TRY_ASSIGN(const std::uint16_t consolePort, parts.consoleServer->listen(consoleAddress));
    parts.consolePort = consolePort;
    base::infoLine("Console API listening").with("address", portText(consoleAddress, consolePort));
    return {};
}

// Without --advertise a node is reached by its own name and port, or by the one address that it listens on.
Status Node::announceEndpoint(const net::ListenAddress &address, std::uint16_t port)
{
    if (!m_configuration.advertise.empty())
        return {};
    const bool isIpv6 = !address.allInterfaces && address.ip.is_v6();
    const std::string host = address.allInterfaces ? hostName() : address.ip.to_string();
    records::NodeEdit edit;
    edit.endpoint = "https://" + (isIpv6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
    TRY_ASSIGN(const auto self, m_parts->nodes->find(m_parts->records->nodeId()));
    if (self.endpoint == *edit.endpoint)
        return {};
    TRY_ASSIGN([[maybe_unused]] const auto changed, m_parts->nodes->edit(self.id, edit));
    return {};
}

Result<TlsIdentity> Node::readTls() const
{
    TlsFiles files;
    files.certificate = m_configuration.tlsCert;
    files.key = m_configuration.tlsKey;
    files.directory = m_configuration.dataDir + "/tls";
    files.names = {hostName(), "localhost", "127.0.0.1", "::1"};
    return loadTlsIdentity(os::posixFileSystem(), files, m_parts->clock.unixMs());
}

void Node::useTls(TlsIdentity tls)
{
    Parts &parts = *m_parts;
    if (parts.s3Server) {
        parts.s3Server->setTls(tls.context);
        parts.consoleServer->setTls(tls.context);
    }
    if (ClusterParts *const cluster = parts.servedCluster.load())
        cluster->setTls(tls);
    base::MutexLock lock(parts.certificateMutex);
    parts.tls = std::move(tls);
}

Status Node::reloadCertificate()
{
    TRY_ASSIGN(TlsIdentity tls, readTls());
    useTls(std::move(tls));
    return {};
}

void Node::drain()
{
    m_parts->ops->beginStopping();
}

void Node::stop()
{
    if (!m_parts)
        return;
    Parts &parts = *m_parts;
    if (parts.ops)
        parts.ops->beginStopping();
    // While others and clients are still answered: what is given away is asked of the new owner.
    if (parts.ownership && parts.threads && parts.threads->isRunning()) {
        if (const std::size_t given = parts.ownership->giveAway(kGiveAwayPatience); given > 0)
            base::infoLine("buckets were given to their replicas").with("buckets", given);
    }
    if (parts.monitor)
        parts.monitor->stop();
    if (parts.events)
        parts.events->stop();
    if (parts.console)
        parts.console->stop();
    if (parts.threads && parts.threads->isRunning()) {
        parts.s3Server->stop(kStopPatience);
        parts.consoleServer->stop(kStopPatience);
    }
    if (parts.ownership)
        parts.ownership->stop();
    if (parts.replication)
        parts.replication->stop();
    if (parts.cluster)
        parts.cluster->stop();
    if (parts.s3Pool) {
        parts.s3Pool->stop();
        parts.consolePool->stop();
        parts.clusterPool->stop();
    }
    if (parts.store)
        parts.store->stop();
    if (parts.threads)
        parts.threads->stop();
    m_parts.reset();
}

}  // namespace maxiofs
