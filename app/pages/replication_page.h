// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/settings.h"
#include "models/live_replication.h"
#include "models/rule_filter.h"

#include <QTimer>
#include <QWidget>

class QSplitter;
class QStackedWidget;

namespace maxiofs::widgets {
class DataTable;
class EmptyState;
class IconButton;
class MessageBar;
class PageHeader;
class TextLabel;
}  // namespace maxiofs::widgets

namespace maxiofs::pages {

class ReplicationActions;
class ReplicationDetails;
class ReplicationTools;

// The replication rules of a cluster with their state and lag, what can be done with them, and below all that
// is known of the selected one.
class ReplicationPage : public QWidget {
    Q_OBJECT
public:
    ReplicationPage(models::LiveReplication &replication, ReplicationActions &actions,
                    core::Settings &settings, QWidget *parent = nullptr);

    [[nodiscard]] widgets::DataTable *table() const { return m_table; }

Q_SIGNALS:
    void decisionRequested();

private:
    QWidget *buildTable();
    void connectTable();
    void connectKeys();
    void choose();
    void showRules();
    void showHeader();
    void showFooter();
    void showEmpty();
    void showConnection();
    void exportTable();
    [[nodiscard]] QString currentId() const;
    [[nodiscard]] QStringList selectedIds() const;

    models::LiveReplication &m_replication;
    ReplicationActions &m_actions;
    core::Settings &m_settings;
    models::RuleFilter m_kinds;
    widgets::PageHeader *m_header;
    widgets::IconButton *m_refresh;
    widgets::MessageBar *m_message;
    ReplicationTools *m_tools;
    widgets::DataTable *m_table;
    widgets::EmptyState *m_empty;
    QStackedWidget *m_stack;
    widgets::TextLabel *m_footer;
    ReplicationDetails *m_details;
    std::optional<core::Problem> m_refused;  // what rules that were told something answered
    QString m_said;                          // what was done last
    QTimer m_saidEnds;
    QTimer m_tick;
};

}  // namespace maxiofs::pages
