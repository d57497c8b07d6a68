// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/settings.h"
#include "models/live_conflicts.h"
#include "wizards/settle_conflicts_dialog.h"

#include <QWidget>

class QHBoxLayout;
class QLineEdit;
class QStackedWidget;

namespace maxiofs::widgets {
class DataTable;
class EmptyState;
class PushButton;
class TextLabel;
}  // namespace maxiofs::widgets

namespace maxiofs::pages {

class FailoverActions;

// The changes that lost against others when nodes that were apart met again, and what becomes of them.
class ConflictsView : public QWidget {
    Q_OBJECT
public:
    ConflictsView(models::LiveConflicts &conflicts, FailoverActions &actions, core::Settings &settings,
                  QWidget *parent = nullptr);

    [[nodiscard]] widgets::DataTable *table() const { return m_table; }
    /// What was done last, in words; empty: nothing lately.
    void say(const QString &words);
    void present();

private:
    QWidget *buildTools();
    QWidget *buildTable();
    widgets::PushButton *addTool(QHBoxLayout &row, const QString &name, const QString &icon,
                                 const QString &text, wizards::SettleConflictsDialog::What what);
    void settle(wizards::SettleConflictsDialog::What what);
    void showMenu(const QPoint &at);
    void showEmpty();
    void exportTable();
    [[nodiscard]] QStringList selectedIds() const;

    models::LiveConflicts &m_conflicts;
    FailoverActions &m_actions;
    core::Settings &m_settings;
    widgets::PushButton *m_restore = nullptr;
    widgets::PushButton *m_discard = nullptr;
    QLineEdit *m_filter;
    widgets::DataTable *m_table;
    widgets::EmptyState *m_empty;
    QStackedWidget *m_stack;
    widgets::TextLabel *m_footer;
    QString m_said;
};

}  // namespace maxiofs::pages
