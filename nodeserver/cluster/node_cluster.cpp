// SPDX-License-Identifier: GPL-3.0-or-later
#include "cluster/node_cluster.h"

#include "base/hex.h"
#include "cluster/cluster_handlers.h"
#include "crypto/digest.h"

#include <algorithm>
#include <array>

namespace maxiofs::cluster {

namespace {

constexpr std::size_t kFingerprintDigits = 8;
constexpr std::string_view kBucketPrefix = "bucket/";

// What a done function of a Status gives to one of a Result.
std::move_only_function<void(Status)> statusTo(std::move_only_function<void(Result<bool>)> done)
{
    return [done = std::move(done)](Status status) mutable {
        if (status)
            done(true);
        else
            done(failure(std::move(status).error()));
    };
}

Status statusOf(Result<bool> result)
{
    if (!result)
        return failure(std::move(result).error());
    return {};
}

}  // namespace

NodeCluster::NodeCluster(Context context)
    : m_context(std::move(context)),
      m_link(m_context.client, m_context.clock,
             [this](const rules::Peer &peer, const Error &error) { refused(peer, error); }),
      m_machines({m_context.records, m_context.nodes, m_context.buckets, m_context.members,
                  m_context.identities, m_link, m_context.pool, m_context.clock, m_context.certificate,
                  m_context.inviteToken, m_context.report, m_context.renamed}),
      m_door([this] { return m_machines.view()->admission; }, m_context.clock)
{
}

NodeCluster::~NodeCluster()
{
    stop();
}

void NodeCluster::start()
{
    m_machines.start();
}

void NodeCluster::catchUp(std::chrono::milliseconds limit)
{
    // Whichever comes first gives the answer.
    [[maybe_unused]] const auto done = m_machines.thread().await<bool>([this, limit](auto give) mutable {
        const auto shared = std::make_shared<decltype(give)>(std::move(give));
        const auto once = [shared] {
            if (*shared)
                std::exchange(*shared, nullptr)(true);
        };
        m_machines.thread().after(limit.count(), once);
        m_machines.sync().syncNow(once);
    });
}

void NodeCluster::fetchChanges()
{
    m_machines.thread().post([this] { m_machines.sync().syncNow([] {}); });
}

void NodeCluster::stop()
{
    m_machines.stop();
}

void NodeCluster::addHandlers(link::InternalHandlers &handlers)
{
    addClusterHandlers(handlers, {m_machines, m_link, m_context.records, m_context.buckets,
                                  m_context.identities, m_context.clock, m_context.report});
}

void NodeCluster::refused(const rules::Peer &peer, const Error &error)
{
    m_machines.thread().post([this, peer, error] { m_machines.membership().refusedBy(peer, error); });
}

std::vector<NodeId> NodeCluster::others() const
{
    const auto view = m_machines.view();
    std::vector<NodeId> ids;
    std::ranges::transform(view->others, std::back_inserter(ids), &rules::Peer::id);
    return ids;
}

std::optional<rules::Peer> NodeCluster::peerOf(const NodeId &node) const
{
    const auto view = m_machines.view();
    const rules::Peer *const peer = view->find(node);
    return peer == nullptr ? std::nullopt : std::optional(*peer);
}

bool NodeCluster::isSilent(const NodeId &node) const
{
    return m_machines.board().isSilent(node, steadyNowMs());
}

void NodeCluster::setSyncInterval(std::chrono::seconds interval)
{
    const std::int64_t ms = std::chrono::milliseconds(interval).count();
    m_machines.thread().post([this, ms] { m_machines.sync().setInterval(ms); });
}

void NodeCluster::setProbeTimes(std::chrono::seconds interval, std::chrono::seconds limit)
{
    const std::int64_t intervalMs = std::chrono::milliseconds(interval).count();
    const std::int64_t limitMs = std::chrono::milliseconds(limit).count();
    m_machines.healthThread().post([this, intervalMs, limitMs] {
        m_machines.health().setProbeInterval(intervalMs);
        m_machines.health().setProbeLimit(limitMs);
    });
}

rules::NodeDescription NodeCluster::described(const std::string &name, const std::string &region,
                                              const std::optional<std::int64_t> &priority,
                                              const std::optional<QJsonObject> &metadata) const
{
    rules::NodeDescription self = m_machines.describe();
    if (!name.empty())
        self.name = name;
    if (!region.empty())
        self.region = region;
    self.priority = priority.value_or(self.priority);
    if (metadata)
        self.metadata = *metadata;
    return self;
}

Result<rules::Membership::Founded> NodeCluster::initialize(const std::string &name, const std::string &region)
{
    using Founded = rules::Membership::Founded;
    rules::NodeDescription self = described(name, region, std::nullopt, std::nullopt);
    return m_machines.thread().await<Founded>([this, self = std::move(self)](auto done) mutable {
        done(m_machines.membership().initialize(std::move(self)));
    });
}

Result<rules::Membership::Joined> NodeCluster::join(const JoinWish &wish)
{
    using Joined = rules::Membership::Joined;
    rules::Membership::JoinWish machineWish;
    machineWish.member.endpoint = wish.endpoint;
    machineWish.token = wish.token;
    machineWish.self = described(wish.name, wish.region, wish.priority, wish.metadata);
    machineWish.acceptRenames = wish.acceptRenames;
    return m_machines.thread().await<Joined>([this, machineWish = std::move(machineWish)](auto done) mutable {
        m_machines.membership().join(std::move(machineWish), [this, done = std::move(done)](
                                                                 Result<Joined> joined) mutable {
            if (!joined)
                return done(std::move(joined));
            m_machines.sync().syncNow([this, done = std::move(done), joined = std::move(joined)]() mutable {
                m_machines.merged(true, true);
                done(std::move(joined));
            });
        });
    });
}

Result<NodeId> NodeCluster::invite(const InviteWish &wish)
{
    if (!wish.username.empty() && wish.certificate.empty()) {
        TRY_ASSIGN(const std::string seen, m_link.certificateOf(wish.endpoint, kLookLimit));
        return failure(Error::PreconditionFailed,
                       "A password goes only to a node whose certificate was compared: the node at " +
                           wish.endpoint + " shows the fingerprint " + seen +
                           ". Compare it with what that node's own page shows, and send it along.",
                       "certificate:" + seen);
    }
    rules::Membership::InviteWish machineWish;
    const rules::NodeDescription self = m_machines.describe();
    rules::JoinInvite &invite = machineWish.invite;
    invite.endpoint = self.endpoint;
    invite.certificate = self.certificate;
    invite.name = wish.name;
    invite.region = wish.region;
    invite.priority = wish.priority.value_or(invite.priority);
    invite.metadata = wish.metadata.value_or(QJsonObject());
    invite.acceptRenames = wish.acceptRenames;
    invite.username = wish.username;
    invite.password = wish.password;
    invite.key = wish.token;
    machineWish.node.endpoint = wish.endpoint;
    machineWish.node.certificate = wish.certificate;
    return m_machines.thread().await<NodeId>([this, machineWish = std::move(machineWish)](auto done) mutable {
        m_machines.membership().invite(std::move(machineWish), std::move(done));
    });
}

Status NodeCluster::removeNode(const NodeId &node, bool force)
{
    return statusOf(m_machines.thread().await<bool>([this, node, force](auto done) mutable {
        m_machines.membership().remove(node, force, statusTo(std::move(done)));
    }));
}

Status NodeCluster::leave(bool force)
{
    return statusOf(m_machines.thread().await<bool>([this, force](auto done) mutable {
        m_machines.membership().leave(force, statusTo(std::move(done)));
    }));
}

Result<std::string> NodeCluster::rotateToken()
{
    return m_machines.thread().await<std::string>(
        [this](auto done) mutable { m_machines.membership().rotateToken(std::move(done)); });
}

bool NodeCluster::isMember() const
{
    return m_machines.view()->isMember();
}

std::string NodeCluster::tokenFingerprint() const
{
    const auto view = m_machines.view();
    if (!view->isMember())
        return {};
    return crypto::sha256Hex(asBytes(view->secrets->token)).substr(0, kFingerprintDigits);
}

void NodeCluster::settle()
{
    if (m_machines.view()->others.empty())
        return;
    [[maybe_unused]] const auto settled = m_machines.thread().await<bool>([this](auto done) mutable {
        m_machines.sync().whenSettled([done = std::move(done)]() mutable { done(true); });
    });
}

bool NodeCluster::seek(records::Kind kind, const std::string &name)
{
    if (m_machines.view()->others.empty())
        return false;
    return m_machines.thread()
        .await<bool>([this, kind, name](auto done) mutable {
            m_machines.sync().seek(kind, name, [done = std::move(done)](bool came) mutable { done(came); });
        })
        .value_or(false);
}

Status NodeCluster::reserveBucket(const std::string &name, const BucketId &holder)
{
    if (m_machines.view()->others.empty())
        return {};
    return statusOf(m_machines.thread().await<bool>([this, name, holder](auto done) mutable {
        m_machines.reservations().reserve(std::string(kBucketPrefix) + name, holder,
                                          statusTo(std::move(done)));
    }));
}

// In a planned rotation every member still takes the older token, but not every one the newer.
std::string NodeCluster::forwardedValue(const records::Epoch &epoch, std::string_view clientAddress,
                                        bool clientTls, bool toReplica, std::string_view method,
                                        std::string_view target) const
{
    const auto view = m_machines.view();
    if (!view->isMember())
        return {};
    const rules::ClusterSecrets &secrets = *view->secrets;
    const link::Forwarded forwarded{
        view->self, epoch, std::string(clientAddress), m_context.clock.unixMs(), clientTls, toReplica};
    return link::forwardedValue(forwarded, method, target,
                                secrets.previousToken.empty() ? secrets.token : secrets.previousToken);
}

Result<link::Forwarded> NodeCluster::readForwarded(std::string_view value, std::string_view method,
                                                   std::string_view target) const
{
    const auto view = m_machines.view();
    std::array<std::string_view, 2> tokens;
    if (view->isMember())
        tokens = {view->secrets->token, view->secrets->previousToken};
    TRY_ASSIGN(link::Forwarded forwarded,
               link::readForwarded(value, method, target, tokens, m_context.clock.unixMs()));
    if (view->find(forwarded.edge) == nullptr)
        return failure(Error::Unauthenticated,
                       "The request was passed on by a node that is no member of the cluster.",
                       forwarded.edge.uuid());
    return forwarded;
}

void NodeCluster::forwardFailed(const NodeId &node)
{
    m_machines.healthThread().post([this, node] { m_machines.health().forwardFailed(node); });
}

std::vector<rules::Observation> NodeCluster::observations() const
{
    return m_machines.board().observations();
}

std::optional<rules::Observation> NodeCluster::observation(const NodeId &node) const
{
    return m_machines.board().find(node);
}

void NodeCluster::probeNow()
{
    [[maybe_unused]] const auto probed = m_machines.healthThread().await<bool>([this](auto done) mutable {
        m_machines.health().probeNow([done = std::move(done)]() mutable { done(true); });
    });
}

protocol::HealthHistory NodeCluster::history(const NodeId &node, std::int64_t resolutionSeconds,
                                             std::int64_t sinceMs) const
{
    protocol::HealthHistory history;
    history.nodeId = node.uuid();
    history.resolutionSeconds = resolutionSeconds;
    history.samples = m_machines.board().samples(node, resolutionSeconds, sinceMs);
    return history;
}

}  // namespace maxiofs::cluster
