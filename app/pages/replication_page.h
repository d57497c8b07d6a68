// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/settings.h"
#include "models/live_conflicts.h"
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
class SegmentedControl;
class TextLabel;
}  // namespace maxiofs::widgets

namespace maxiofs::pages {

class ConflictsView;
class FailoverActions;
class ReplicationActions;
class ReplicationDetails;
class ReplicationTools;

// The replication rules of a cluster with their state and lag, what can be done with them, and below all that
// is known of the selected one. Another view of it has the conflicts.
class ReplicationPage : public QWidget {
    Q_OBJECT
public:
    ReplicationPage(models::LiveReplication &replication, models::LiveConflicts &conflicts,
                    ReplicationActions &actions, FailoverActions &failover, core::Settings &settings,
                    QWidget *parent = nullptr);

    [[nodiscard]] widgets::DataTable *table() const { return m_table; }

Q_SIGNALS:
    void decisionRequested();

private:
    QWidget *buildRules();
    QWidget *buildTable();
    void connectOutcomes();
    template <typename Actions>
    void follow(Actions &actions);
    void refresh();
    void connectTable();
    void connectKeys();
    void choose();
    void showRules();
    void showConflicts();
    void showHeader();
    void showFooter();
    void showEmpty();
    void showConnection();
    void exportTable();
    [[nodiscard]] QString currentId() const;
    [[nodiscard]] QStringList selectedIds() const;

    models::LiveReplication &m_replication;
    models::LiveConflicts &m_conflicts;
    ReplicationActions &m_actions;
    core::Settings &m_settings;
    models::RuleFilter m_kinds;
    widgets::PageHeader *m_header;
    widgets::SegmentedControl *m_views;
    widgets::IconButton *m_refresh;
    widgets::MessageBar *m_message;
    ReplicationTools *m_tools;
    widgets::DataTable *m_table;
    widgets::EmptyState *m_empty;
    QStackedWidget *m_stack;
    widgets::TextLabel *m_footer;
    ReplicationDetails *m_details;
    ConflictsView *m_conflictsView;
    QStackedWidget *m_both;
    std::optional<core::Problem> m_refused;  // what rules that were told something answered
    QString m_said;                          // what was done last
    QTimer m_saidEnds;
    QTimer m_tick;
};

}  // namespace maxiofs::pages
