// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/settings.h"
#include "models/live_cluster.h"

#include <QWidget>

class QLineEdit;
class QStackedWidget;

namespace maxiofs::widgets {
class DataTable;
class EmptyState;
class MessageBar;
class PageHeader;
class TextLabel;
}  // namespace maxiofs::widgets

namespace maxiofs::pages {

class FailoverActions;

// The buckets of a cluster with their objects, size, owner and copies, and who may own them.
class BucketsPage : public QWidget {
    Q_OBJECT
public:
    BucketsPage(models::LiveCluster &cluster, FailoverActions &actions, core::Settings &settings,
                QWidget *parent = nullptr);

    [[nodiscard]] widgets::DataTable *table() const { return m_table; }

Q_SIGNALS:
    void decisionRequested();

private:
    void showBuckets();
    void showConnection();
    void exportTable();
    void showMenu(const QString &bucket, const QPoint &at);

    models::LiveCluster &m_cluster;
    FailoverActions &m_actions;
    core::Settings &m_settings;
    widgets::PageHeader *m_header;
    widgets::MessageBar *m_message;
    QLineEdit *m_filter;
    widgets::DataTable *m_table;
    widgets::EmptyState *m_empty;
    QStackedWidget *m_stack;
    widgets::TextLabel *m_footer;
};

}  // namespace maxiofs::pages
