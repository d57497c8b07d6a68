// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/settings.h"
#include "models/live_replication.h"

#include <QFrame>

class QHBoxLayout;
class QStackedWidget;

namespace maxiofs::charts {
class LagChart;
}
namespace maxiofs::widgets {
class Badge;
class DataTable;
class EmptyState;
class MessageBar;
class TextLabel;
}  // namespace maxiofs::widgets

namespace maxiofs::pages {

class RuleFacts;

// All that is known of one rule: its state and pace in words, what it has not sent yet with the errors of
// that, its lag over the last hour, its options and rates.
class ReplicationDetails : public QFrame {
    Q_OBJECT
public:
    ReplicationDetails(models::LiveReplication &replication, core::Settings &settings,
                       QWidget *parent = nullptr);

    /// Shows the rule that is watched; nothing where there is none.
    void present();
    [[nodiscard]] widgets::DataTable *queue() const { return m_queue; }

Q_SIGNALS:
    /// What failed shall be tried again.
    void retryRequested();

protected:
    void resizeEvent(QResizeEvent *event) override;

private:
    QWidget *buildHeader();
    QWidget *buildQueue();
    QWidget *buildSide();
    void showQueue();
    void showError();

    models::LiveReplication &m_replication;
    widgets::TextLabel *m_bucket;
    widgets::TextLabel *m_route;
    widgets::Badge *m_chip;
    widgets::TextLabel *m_pace;
    widgets::TextLabel *m_counts;
    widgets::DataTable *m_queue;
    widgets::EmptyState *m_empty;
    QStackedWidget *m_stack;
    widgets::MessageBar *m_error;
    QFrame *m_side;
    widgets::TextLabel *m_collected;
    charts::LagChart *m_chart;
    RuleFacts *m_facts;
};

}  // namespace maxiofs::pages
