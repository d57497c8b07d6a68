// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/live_cluster.h"

#include "core/format.h"
#include "models/health_words.h"

#include <QDateTime>
#include <QLoggingCategory>
#include <QUrl>

#include <algorithm>
#include <cmath>
#include <limits>

namespace maxiofs::models {

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using history::Resolution;
using history::Sample;
using State = core::ConnectionState::State;

Q_LOGGING_CATEGORY(liveLog, "maxiofs.live")

namespace {

constexpr auto kRollUpPause = 60s;
constexpr auto kMembersPause = 60s;
// Events come in bursts: one fetch for all of a moment's.
constexpr auto kSoon = 150ms;
constexpr int kSparklinePoints = 44;
constexpr std::int64_t kHourMs = 3'600'000;
constexpr int kAuditEntries = 30;

std::int64_t nowMs()
{
    return QDateTime::currentMSecsSinceEpoch();
}

}  // namespace

LiveCluster::LiveCluster(api::Connection &connection, history::LatencyHistory &history, QObject *parent)
    : QObject(parent),
      m_connection(connection),
      m_history(history)
{
    m_fast.setInterval(kFastPoll);
    m_slow.setInterval(kSlowPoll);
    m_rollUp.setInterval(kRollUpPause);
    m_members.setInterval(kMembersPause);
    connect(&m_members, &QTimer::timeout, this, &LiveCluster::fetchMembers);
    m_soon.setInterval(kSoon);
    m_soon.setSingleShot(true);
    connect(&m_fast, &QTimer::timeout, this, [this] {
        fetchHealth();
        fetchLatency();
        m_nodes.refreshAges();
    });
    connect(&m_slow, &QTimer::timeout, this, [this] {
        fetchConfig();
        fetchNodes();
        fetchBuckets();
        if (m_connection.profile().members.size() + 1 < static_cast<qsizetype>(m_nodeList.size()))
            fetchMembers();  // one did not answer the last time
        refreshSparklines();
        m_attention.refreshAges();
    });
    connect(&m_rollUp, &QTimer::timeout, this, [this] {
        if (const auto done = m_history.rollUp(nowMs()); !done)
            qCWarning(liveLog, "%s", done.error().message.c_str());
    });
    connect(&m_soon, &QTimer::timeout, this, [this] {
        fetchConfig();
        fetchHealth();
        fetchNodes();
        fetchBuckets();
    });
    connect(&m_connection, &api::Connection::stateChanged, this, &LiveCluster::onStateChanged);
    connect(&m_connection.events(), &api::EventStream::received, this, &LiveCluster::onEvent);
    connect(&m_connection.events(), &api::EventStream::reset, this, &LiveCluster::fetchAll);
    onStateChanged();
}

theme::Status LiveCluster::worst() const
{
    switch (m_connection.state().state()) {
    case State::SignedOut: return theme::Status::Unknown;
    case State::Connecting: return m_health ? theme::Status::Bad : theme::Status::Running;
    case State::Connected: return m_attention.worst();
    case State::Unreachable:
        return m_connection.state().problem() && m_connection.state().problem()->needsTrustDecision()
                   ? theme::Status::Warn
                   : theme::Status::Bad;
    case State::AskingForCredentials: return theme::Status::Warn;
    }
    return theme::Status::Unknown;
}

theme::Status LiveCluster::worstNode() const
{
    if (!m_health || !m_connection.isConnected())
        return theme::Status::None;
    return m_health->unavailableNodes > 0 ? theme::Status::Bad
           : m_health->degradedNodes > 0  ? theme::Status::Warn
                                          : theme::Status::None;
}

void LiveCluster::onStateChanged()
{
    const bool connected = m_connection.isConnected();
    if (connected == m_wasConnected)
        return;
    m_wasConnected = connected;
    const QString host = m_connection.place();
    if (connected) {
        if (m_updatedMs > 0)
            m_events.note(theme::Status::Ok, m_connection.isAtHome()
                                                 ? tr("%1 answers again").arg(host)
                                                 : tr("Connected to %1 instead").arg(host));
        m_coarseFetched.clear();
        m_underWay.clear();
        fetchAll();
        m_fast.start();
        m_slow.start();
        m_rollUp.start();
        m_members.start();
        return;
    }
    m_fast.stop();
    m_slow.stop();
    m_soon.stop();
    m_members.stop();
    if (const auto &problem = m_connection.state().problem())
        m_events.note(theme::Status::Bad, problem->summary);
    setStale(true);
}

void LiveCluster::setStale(bool stale)
{
    m_nodes.setStale(stale);
    m_buckets.setStale(stale);
    Q_EMIT healthChanged();
    Q_EMIT bucketsChanged();
}

void LiveCluster::onEvent(const protocol::Event &event)
{
    m_events.add(event);
    if (event.type != "audit" && !m_soon.isActive())
        m_soon.start();
}

void LiveCluster::checkNow()
{
    if (!m_connection.isConnected())
        return;
    auto *job = m_connection.client().refreshHealth();
    connect(job, &api::Request::finished, this, [this, job] {
        if (job->problem())
            report(*job->problem());
        fetchAll();
    });
}

bool LiveCluster::begin(const QString &what)
{
    if (!m_connection.isConnected() || m_underWay.contains(what))
        return false;
    m_underWay.insert(what);
    return true;
}

void LiveCluster::report(const core::Problem &problem)
{
    if (problem.isOfConnection())
        return;
    m_problem = problem;
    Q_EMIT problemChanged(m_problem);
}

void LiveCluster::fetchAll()
{
    fetchConfig();
    fetchNodes();
    fetchHealth();
    fetchBuckets();
    fetchAudit();
    fetchMembers();
}

void LiveCluster::fetchMembers()
{
    if (!begin(u"members"_s))
        return;
    auto *job = m_connection.client().systems();
    connect(job, &api::Request::finished, this, [this, job] {
        end(u"members"_s);
        if (const auto systems = job->result(); systems && !m_nodeList.empty())
            takeMembers(*systems);  // not everybody may read it; then there is one address only
    });
}

void LiveCluster::takeMembers(const protocol::Page<protocol::System> &systems)
{
    for (const protocol::System &system : systems.items)
        m_fingerprints.insert(QString::fromStdString(system.nodeId),
                              QString::fromStdString(system.nodeFingerprint));
    const core::Profile &profile = m_connection.profile();
    QList<core::ProfileMember> members;
    for (const protocol::Node &node : m_nodeList) {
        // The node at the profile's own address needs no second one.
        if (node.isLocal && m_connection.isAtHome())
            continue;
        const QString name = QString::fromStdString(node.name);
        const auto told = std::ranges::find(systems.items, node.id, &protocol::System::nodeId);
        if (told == systems.items.end()) {
            // Away right now: what it told before still leads to it.
            for (const core::ProfileMember &known : profile.members) {
                if (known.name == name)
                    members.append(known);
            }
            continue;
        }
        core::ProfileMember member{.name = name};
        member.address.setScheme(profile.address.scheme());
        member.address.setHost(QUrl(QString::fromStdString(node.endpoint)).host());
        member.address.setPort(static_cast<int>(told->consolePort));
        member.fingerprint = QString::fromStdString(told->certificate.fingerprint).remove(u':').toLower();
        if (told->consolePort > 0 && member.address.isValid() && member.address != profile.address)
            members.append(member);
    }
    m_connection.setMembers(members);
}

void LiveCluster::fetchConfig()
{
    if (!begin(u"config"_s))
        return;
    auto *job = m_connection.client().config();
    connect(job, &api::Request::finished, this, [this, job] {
        end(u"config"_s);
        const auto config = job->result();
        if (!config) {
            report(config.error());
            return;
        }
        m_config = *config;
        Q_EMIT configChanged();
    });
}

void LiveCluster::fetchHealth()
{
    if (!begin(u"health"_s))
        return;
    auto *job = m_connection.client().health();
    connect(job, &api::Request::finished, this, [this, job] {
        end(u"health"_s);
        const auto health = job->result();
        if (!health) {
            report(health.error());
            return;
        }
        m_health = *health;
        m_updatedMs = nowMs();
        m_nodes.setStale(false);
        m_nodes.setHealth(health->nodes);
        for (protocol::Node &node : m_nodeList) {
            const auto fresh = std::ranges::find(health->nodes, node.id, &protocol::NodeHealth::id);
            if (fresh == health->nodes.end())
                continue;
            node.healthStatus = fresh->healthStatus;
            node.latencyMs = fresh->latencyMs;
            node.reason = fresh->reason;
        }
        m_attention.setNodes(m_nodeList);
        if (m_problem) {
            m_problem.reset();
            Q_EMIT problemChanged(m_problem);
        }
        Q_EMIT healthChanged();
    });
}

void LiveCluster::fetchNodes()
{
    if (!begin(u"nodes"_s))
        return;
    auto *job = m_connection.client().nodes();
    connect(job, &api::Request::finished, this, [this, job] {
        end(u"nodes"_s);
        const auto nodes = job->result();
        if (!nodes) {
            report(nodes.error());
            return;
        }
        const bool first = m_nodeList.empty();
        const std::size_t before = m_nodeList.size();
        m_nodeList = nodes->items;
        m_nodes.setNodes(m_nodeList);
        QHash<QString, QString> names;
        for (const protocol::Node &node : m_nodeList)
            names.insert(QString::fromStdString(node.id), QString::fromStdString(node.name));
        m_buckets.setNodeNames(names);
        m_attention.setNodes(m_nodeList);
        if (m_nodeList.size() != before)
            fetchMembers();
        if (first) {
            fetchLatency();
            refreshSparklines();
        }
        Q_EMIT healthChanged();
    });
}

void LiveCluster::fetchBuckets()
{
    if (!begin(u"buckets"_s))
        return;
    m_collected.clear();
    fetchBucketsAfter({});
}

void LiveCluster::fetchBucketsAfter(const std::string &after)
{
    auto *job = m_connection.client().clusterBuckets(after);
    connect(job, &api::Request::finished, this, [this, job] {
        const auto page = job->result();
        if (!page) {
            end(u"buckets"_s);
            report(page.error());
            return;
        }
        m_collected.insert(m_collected.end(), page->items.begin(), page->items.end());
        const bool cut = !page->next.empty() && m_collected.size() >= kMostBuckets;
        if (!page->next.empty() && !cut && m_connection.isConnected()) {
            fetchBucketsAfter(page->next);
            return;
        }
        end(u"buckets"_s);
        m_hasBuckets = true;
        m_bucketsCut = cut;
        m_bucketsUpdatedMs = nowMs();
        m_buckets.setStale(false);
        m_buckets.setBuckets(m_collected);
        Q_EMIT bucketsChanged();
    });
}

void LiveCluster::fetchAudit()
{
    if (!begin(u"audit"_s))
        return;
    auto *job = m_connection.client().auditLogs(kAuditEntries);
    connect(job, &api::Request::finished, this, [this, job] {
        end(u"audit"_s);
        const auto entries = job->result();
        if (!entries)
            return;  // not everybody may read it; the stream goes on without
        for (const protocol::AuditEntry &entry : entries->items)
            m_events.add({entry.id, "audit", entry.time, protocol::toJson(entry)});
    });
}

void LiveCluster::fetchLatency()
{
    for (const protocol::Node &node : m_nodeList) {
        const QString id = QString::fromStdString(node.id);
        if (!m_coarseFetched.contains(id)) {
            m_coarseFetched.insert(id);
            fetchLatencyOf(id, Resolution::TenSeconds);
        }
        fetchLatencyOf(id, Resolution::Second);
    }
}

void LiveCluster::fetchLatencyOf(const QString &node, Resolution resolution)
{
    const bool fine = resolution == Resolution::Second;
    const QString what = (fine ? u"seconds/"_s : u"tens/"_s) + node;
    if (!begin(what))
        return;
    std::int64_t newest = fine ? m_newestSecond.value(node) : 0;
    if (newest == 0)
        newest = m_history.newest(historyKey(), node, resolution).value_or(0);
    const std::int64_t kept =
        fine ? history::LatencyHistory::kSecondsKeptMs : history::LatencyHistory::kTenSecondsKeptMs;
    // Never later than now: after a clock was set back, new samples are older than the newest one.
    const std::int64_t now = nowMs();
    const std::int64_t since = std::clamp(newest + 1, now - kept, now);
    auto *job = m_connection.client().history(node.toStdString(), fine ? 1 : 10, since);
    connect(job, &api::Request::finished, this, [this, job, node, resolution, what] {
        end(what);
        if (const auto answer = job->result())
            takeLatency(node, resolution, *answer);
    });
}

void LiveCluster::takeLatency(const QString &node, Resolution resolution,
                              const protocol::HealthHistory &answer)
{
    QList<Sample> samples;
    for (const protocol::HealthSample &sample : answer.samples) {
        if (resolution == Resolution::Second) {
            m_rates.add(node, sample.time.unixMs,
                        {sample.requestsPerSecond, sample.bytesInPerSecond, sample.bytesOutPerSecond});
            m_newestSecond[node] = std::max(m_newestSecond.value(node), sample.time.unixMs);
        }
        if (sample.medianMs) {
            samples.append({sample.time.unixMs, *sample.medianMs, sample.lowestMs.value_or(*sample.medianMs),
                            sample.highestMs.value_or(*sample.medianMs)});
        }
    }
    if (const auto added = m_history.add(historyKey(), node, resolution, samples); !added)
        qCWarning(liveLog, "%s", added.error().message.c_str());
    if (!samples.isEmpty() || !answer.samples.empty())
        Q_EMIT latencyChanged();
    if (samples.size() > kSparklinePoints)
        refreshSparklines();
}

void LiveCluster::refreshSparklines()
{
    const std::int64_t end = nowMs();
    const std::int64_t start = end - kHourMs;
    for (const protocol::Node &node : m_nodeList) {
        const QString id = QString::fromStdString(node.id);
        const auto samples = m_history.read(historyKey(), id, Resolution::Second, start, end);
        if (!samples)
            continue;
        QList<double> sums(kSparklinePoints, 0);
        QList<int> seen(kSparklinePoints, 0);
        for (const Sample &sample : *samples) {
            const auto part = (sample.atMs - start) * kSparklinePoints / kHourMs;
            sums[part] += sample.median;
            ++seen[part];
        }
        for (int i = 0; i < kSparklinePoints; ++i)
            sums[i] = seen[i] > 0 ? sums[i] / seen[i] : std::numeric_limits<double>::quiet_NaN();
        m_nodes.setLastHour(id, sums);
    }
}

}  // namespace maxiofs::models
