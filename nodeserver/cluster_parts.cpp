// SPDX-License-Identifier: GPL-3.0-or-later
#include "cluster_parts.h"

#include <algorithm>

namespace maxiofs {

namespace {

using namespace std::chrono_literals;

constexpr auto kCatchUp = 3000ms;

std::chrono::seconds secondsIn(const records::Settings &settings, std::string_view name)
{
    return std::chrono::seconds(settings.integer(name));
}

cluster::Router::Sources routerSources(const ClusterParts::Needs &needs, const cluster::NodeCluster &cluster)
{
    cluster::Router::Sources sources;
    sources.isMember = [&cluster] { return cluster.isMember(); };
    sources.self = [&records = needs.records] { return records.nodeId(); };
    sources.locationOf = [&buckets = needs.buckets](const BucketId &id) -> std::optional<records::Location> {
        const auto bucket = buckets.findById(id);
        if (!bucket || (*bucket)->location.owner.isNull())
            return std::nullopt;
        return (*bucket)->location;
    };
    sources.memberOf = [&nodes = needs.nodes,
                        &cluster](const NodeId &id) -> std::optional<cluster::Router::Member> {
        const auto peer = cluster.peerOf(id);
        const auto node = nodes.find(id);
        if (!peer || !node)
            return std::nullopt;
        return cluster::Router::Member{*peer, node->name};
    };
    return sources;
}

}  // namespace

Result<std::unique_ptr<ClusterParts>> ClusterParts::make(Needs needs)
{
    TRY_ASSIGN(auto members, cluster::MemberStore::load(needs.records, needs.buckets));
    return std::unique_ptr<ClusterParts>(new ClusterParts(std::move(needs), std::move(members)));
}

ClusterParts::ClusterParts(Needs needs, std::unique_ptr<cluster::MemberStore> members)
    : m_needs(std::move(needs)),
      m_client(m_needs.threads),
      m_members(std::move(members)),
      m_cluster({m_needs.records, m_needs.nodes, m_needs.buckets, *m_members, m_needs.identities, m_client,
                 m_needs.pool, m_needs.clock, m_needs.tls.nodeCertificate.fingerprint, m_needs.inviteToken,
                 m_needs.report, m_needs.renamed}),
      m_tenantUsages({m_needs.identities, m_cluster.calls(), m_needs.pool,
                      [this] { return m_cluster.others(); },
                      [this](const NodeId &member) { return m_cluster.isSilent(member); }}),
      m_router(routerSources(m_needs, m_cluster), m_needs.clock),
      m_forwarder(m_client, [this](const cluster::rules::Peer &peer) { return m_cluster.isSilent(peer.id); }),
      m_service({m_cluster.door(), m_handlers, m_needs.pool, m_needs.tls.nodeCertificate.fingerprint})
{
    setTls(m_needs.tls);
    m_cluster.addHandlers(m_handlers);
    m_tenantUsages.addHandler(m_handlers);
    m_needs.identities.sessions().seekUsersBy([this](const std::string &username) {
        static_cast<void>(m_cluster.seek(records::Kind::UserProfile, username));
    });
    m_needs.identities.tenantQuotas().setOthers(
        [this](const std::string &tenantId) { return m_tenantUsages.of(tenantId); });
    followSettings();
    followRecords();
}

ClusterParts::~ClusterParts()
{
    stop();
    m_needs.identities.tenantQuotas().setOthers({});
    m_needs.identities.sessions().seekUsersBy({});
}

void ClusterParts::start()
{
    m_cluster.start();
    m_started = true;
    m_cluster.catchUp(kCatchUp);
    m_tenantUsages.start();
}

void ClusterParts::stop()
{
    m_client.stop();
    m_tenantUsages.stop();
    m_cluster.stop();
}

net::Awaitable<void> ClusterParts::answer(http::Exchange &exchange)
{
    if (!m_started)
        return api::internal::InternalService::answerStarting(exchange);
    return m_service.handle(exchange);
}

void ClusterParts::followSettings()
{
    const auto probes = [this] {
        m_cluster.setProbeTimes(secondsIn(m_needs.settings, records::kProbeIntervalSetting),
                                secondsIn(m_needs.settings, records::kProbeLimitSetting));
    };
    const auto sync = [this] {
        m_cluster.setSyncInterval(secondsIn(m_needs.settings, records::kSyncIntervalSetting));
    };
    const auto locations = [this] {
        m_router.setTtl(secondsIn(m_needs.settings, records::kBucketCacheTtlSetting));
    };
    const auto follow = [this](std::string_view name, const std::function<void()> &apply) {
        apply();
        m_needs.settings.whenChanged(name, [apply](const QJsonValue &) { apply(); });
    };
    follow(records::kProbeIntervalSetting, probes);
    follow(records::kProbeLimitSetting, probes);
    follow(records::kSyncIntervalSetting, sync);
    follow(records::kBucketCacheTtlSetting, locations);
}

// Wherever a change was made: the locations that it concerns are looked up anew.
void ClusterParts::followRecords()
{
    m_listening =
        m_needs.records.whenChanged([this](const std::vector<records::RecordKey> &keys, records::Origin) {
            for (const records::RecordKey &key : keys) {
                if (key.kind == records::Kind::Node)
                    return m_router.clear();
                if (key.kind != records::Kind::Location && key.kind != records::Kind::Bucket)
                    continue;
                if (const auto id = BucketId::fromHex(key.id))
                    m_router.forget(*id);
            }
        });
}

}  // namespace maxiofs
