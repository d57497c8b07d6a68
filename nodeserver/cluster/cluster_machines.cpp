// SPDX-License-Identifier: GPL-3.0-or-later
#include "cluster/cluster_machines.h"

#include "base/log_line.h"

#include <algorithm>
#include <cmath>

namespace maxiofs::cluster {

namespace {

constexpr std::string_view kBucketPrefix = "bucket/";
constexpr std::int64_t kKeepObservationsMs = 30'000;
// Invitations have a lockout of their own, so that nobody is kept from signing in by them.
constexpr std::string_view kInvitationAddress = "invitation";

std::string wordOf(rules::HealthStatus status)
{
    return std::string(protocol::nameOf(status));
}

// "Health Checker: Node uuid-5678 is healthy (latency=15ms)"
void logCheck(const rules::Observation &seen)
{
    base::debugLine("Health Checker: Node " + seen.id.uuid() + " is " + wordOf(seen.status) +
                    " (latency=" + std::to_string(seen.latencyMs) + "ms)");
}

records::NodeObservation rowOf(const rules::Observation &seen)
{
    records::NodeObservation row;
    row.id = seen.id;
    row.healthStatus = wordOf(seen.status);
    row.lastCheckMs = seen.lastCheckWallMs;
    row.lastSeenMs = seen.lastSeenWallMs;
    row.latencyMs = seen.latencyMs;
    if (seen.probe) {
        row.capacityTotal = seen.probe->capacityTotal;
        row.capacityUsed = seen.probe->capacityUsed;
        row.bucketCount = seen.probe->bucketCount;
    }
    return row;
}

}  // namespace

const rules::Peer *ClusterView::find(const NodeId &node) const
{
    const auto found = std::ranges::find(others, node, &rules::Peer::id);
    return found == others.end() ? nullptr : &*found;
}

// What the machines know of the others; on their thread.
class ClusterMachines::MemberView final : public rules::Members {
public:
    explicit MemberView(const ClusterMachines &machines) : m_machines(machines) {}

