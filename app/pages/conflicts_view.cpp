// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/conflicts_view.h"

#include "core/format.h"
#include "core/item_roles.h"
#include "pages/failover_actions.h"
#include "pages/file_export.h"
#include "pages/filter_field.h"
#include "theme/typography.h"
#include "widgets/data_table.h"
#include "widgets/empty_state.h"
#include "widgets/icon_button.h"
#include "widgets/push_button.h"
#include "widgets/row_delegate.h"
#include "widgets/text_label.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QMenu>
#include <QStackedWidget>
#include <QVBoxLayout>

namespace maxiofs::pages {

using namespace Qt::StringLiterals;
using core::Format;
using models::ConflictsModel;
using theme::Typography;
using What = wizards::SettleConflictsDialog::What;

ConflictsView::ConflictsView(models::LiveConflicts &conflicts, FailoverActions &actions,
                             core::Settings &settings, QWidget *parent)
    : QWidget(parent),
      m_conflicts(conflicts),
      m_actions(actions),
      m_settings(settings),
      m_filter(makeFilterField(tr("Filter conflicts"))),
      m_table(new widgets::DataTable(u"conflictsTable"_s, tr("Conflicts"))),
      m_empty(new widgets::EmptyState(u"shuffle"_s)),
      m_stack(new QStackedWidget),
      m_footer(new widgets::TextLabel(Typography::Role::Caption, widgets::TextLabel::Tone::Muted))
{
    setObjectName(u"conflictsView"_s);
    auto *all = new QVBoxLayout(this);
    all->setContentsMargins(0, 0, 0, 0);
    all->setSpacing(0);
    all->addWidget(buildTools());
    all->addWidget(buildTable(), 1);
    connect(m_filter, &QLineEdit::textChanged, this, [this](const QString &text) {
        m_table->setFilter(text);
        present();
    });
    connect(m_empty, &widgets::EmptyState::actionTriggered, this, [this] {
        if (m_conflicts.conflicts().rowCount() > 0)
            m_filter->clear();
        else
            m_conflicts.refresh();
    });
    connect(m_table, &widgets::DataTable::layoutChanged, this,
            [this] { m_settings.saveLayout(m_table->objectName(), m_table->layoutState()); });
    connect(m_table, &widgets::DataTable::selectionTextChanged, this, &ConflictsView::present);
    connect(m_table, &widgets::DataTable::opened, this, [this] { settle(What::Restore); });
    connect(m_table, &widgets::DataTable::removeRequested, this, [this] { settle(What::Discard); });
    connect(m_table, &widgets::DataTable::menuRequested, this,
            [this](const QModelIndex &, const QPoint &at) { showMenu(at); });
    present();
}

widgets::PushButton *ConflictsView::addTool(QHBoxLayout &row, const QString &name, const QString &icon,
                                            const QString &text, What what)
{
    auto *tool = new widgets::PushButton(text, widgets::PushButton::Kind::Tool);
    tool->setObjectName(name);
    tool->setThemeIcon(icon);
    connect(tool, &QPushButton::clicked, this, [this, what] { settle(what); });
    row.addWidget(tool);
    return tool;
}

QWidget *ConflictsView::buildTools()
{
    auto *tools = new QFrame;
    tools->setObjectName(u"pageTools"_s);
    tools->setFixedHeight(Typography::scaled(40));
    auto *row = new QHBoxLayout(tools);
    row->setContentsMargins(12, 0, 12, 0);
    row->setSpacing(2);
    m_restore = addTool(*row, u"restoreConflicts"_s, u"rotate-ccw"_s, tr("Restore…"), What::Restore);
    m_discard = addTool(*row, u"discardConflicts"_s, u"trash-2"_s, tr("Discard…"), What::Discard);
    row->addStretch();
    m_filter->setObjectName(u"conflictsFilter"_s);
    m_filter->setFixedWidth(Typography::scaled(180));
    row->addWidget(m_filter);
    row->addSpacing(6);
    auto *columns = new widgets::IconButton(u"columns-3"_s, tr("Columns of the table"));
    columns->setObjectName(u"conflictsColumns"_s);
    connect(columns, &QToolButton::clicked, this, [this, columns] {
        m_table->showColumnsMenu(columns->mapToGlobal(QPoint(0, columns->height())));
    });
    auto *download = new widgets::IconButton(u"download"_s, tr("Save the table as CSV"), u"Ctrl+E"_s);
    download->setObjectName(u"conflictsExport"_s);
    connect(download, &QToolButton::clicked, this, &ConflictsView::exportTable);
    row->addWidget(columns);
    row->addWidget(download);
    return tools;
}

QWidget *ConflictsView::buildTable()
{
    auto *area = new QFrame;
    area->setObjectName(u"detailsMain"_s);
    auto *column = new QVBoxLayout(area);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    auto *key = new widgets::RowDelegate(m_table);
    key->setRole(Typography::Role::Mono);
    key->setElide(Qt::ElideMiddle);
    auto *quiet = new widgets::RowDelegate(m_table);
    quiet->setToken(theme::Token::Text2);
    m_table->setItemDelegateForColumn(ConflictsModel::Object, key);
    for (const int each : {ConflictsModel::Node, ConflictsModel::Written, ConflictsModel::Lost,
                           ConflictsModel::Current, ConflictsModel::Version})
        m_table->setItemDelegateForColumn(each, quiet);
    m_table->setSource(&m_conflicts.conflicts());
    m_table->setColumns({280, 130, 90, 100, 84, 150, 240}, ConflictsModel::Object, 220,
                        {ConflictsModel::Version, ConflictsModel::Current, ConflictsModel::Lost});
    m_table->sortByColumn(ConflictsModel::Written, Qt::DescendingOrder);
    m_table->restoreLayout(m_settings.layoutOf(m_table->objectName()));
    m_stack->addWidget(m_table);
    m_stack->addWidget(m_empty);
    column->addWidget(m_stack, 1);
    auto *footer = new QFrame;
    footer->setObjectName(u"tableFooter"_s);
    footer->setFixedHeight(Typography::scaled(28));
    auto *row = new QHBoxLayout(footer);
    row->setContentsMargins(12, 0, 12, 0);
    m_footer->setObjectName(u"conflictsFooter"_s);
    m_footer->setElided(true);
    row->addWidget(m_footer, 1);
    column->addWidget(footer);
    return area;
}

QStringList ConflictsView::selectedIds() const
{
    QStringList ids;
    for (const QModelIndex &index : m_table->selectionModel()->selectedRows())
        ids << index.data(core::IdRole).toString();
    return ids;
}

void ConflictsView::settle(What what)
{
    m_actions.settle(what, selectedIds(), this);
}

void ConflictsView::say(const QString &words)
{
    m_said = words;
    present();
}

void ConflictsView::present()
{
    const QStringList selected = selectedIds();
    const QString why = m_actions.refusalToSettle(selected);
    m_restore->setEnabled(why.isEmpty());
    m_restore->setToolTip(why.isEmpty() ? tr("Make what lost what the object is  (Enter)") : why);
    m_discard->setEnabled(why.isEmpty());
    m_discard->setToolTip(why.isEmpty() ? tr("Remove what lost for good  (Del)") : why);
    const int all = m_conflicts.conflicts().rowCount();
    const int shown = m_table->proxy()->rowCount();
    QStringList words;
    if (!m_said.isEmpty())
        words << m_said;
    if (!selected.isEmpty())
        words << tr("%1 of %2 selected").arg(Format::count(selected.size()), Format::count(all));
    if (shown < all)
        words << tr("%1 of %2 shown").arg(Format::count(shown), Format::count(all));
    if (m_conflicts.isCut())
        words << tr("only the first %1 conflicts are listed").arg(Format::count(all));
    if (!m_conflicts.missing().isEmpty())
        words << tr("%1 did not answer").arg(m_conflicts.missing().join(u", "_s));
    m_footer->setFullText(words.join(u" · "_s));
    showEmpty();
}

void ConflictsView::showEmpty()
{
    m_stack->setCurrentIndex(m_table->proxy()->rowCount() > 0 ? 0 : 1);
    m_empty->setAction({});
    if (m_table->isFilteredToNothing()) {
        m_empty->setText(tr("No conflict matches “%1”").arg(m_filter->text()),
                         tr("The filter looks in all columns."));
        m_empty->setAction(tr("Clear filter"));
    } else if (m_conflicts.isKnown()) {
        m_empty->setText(tr("No conflicts"),
                         tr("Where two nodes changed one object without seeing each other, the later change "
                            "stands and the other is kept here."));
    } else if (const auto &problem = m_conflicts.problem()) {
        m_empty->setText(tr("The conflicts are not known"), problem->summary);
        m_empty->setAction(tr("Retry"));
    } else {
        m_empty->setText(tr("Nothing known yet"),
                         tr("The conflicts are listed as soon as the cluster has answered."));
    }
}

void ConflictsView::showMenu(const QPoint &at)
{
    const QStringList selected = selectedIds();
    const models::ConflictRow *row = m_conflicts.conflicts().find(selected.value(0));
    if (!row)
        return;
    auto *menu = new QMenu(this);
    menu->setObjectName(u"conflictMenu"_s);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->setToolTipsVisible(true);
    const QString why = m_actions.refusalToSettle(selected);
    for (const auto &[name, text, what] : {std::tuple(u"menuRestore"_s, tr("Restore…"), What::Restore),
                                           std::tuple(u"menuDiscard"_s, tr("Discard…"), What::Discard)}) {
        QAction *action = menu->addAction(text);
        action->setObjectName(name);
        action->setEnabled(why.isEmpty());
        action->setToolTip(why);
        connect(action, &QAction::triggered, this, [this, what] { settle(what); });
    }
    menu->addSeparator();
    QAction *copy = menu->addAction(tr("Copy the version ID"));
    copy->setObjectName(u"menuCopyVersion"_s);
    connect(copy, &QAction::triggered, this, [version = QString::fromStdString(row->conflict.versionId)] {
        QGuiApplication::clipboard()->setText(version);
    });
    menu->popup(at);
}

void ConflictsView::exportTable()
{
    saveToFile(this, tr("Save the table"), u"conflicts.csv"_s, {tr("CSV (*.csv)")},
               [this](const QString &) { return m_table->csv().toUtf8(); });
}

}  // namespace maxiofs::pages
