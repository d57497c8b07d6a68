// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/settings.h"
#include "models/live_cluster.h"
#include "pages/node_actions.h"

#include <QTimer>
#include <QWidget>

class QLineEdit;

namespace maxiofs::widgets {
class DataTable;
class EmptyState;
class MessageBar;
class PageHeader;
class Panel;
class PushButton;
class TextLabel;
}  // namespace maxiofs::widgets

namespace maxiofs::pages {

class NodeDetails;

// The nodes of a cluster with all that is known of each, and what can be done with them. A node alone is
// offered a cluster: one of its own or another's.
class NodesPage : public QWidget {
    Q_OBJECT
public:
    NodesPage(models::LiveCluster &cluster, NodeActions &actions, core::Settings &settings,
              QWidget *parent = nullptr);

    [[nodiscard]] widgets::DataTable *table() const { return m_table; }

Q_SIGNALS:
    void decisionRequested();

private:
    QWidget *buildTable();
    void connectTable();
    void showNodes();
    void showHeader();
    void showDetails();
    void showConnection();
    void exportTable();
    [[nodiscard]] QString currentId() const;

    models::LiveCluster &m_cluster;
    NodeActions &m_actions;
    core::Settings &m_settings;
    widgets::PageHeader *m_header;
    widgets::MessageBar *m_message;
    widgets::PushButton *m_check;
    widgets::PushButton *m_add;
    widgets::Panel *m_panel;
    QLineEdit *m_filter;
    widgets::DataTable *m_table;
    widgets::TextLabel *m_footer;
    NodeDetails *m_details;
    widgets::Panel *m_alone;
    widgets::EmptyState *m_offer;
    QTimer m_tick;
};

}  // namespace maxiofs::pages
