// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/settings.h"
#include "models/live_cluster.h"
#include "pages/overview_page.h"

#include <QObject>
#include <QTimer>

namespace maxiofs::pages {

// Feeds the overview of one cluster.
class OverviewController : public QObject {
    Q_OBJECT
public:
    OverviewController(models::LiveCluster &cluster, OverviewPage &page, NodeActions &actions,
                       core::Settings &settings, QObject *parent = nullptr);

Q_SIGNALS:
    /// The button on the page's message was pressed while a person's decision is needed.
    void decisionRequested();

private:
    void showHealth();
    void showHeader();
    void showConnection();
    void showCards();
    void showRates();
    void showLatency();
    void exportNodes();
    void exportChart();

    models::LiveCluster &m_cluster;
    OverviewPage &m_page;
    NodeActions &m_actions;
    core::Settings &m_settings;
    QTimer m_chartPause;  // at most one drawing in this time
    QTimer m_tick;
};

}  // namespace maxiofs::pages
