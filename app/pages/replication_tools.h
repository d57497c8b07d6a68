// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/live_replication.h"

#include <QFrame>

class QBoxLayout;
class QLineEdit;

namespace maxiofs::widgets {
class IconButton;
class PushButton;
class SegmentedControl;
}  // namespace maxiofs::widgets

namespace maxiofs::pages {

class FailoverActions;
class ReplicationActions;

// The tool bar of the replication page: what can be done with the selected rules, and which rules are shown.
// In a narrow window it has two rows. What cannot be done says why.
class ReplicationTools : public QFrame {
    Q_OBJECT
public:
    ReplicationTools(ReplicationActions &actions, FailoverActions &failover, QWidget *parent = nullptr);

    /// The rules that are selected.
    void present(const QStringList &rules);
    [[nodiscard]] const QStringList &rules() const { return m_rules; }
    /// What can be done with the selected rules and their buckets, as a menu at a point of the screen.
    void showMenu(const QPoint &at);
    void showCounts(const models::ReplicationModel &rules);
    [[nodiscard]] QLineEdit *filter() const { return m_filter; }
    [[nodiscard]] widgets::SegmentedControl *kinds() const { return m_kinds; }

Q_SIGNALS:
    void columnsRequested(const QPoint &below);
    void exportRequested();

protected:
    void resizeEvent(QResizeEvent *event) override;

private:
    widgets::PushButton *addTool(const QString &name, const QString &icon, const QString &text);
    void addIcons();
    /// Why the destination of the only selected rule cannot become the owner; empty: it can.
    [[nodiscard]] QString refusalToPromote() const;
    void promote();

    ReplicationActions &m_actions;
    FailoverActions &m_failover;
    QBoxLayout *m_rows;
    QBoxLayout *m_left;
    QBoxLayout *m_right;
    widgets::PushButton *m_new;
    widgets::PushButton *m_bulk;
    widgets::PushButton *m_sync;
    widgets::PushButton *m_pause;
    widgets::PushButton *m_resume;
    widgets::PushButton *m_verify;
    widgets::IconButton *m_promote;
    widgets::IconButton *m_edit;
    widgets::IconButton *m_remove;
    widgets::SegmentedControl *m_kinds;
    QLineEdit *m_filter;
    QStringList m_rules;
};

}  // namespace maxiofs::pages
