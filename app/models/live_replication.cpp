// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/live_replication.h"

#include <QDateTime>

#include <algorithm>

namespace maxiofs::models {

using namespace std::chrono_literals;
using core::Problem;

namespace {

// Events come in bursts: one fetch for all of a moment's.
constexpr auto kSoon = 150ms;

std::int64_t nowMs()
{
    return QDateTime::currentMSecsSinceEpoch();
}

}  // namespace

LiveReplication::LiveReplication(LiveCluster &cluster, QObject *parent) : QObject(parent), m_cluster(cluster)
{
    m_poll.setSingleShot(true);
    m_soon.setSingleShot(true);
    m_soon.setInterval(kSoon);
    connect(&m_poll, &QTimer::timeout, this, [this] {
        fetchRules();
        fetchQueue();
    });
    connect(&m_soon, &QTimer::timeout, this, &LiveReplication::refresh);
    connect(&cluster.connection(), &api::Connection::stateChanged, this, &LiveReplication::onStateChanged);
    connect(&cluster.connection().events(), &api::EventStream::received, this,
            [this](const protocol::Event &event) {
                if (event.type == "replication" && !m_soon.isActive())
                    m_soon.start();
            });
    connect(&cluster.connection().events(), &api::EventStream::reset, this, &LiveReplication::refresh);
    connect(&cluster, &LiveCluster::healthChanged, this, [this] {
        QHash<QString, QString> names;
        for (const NodeRow &row : m_cluster.nodes().rows())
            names.insert(row.id(), QString::fromStdString(row.node.name));
        m_rules.setNodeNames(names);
    });
    onStateChanged();
}

void LiveReplication::onStateChanged()
{
    const bool connected = isConnected();
    if (connected == m_wasConnected)
        return;
    m_wasConnected = connected;
    ++m_session;
    m_rulesUnderWay = false;
    m_queueUnderWay = false;
    m_askedMs = 0;
    m_pause = kPoll;
    if (connected) {
        refresh();
        return;
    }
    m_poll.stop();
    m_soon.stop();
    m_problem.reset();
    m_queueProblem.reset();
    m_rules.setStale(true);
    m_queue.setStale(true);
    Q_EMIT rulesChanged();
    Q_EMIT queueChanged();
}

void LiveReplication::plan(std::chrono::milliseconds pause)
{
    m_pause = pause;
    m_poll.start(pause);
}

void LiveReplication::refresh()
{
    fetchRules();
    fetchQueue();
}

void LiveReplication::fetchRules()
{
    if (!isConnected() || m_rulesUnderWay)
        return;
    m_rulesUnderWay = true;
    m_askedMs = nowMs();
    m_collected.clear();
    m_collectedMissing.clear();
    fetchRulesAfter({});
}

void LiveReplication::fetchRulesAfter(const std::string &after)
{
    auto *job = m_cluster.connection().client().replicationRules(after);
    connect(job, &api::Request::finished, this, [this, job, session = m_session] {
        if (session != m_session)
            return;
        const auto page = job->result();
        if (!page) {
            fail(page.error());
            return;
        }
        m_collected.insert(m_collected.end(), page->items.begin(), page->items.end());
        for (const protocol::MissingNode &node : page->missing) {
            const QString name = QString::fromStdString(node.name);
            if (!m_collectedMissing.contains(name))
                m_collectedMissing << name;
        }
        m_cut = !page->next.empty() && m_collected.size() >= kMostRules;
        if (!page->next.empty() && !m_cut) {
            fetchRulesAfter(page->next);
            return;
        }
        takeRules();
    });
}

void LiveReplication::takeRules()
{
    m_rulesUnderWay = false;
    m_askedMs = 0;
    m_problem.reset();
    m_updatedMs = nowMs();
    m_missing = m_collectedMissing;
    m_history.add(m_collected, m_updatedMs);
    m_rules.setStale(false);
    m_rules.setRules(m_collected);
    m_rules.refreshAges();
    plan(kPoll);
    Q_EMIT rulesChanged();
}

void LiveReplication::fail(const Problem &problem)
{
    m_rulesUnderWay = false;
    m_askedMs = 0;
    plan(std::min(m_pause * 2, kLongestPoll));
    if (!problem.isOfConnection())
        m_problem = problem;
    Q_EMIT rulesChanged();
}

void LiveReplication::watch(const QString &rule)
{
    if (rule == m_watched)
        return;
    m_watched = rule;
    m_queueUnderWay = false;  // its answer is of another rule
    m_hasQueue = false;
    m_queueCut = false;
    m_queueProblem.reset();
    m_queue.setEntries({});
    Q_EMIT queueChanged();
    fetchQueue();
}

void LiveReplication::fetchQueue()
{
    if (!isConnected() || m_watched.isEmpty() || m_queueUnderWay)
        return;
    m_queueUnderWay = true;
    auto *job = m_cluster.connection().client().replicationQueue(m_watched, kQueueShown);
    connect(job, &api::Request::finished, this, [this, job, session = m_session, rule = m_watched] {
        if (session != m_session || rule != m_watched)
            return;
        m_queueUnderWay = false;
        if (const auto page = job->result()) {
            m_queueProblem.reset();
            m_hasQueue = true;
            m_queueCut = !page->next.empty();
            m_queue.setStale(false);
            m_queue.setEntries(page->items);
        } else if (!page.error().isOfConnection()) {
            m_queueProblem = page.error();
            m_queue.setStale(true);
        }
        Q_EMIT queueChanged();
    });
}

}  // namespace maxiofs::models