    [[nodiscard]] NodeId self() const override { return m_machines.view()->self; }
    [[nodiscard]] std::vector<rules::Peer> others() const override { return m_machines.view()->others; }
    [[nodiscard]] bool isHealthy(const NodeId &member) const override
    {
        return m_machines.m_board.isBeating(member, m_machines.m_thread.steadyMs());
    }
    [[nodiscard]] std::string clusterId() const override { return m_machines.view()->clusterId; }

private:
    const ClusterMachines &m_machines;
};

ClusterMachines::ClusterMachines(Parts parts)
    : m_parts(std::move(parts)),
      m_view(std::make_shared<const ClusterView>()),
      m_thread("cluster", m_parts.clock,
               [this](const rules::Peer &peer, rules::Request request, std::int64_t limitMs,
                      MachineThread::Arrived arrived) {
                   m_parts.link.ask(peer, std::move(request), limitMs, std::move(arrived));
               }),
      m_healthThread("cluster-health", m_parts.clock,
                     [this](const rules::Peer &peer, rules::Request request, std::int64_t limitMs,
                            MachineThread::Arrived arrived) {
                         m_parts.link.ask(peer, std::move(request), limitMs, std::move(arrived));
                     }),
      m_members(std::make_unique<MemberView>(*this))
{
    m_reservations = std::make_unique<rules::Reservations>(
        m_thread, *m_members, [this](std::string_view name) { return isTaken(name); },
        [this](std::string_view name, const Id128 &holder) { return isGone(name, holder); });
    m_membership = std::make_unique<rules::Membership>(m_thread, m_parts.members, hooks());
    m_sync = std::make_unique<rules::RecordSync>(m_thread, *m_members, m_parts.records);
    m_health = std::make_unique<rules::Health>(m_healthThread);
    publish();
    watch();
}

ClusterMachines::~ClusterMachines()
{
    stop();
    m_listening = {};
}

void ClusterMachines::start()
{
    base::debugLine("Cluster Manager: Initialized with node_id=" + view()->self.uuid());
    m_thread.post([this] {
        m_membership->start();
        m_sync->start();
        merged(true, true);  // what came just before the node ended
        keepObservations();
    });
    m_thread.start();
    m_healthThread.start();
}

void ClusterMachines::stop()
{
    m_healthThread.stop();
    m_thread.stop();
}

rules::MembershipHooks ClusterMachines::hooks()
{
    rules::MembershipHooks hooks;
    hooks.describe = [this] { return describe(); };
    hooks.reserve = [this](const std::string &name, const Id128 &holder,
                           std::move_only_function<void(Status)> call) {
        m_reservations->reserve(name, holder, std::move(call));
    };
    hooks.checkAdministrator = [this](const std::string &username, const std::string &password,
                                      std::move_only_function<void(Status)> call) {
        m_parts.pool.submit([this, username, password, call = std::move(call)]() mutable {
            Status checked =
                m_parts.identities.sessions().checkAdministrator(username, password, kInvitationAddress);
            m_thread.post([checked = std::move(checked), call = std::move(call)]() mutable {
                call(std::move(checked));
            });
        });
    };
    hooks.inviteToken = m_parts.inviteToken;
    return hooks;
}

void ClusterMachines::watch()
{
    m_membership->whenChanged([this] { publish(); });
    m_health->whenObserved([this](const rules::Observation &seen) { observed(seen); });
    m_health->whenChanged([this](const rules::Observation &before, const rules::Observation &after) {
        changed(before, after);
    });
    m_listening =
        m_parts.records.whenChanged([this](const std::vector<records::RecordKey> &keys,
                                           records::Origin origin) { recordsChanged(keys, origin); });
}

std::shared_ptr<const ClusterView> ClusterMachines::view() const
{
    const base::MutexLock lock(m_viewMutex);
    return m_view;
}

rules::NodeDescription ClusterMachines::describe() const
{
    const records::ClusterNode self = m_parts.nodes.self();
    rules::NodeDescription description;
    description.id = self.id;
    description.name = self.name;
    description.endpoint = self.endpoint;
    description.region = self.region;
    description.priority = self.priority;
    description.metadata = self.metadata;
    description.certificate = m_parts.certificate;
    description.protocol = rules::Membership::kProtocol;
    return description;
}

// Everybody sees the new membership before the machine goes on.
void ClusterMachines::publish()
{
    const rules::MemberState state = m_parts.members.state();
    ClusterView view;
    view.self = state.self;
    view.clusterId = state.clusterId;
    view.secrets = state.secrets;
    view.others = m_membership->others();
    view.admission = m_membership->admission();

    LinkKeys keys;
    keys.self = view.self;
    keys.ownCertificate = m_parts.certificate;
    if (view.isMember()) {
        keys.token = view.secrets->token;
        keys.recordKey = view.secrets->recordKey;
    }
    for (const rules::Peer &peer : view.others)
        keys.members.emplace(peer.id, LinkKeys::Member{peer, m_membership->signingToken(peer.id)});
    m_parts.link.setKeys(std::move(keys));
    m_board.setMembers(view.others, m_thread.steadyMs());
    m_healthThread.post([this, others = view.others] { m_health->setMembers(others); });
    const base::MutexLock lock(m_viewMutex);
    m_view = std::make_shared<const ClusterView>(std::move(view));
}

void ClusterMachines::observed(const rules::Observation &seen)
{
    const auto before = m_board.find(seen.id);
    if (before && seen.lastCheckWallMs != before->lastCheckWallMs)
        logCheck(seen);
    m_board.observed(seen, m_healthThread.wallMs());
    if (!seen.beat || !before)
        return;
    m_thread.post([this, id = seen.id, generation = seen.beat->secretsGeneration] {
        const auto now = view();
        if (const rules::Peer *const peer = now->find(id))
            m_membership->sawGeneration(*peer, generation);
    });
}

void ClusterMachines::changed(const rules::Observation &before, const rules::Observation &after)
{
    using protocol::HealthStatus;
    if (before.status != after.status) {
        base::infoLine("Cluster: a node is " + wordOf(after.status))
            .with("node", after.id.uuid())
            .with("before", wordOf(before.status))
            .with("reason", after.reason);
    }
    const auto answers = [](HealthStatus status) {
        return status == HealthStatus::Healthy || status == HealthStatus::Degraded;
    };
    if (answers(after.status) && !answers(before.status))
        m_thread.post([this, id = after.id] { m_sync->reached(id); });
}

void ClusterMachines::recordsChanged(const std::vector<records::RecordKey> &keys, records::Origin origin)
{
    if (origin == records::Origin::Local) {
        m_thread.post([this, keys] { m_sync->changed(keys); });
        return;
    }
    const auto has = [&](std::initializer_list<records::Kind> kinds) {
        return std::ranges::any_of(keys, [&](const records::RecordKey &key) {
            return std::ranges::find(kinds, key.kind) != kinds.end();
        });
    };
    const bool concernsMembers = has({records::Kind::Node, records::Kind::Location});
    const bool concernsBuckets = has({records::Kind::Bucket, records::Kind::Location});
    if (concernsMembers || concernsBuckets)
        m_thread.post([this, concernsMembers, concernsBuckets] { merged(concernsMembers, concernsBuckets); });
}

void ClusterMachines::merged(bool concernsMembers, bool concernsBuckets)
{
    if (concernsMembers)
        m_membership->recordsMerged();
    if (!concernsBuckets)
        return;
    if (const auto taken = m_parts.members.takeBackBuckets(); !taken)
        base::errorLine("Cluster: buckets of this node could not be taken back")
            .with("reason", taken.error().message);
    const auto renamed = m_parts.buckets.renameConflicts();
    if (!renamed) {
        base::errorLine("Cluster: a bucket whose name another one has could not be renamed")
            .with("reason", renamed.error().message);
        return;
    }
    for (const records::Buckets::Renamed &each : *renamed) {
        base::warningLine("Cluster: a bucket was renamed, since an older one of another node has its name")
            .with("bucket", each.before)
            .with("now", each.bucket->name);
        m_parts.renamed(each);
    }
}

// What was observed stands in auth.db, too, for those who look there.
void ClusterMachines::keepObservations()
{
    std::vector<records::NodeObservation> rows;
    std::ranges::transform(m_board.observations(), std::back_inserter(rows), rowOf);
    const rules::ProbeAnswer self = m_parts.report();
    const std::int64_t nowMs = m_thread.wallMs();
    rows.push_back({view()->self, self.beat.state == "healthy" ? "healthy" : "degraded", nowMs, nowMs, 0,
                    self.capacityTotal, self.capacityUsed, self.bucketCount});
    if (Status written = m_parts.nodes.writeObservations(rows); !written)
        base::warningLine("Cluster: what was seen of the nodes could not be kept")
            .with("reason", written.error().message);
    m_thread.after(kKeepObservationsMs, [this] { keepObservations(); });
}

bool ClusterMachines::isTaken(std::string_view reserved) const
{
    if (reserved.starts_with(kBucketPrefix))
        return m_parts.buckets.find(reserved.substr(kBucketPrefix.size())).has_value();
    return rules::isMemberNumberTaken(reserved, m_parts.members.nodes());
}

bool ClusterMachines::isGone(std::string_view reserved, const Id128 &holder) const
{
    const bool isBucket = reserved.starts_with(kBucketPrefix);
    auto record = isBucket ? m_parts.records.find(records::Kind::Bucket, holder.hex())
                           : m_parts.records.find(records::Kind::Node, holder.uuid());
    if (!record || !*record)
        return false;
    if ((*record)->deleted)
        return true;
    std::vector<records::Record> found;
    found.push_back(std::move(**record));
    if (!isBucket)
        return !rules::isMemberNumberTaken(reserved, found);
    const auto bucket = records::bucketFrom(found);
    return bucket && *bucket && (*bucket)->recordedName != reserved.substr(kBucketPrefix.size());
}

}  // namespace maxiofs::cluster
