// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/live_conflicts.h"

#include <QDateTime>

#include <algorithm>

namespace maxiofs::models {

using namespace std::chrono_literals;
using core::Problem;

namespace {

// Events come in bursts: one fetch for all of a moment's.
constexpr auto kSoon = 150ms;

}  // namespace

LiveConflicts::LiveConflicts(LiveCluster &cluster, QObject *parent) : QObject(parent), m_cluster(cluster)
{
    m_poll.setSingleShot(true);
    m_soon.setSingleShot(true);
    m_soon.setInterval(kSoon);
    connect(&m_poll, &QTimer::timeout, this, &LiveConflicts::refresh);
    connect(&m_soon, &QTimer::timeout, this, &LiveConflicts::refresh);
    connect(&cluster.connection(), &api::Connection::stateChanged, this, &LiveConflicts::onStateChanged);
    connect(&cluster.connection().events(), &api::EventStream::received, this,
            [this](const protocol::Event &event) {
                if (event.type == "alert" && !m_soon.isActive())
                    m_soon.start();
            });
    connect(&cluster.connection().events(), &api::EventStream::reset, this, &LiveConflicts::refresh);
    onStateChanged();
}

void LiveConflicts::onStateChanged()
{
    const bool connected = m_cluster.connection().isConnected();
    if (connected == m_wasConnected)
        return;
    m_wasConnected = connected;
    ++m_session;
    m_underWay = false;
    m_again = false;
    m_pause = kPoll;
    if (connected) {
        refresh();
        return;
    }
    m_poll.stop();
    m_soon.stop();
    m_problem.reset();
    m_conflicts.setStale(true);
    Q_EMIT conflictsChanged();
}

void LiveConflicts::refresh()
{
    if (!m_cluster.connection().isConnected())
        return;
    if (m_underWay) {
        m_again = true;
        return;
    }
    m_underWay = true;
    m_collected.clear();
    m_collectedMissing.clear();
    fetchAfter({});
}

void LiveConflicts::fetchAfter(const std::string &after)
{
    auto *job = m_cluster.connection().client().conflicts(after);
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
        m_cut = !page->next.empty() && m_collected.size() >= kMost;
        if (!page->next.empty() && !m_cut)
            fetchAfter(page->next);
        else
            take();
    });
}

void LiveConflicts::take()
{
    m_underWay = false;
    m_problem.reset();
    m_updatedMs = QDateTime::currentMSecsSinceEpoch();
    m_missing = m_collectedMissing;
    m_conflicts.setStale(false);
    m_conflicts.setConflicts(m_collected);
    m_pause = kPoll;
    m_poll.start(m_pause);
    Q_EMIT conflictsChanged();
    if (std::exchange(m_again, false))
        refresh();
}

void LiveConflicts::fail(const Problem &problem)
{
    m_underWay = false;
    m_again = false;
    m_pause = std::min(m_pause * 2, kLongestPoll);
    m_poll.start(m_pause);
    if (problem.isOfConnection())
        return;
    m_problem = problem;
    Q_EMIT conflictsChanged();
}

}  // namespace maxiofs::models
