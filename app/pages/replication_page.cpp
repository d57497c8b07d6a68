// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/replication_page.h"

#include "core/format.h"
#include "core/item_roles.h"
#include "pages/conflicts_view.h"
#include "pages/connection_message.h"
#include "pages/failover_actions.h"
#include "pages/file_export.h"
#include "pages/replication_actions.h"
#include "pages/replication_details.h"
#include "pages/replication_table.h"
#include "pages/replication_tools.h"
#include "theme/typography.h"
#include "widgets/data_age.h"
#include "widgets/data_table.h"
#include "widgets/empty_state.h"
#include "widgets/icon_button.h"
#include "widgets/message_bar.h"
#include "widgets/page_header.h"
#include "widgets/segmented_control.h"
#include "widgets/text_label.h"

#include <QDateTime>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QShortcut>
#include <QSplitter>
#include <QStackedWidget>
#include <QVBoxLayout>

#include <algorithm>

namespace maxiofs::pages {

using namespace Qt::StringLiterals;
using core::Format;
using models::LiveReplication;
using models::ReplicationModel;
using theme::Status;
using theme::Typography;

namespace {

constexpr std::chrono::seconds kSaidFor{8};
constexpr std::int64_t kTellWaitingAfterMs = 10'000;

}  // namespace

ReplicationPage::ReplicationPage(LiveReplication &replication, models::LiveConflicts &conflicts,
                                 ReplicationActions &actions, FailoverActions &failover,
                                 core::Settings &settings, QWidget *parent)
    : QWidget(parent),
      m_replication(replication),
      m_conflicts(conflicts),
      m_actions(actions),
      m_settings(settings),
      m_header(new widgets::PageHeader(tr("Replication"))),
      m_views(new widgets::SegmentedControl({tr("Rules"), tr("Conflicts")}, tr("What is shown"))),
      m_refresh(new widgets::IconButton(u"refresh-cw"_s, tr("Fetch everything anew"), u"F5"_s)),
      m_message(new widgets::MessageBar),
      m_tools(new ReplicationTools(actions, failover)),
      m_table(new widgets::DataTable(u"rulesTable"_s, tr("Replication rules"))),
      m_empty(new widgets::EmptyState(u"repeat-2"_s)),
      m_stack(new QStackedWidget),
      m_footer(new widgets::TextLabel(Typography::Role::Caption, widgets::TextLabel::Tone::Muted)),
      m_details(new ReplicationDetails(replication, settings)),
      m_conflictsView(new ConflictsView(conflicts, failover, settings)),
      m_both(new QStackedWidget)
{
    setObjectName(u"replicationPage"_s);
    m_refresh->setObjectName(u"replicationRefresh"_s);
    m_views->setObjectName(u"replicationViews"_s);
    m_header->addControl(m_views);
    m_header->addControl(m_refresh);
    m_both->addWidget(buildRules());
    m_both->addWidget(m_conflictsView);
    auto *all = new QVBoxLayout(this);
    all->setContentsMargins(0, 0, 0, 0);
    all->setSpacing(0);
    all->addWidget(m_header);
    all->addWidget(m_message);
    all->addWidget(m_both, 1);

    connectTable();
    connectKeys();
    connectOutcomes();
    follow(actions);
    follow(failover);
    connect(m_refresh, &QToolButton::clicked, this, &ReplicationPage::refresh);
    connect(m_views, &widgets::SegmentedControl::chosen, this, [this](int view) {
        m_both->setCurrentIndex(view);
        showConflicts();
    });
    connect(&conflicts, &models::LiveConflicts::conflictsChanged, this, [this] {
        showConnection();
        showConflicts();
    });
    connect(&replication, &LiveReplication::rulesChanged, this, [this] {
        showConnection();
        showRules();
    });
    models::LiveCluster &cluster = replication.cluster();
    connect(&cluster, &models::LiveCluster::configChanged, this, &ReplicationPage::showConflicts);
    connect(&cluster, &models::LiveCluster::healthChanged, this, &ReplicationPage::showRules);
    connect(&cluster, &models::LiveCluster::problemChanged, this, &ReplicationPage::showConnection);
    connect(&cluster.connection(), &api::Connection::stateChanged, this, &ReplicationPage::showConnection);
    connect(&cluster.connection(), &api::Connection::countdownChanged, this,
            &ReplicationPage::showConnection);
    connect(m_message, &widgets::MessageBar::actionTriggered, this, [this] {
        m_refused.reset();
        refresh();
        if (!ConnectionMessage::goOn(m_replication.cluster()))
            Q_EMIT decisionRequested();
        showConnection();
    });
    m_tick.setInterval(1000);
    connect(&m_tick, &QTimer::timeout, this, [this] {
        if (!isVisible())
            return;
        m_replication.queue().refreshAges();
        m_details->present();
        showEmpty();
    });
    m_tick.start();
    showConnection();
    showConflicts();
}

QWidget *ReplicationPage::buildRules()
{
    auto *rules = new QWidget;
    auto *column = new QVBoxLayout(rules);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    auto *split = new QSplitter(Qt::Vertical);
    split->setObjectName(u"replicationSplit"_s);
    split->setChildrenCollapsible(false);
    split->addWidget(buildTable());
    split->addWidget(m_details);
    split->setStretchFactor(0, 6);
    split->setStretchFactor(1, 5);
    split->setSizes({600, 500});
    column->addWidget(m_tools);
    column->addWidget(split, 1);
    return rules;
}

// What was done stands in the footer for a while.
void ReplicationPage::connectOutcomes()
{
    m_saidEnds.setSingleShot(true);
    connect(&m_saidEnds, &QTimer::timeout, this, [this] {
        m_said.clear();
        m_conflictsView->say({});
        showFooter();
    });
}

template <typename Actions>
void ReplicationPage::follow(Actions &actions)
{
    connect(&actions, &Actions::failed, this, [this](const core::Problem &problem) {
        m_refused = problem;
        showConnection();
    });
    connect(&actions, &Actions::done, this, [this](const QString &words) {
        m_refused.reset();
        m_said = words;
        m_conflictsView->say(words);
        m_saidEnds.start(kSaidFor);
        showConnection();
        showFooter();
    });
}

void ReplicationPage::refresh()
{
    m_replication.refresh();
    m_conflicts.refresh();
}

QWidget *ReplicationPage::buildTable()
{
    auto *area = new QFrame;
    area->setObjectName(u"detailsMain"_s);
    auto *column = new QVBoxLayout(area);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    makeRulesTable(*m_table);
    m_kinds.setSourceModel(&m_replication.rules());
    m_table->setSource(&m_kinds);
    m_table->setColumns({150, 146, 132, 62, 74, 76, 84, 84, 108, 92, 200}, ReplicationModel::LastError, 150,
                        {ReplicationModel::Metadata, ReplicationModel::Deletes, ReplicationModel::LastSync,
                         ReplicationModel::Bytes, ReplicationModel::Mode, ReplicationModel::LastError});
    m_table->sortByColumn(ReplicationModel::Status, Qt::AscendingOrder);
    m_table->restoreLayout(m_settings.layoutOf(m_table->objectName()));
    m_stack->addWidget(m_table);
    m_stack->addWidget(m_empty);
    column->addWidget(m_stack, 1);
    auto *footer = new QFrame;
    footer->setObjectName(u"tableFooter"_s);
    footer->setFixedHeight(Typography::scaled(28));
    auto *row = new QHBoxLayout(footer);
    row->setContentsMargins(12, 0, 12, 0);
    m_footer->setObjectName(u"rulesFooter"_s);
    m_footer->setElided(true);
    row->addWidget(m_footer, 1);
    column->addWidget(footer);
    return area;
}

void ReplicationPage::connectTable()
{
    connect(m_tools->filter(), &QLineEdit::textChanged, this, [this](const QString &text) {
        m_table->setFilter(text);
        showRules();
    });
    connect(m_tools->kinds(), &widgets::SegmentedControl::chosen, this, [this](int kind) {
        m_kinds.setKind(static_cast<models::RuleFilter::Kind>(kind));
        showRules();
    });
    connect(m_tools, &ReplicationTools::columnsRequested, m_table, &widgets::DataTable::showColumnsMenu);
    connect(m_tools, &ReplicationTools::exportRequested, this, &ReplicationPage::exportTable);
    connect(m_empty, &widgets::EmptyState::actionTriggered, this, [this] {
        if (m_replication.rules().rowCount() > 0) {
            m_tools->filter()->clear();
            m_tools->kinds()->setCurrent(0);
            m_kinds.setKind(models::RuleFilter::Kind::All);
            showRules();
        } else if (m_replication.problem()) {
            m_replication.refresh();
        } else {
            m_actions.create(this);
        }
    });
    connect(m_table, &widgets::DataTable::layoutChanged, this,
            [this] { m_settings.saveLayout(m_table->objectName(), m_table->layoutState()); });
    connect(m_table, &widgets::DataTable::selectionTextChanged, this, &ReplicationPage::choose);
    const auto edit = [this](const QModelIndex &index) {
        m_actions.edit(index.data(core::IdRole).toString(), this);
    };
    connect(m_table, &widgets::DataTable::opened, this, edit);
    connect(m_table, &widgets::DataTable::editRequested, this, edit);
    connect(m_table, &widgets::DataTable::removeRequested, this, [this](const QModelIndex &index) {
        m_actions.remove(index.data(core::IdRole).toString(), this);
    });
    connect(m_table, &widgets::DataTable::menuRequested, this,
            [this](const QModelIndex &, const QPoint &at) { m_tools->showMenu(at); });
    connect(m_details, &ReplicationDetails::retryRequested, this,
            [this] { m_actions.sync({m_replication.watched()}); });
    const auto chooseFirst = [this] {
        // The focus alone makes a row the current one and selects none.
        if (!m_table->selectionModel()->hasSelection() && m_table->proxy()->rowCount() > 0)
            m_table->selectRow(std::max(0, m_table->currentIndex().row()));
        choose();
    };
    connect(m_table->proxy(), &QAbstractItemModel::rowsInserted, this, chooseFirst, Qt::QueuedConnection);
    connect(m_table->proxy(), &QAbstractItemModel::rowsRemoved, this, chooseFirst, Qt::QueuedConnection);
}

void ReplicationPage::connectKeys()
{
    m_table->setSpaceActs(true);
    connect(m_table, &widgets::DataTable::spacePressed, this, [this] { m_actions.toggle(selectedIds()); });
    auto *sync = new QShortcut(QKeySequence(u"Ctrl+Shift+Y"_s), this);
    sync->setContext(Qt::WidgetWithChildrenShortcut);
    connect(sync, &QShortcut::activated, this, [this] { m_actions.sync(selectedIds()); });
}

QString ReplicationPage::currentId() const
{
    const QModelIndex current = m_table->currentIndex();
    return current.isValid() ? current.data(core::IdRole).toString() : QString();
}

QStringList ReplicationPage::selectedIds() const
{
    QStringList ids;
    for (const QModelIndex &index : m_table->selectionModel()->selectedRows())
        ids << index.data(core::IdRole).toString();
    return ids;
}

void ReplicationPage::choose()
{
    m_replication.watch(currentId());
    showRules();
}

void ReplicationPage::showConnection()
{
    const bool connected = m_replication.cluster().connection().isConnected();
    const auto &own = m_both->currentIndex() == 0 ? m_replication.problem() : m_conflicts.problem();
    const auto &problem = m_refused ? m_refused : own;
    if (connected && problem) {
        m_message->setAction(tr("Retry now"));
        m_message->setCountdown(std::nullopt);
        m_message->showProblem(*problem, m_refused ? Status::Bad : Status::Warn);
    } else {
        ConnectionMessage::show(m_replication.cluster(), *m_message);
    }
    m_refresh->setEnabled(connected);
    m_tools->present(selectedIds());
}

void ReplicationPage::showRules()
{
    const bool rules = m_both->currentIndex() == 0;
    m_header->dataAge()->setInterval(rules ? LiveReplication::kPoll : models::LiveConflicts::kPoll);
    m_header->dataAge()->setTime(rules ? m_replication.updatedMs() : m_conflicts.updatedMs());
    m_tools->present(selectedIds());
    m_tools->showCounts(m_replication.rules());
    showHeader();
    showFooter();
    showEmpty();
    m_details->present();
}

void ReplicationPage::showConflicts()
{
    const int count = m_conflicts.conflicts().rowCount();
    m_views->setWords(
        {tr("Rules"), count > 0 ? tr("Conflicts %1").arg(Format::count(count)) : tr("Conflicts")});
    m_conflictsView->present();
    showConnection();
    showRules();
}

void ReplicationPage::showHeader()
{
    m_header->setSecondStatus(Status::None, {});
    if (m_both->currentIndex() == 1) {
        const int open = m_conflicts.conflicts().rowCount();
        if (!m_conflicts.cluster().connection().isConnected())
            m_header->setStatus(Status::Unknown, tr("Last known state"));
        else
            m_header->setStatus(open > 0 ? Status::Warn : Status::None,
                                open > 0 ? tr("%n to decide", nullptr, open) : QString());
        m_header->setCaption(
            tr("changes made apart: the later one stands, the other is kept until it is decided"));
        return;
    }
    const ReplicationModel &rules = m_replication.rules();
    if (!m_replication.hasRules()) {
        m_header->setStatus(Status::None, {});
        m_header->setCaption({});
        return;
    }
    const int failing = rules.countOf(Status::Bad);
    const int behind = rules.countOf(Status::Warn);
    std::int64_t objects = 0;
    std::int64_t bytes = 0;
    for (const models::RuleRow &row : rules.rows()) {
        objects += row.rule.state.lagObjects;
        bytes += row.rule.state.lagBytes;
    }
    if (!m_replication.cluster().connection().isConnected()) {
        m_header->setStatus(Status::Unknown, tr("Last known state"));
    } else if (failing > 0) {
        m_header->setStatus(Status::Bad, tr("%n failing", nullptr, failing));
        if (behind > 0)
            m_header->setSecondStatus(Status::Warn, tr("%n behind", nullptr, behind));
    } else if (behind > 0) {
        m_header->setStatus(Status::Warn, tr("%n behind", nullptr, behind));
    } else if (rules.rowCount() > 0 && rules.countOf(Status::Ok) == rules.rowCount()) {
        m_header->setStatus(Status::Ok, tr("All in sync"));
    } else {
        m_header->setStatus(Status::None, {});
    }
    QStringList words{tr("%n rules", nullptr, rules.rowCount())};
    if (rules.rowCount() > 0)
        words << tr("%1 in sync").arg(Format::count(rules.countOf(Status::Ok)));
    if (objects > 0)
        words << tr("lag in all %1 objects, %2").arg(Format::count(objects), Format::bytes(bytes));
    if (!m_replication.missing().isEmpty())
        words << tr("%1 did not answer").arg(m_replication.missing().join(u", "_s));
    m_header->setCaption(words.join(u" · "_s));
}

void ReplicationPage::showFooter()
{
    const int all = m_replication.rules().rowCount();
    const int shown = m_table->proxy()->rowCount();
    const auto selected = static_cast<int>(m_table->selectionModel()->selectedRows().size());
    QStringList words;
    if (!m_said.isEmpty())
        words << m_said;
    if (selected > 0)
        words << tr("%1 of %2 selected").arg(Format::count(selected), Format::count(all));
    if (shown < all)
        words << tr("%1 of %2 shown").arg(Format::count(shown), Format::count(all));
    if (m_replication.isCut())
        words << tr("only the first %1 rules are listed").arg(Format::count(all));
    m_footer->setFullText(words.join(u" · "_s));
}

void ReplicationPage::showEmpty()
{
    const int shown = m_table->proxy()->rowCount();
    m_stack->setCurrentIndex(shown > 0 ? 0 : 1);
    if (shown > 0)
        return;
    const QString refusal = m_actions.refusal();
    if (m_replication.rules().rowCount() > 0) {
        m_empty->setText(m_tools->filter()->text().isEmpty()
                             ? tr("No such rule")
                             : tr("No rule matches “%1”").arg(m_tools->filter()->text()),
                         tr("The filter looks in all columns, and only at the kind of rules chosen."));
        m_empty->setAction(tr("Show all rules"));
    } else if (m_replication.hasRules()) {
        const QString purpose = tr("A rule keeps a copy of a bucket on another node.");
        m_empty->setText(tr("No replication rules yet"),
                         refusal.isEmpty() ? purpose : u"%1 %2"_s.arg(purpose, refusal));
        m_empty->setAction(refusal.isEmpty() ? tr("New rule…") : QString());
    } else if (const auto &problem = m_replication.problem()) {
        m_empty->setText(tr("The rules are not known"), problem->summary);
        m_empty->setAction(tr("Retry"));
    } else {
        const std::int64_t waited =
            m_replication.askedMs() > 0 ? QDateTime::currentMSecsSinceEpoch() - m_replication.askedMs() : 0;
        m_empty->setText(
            tr("Nothing known yet"),
            waited > kTellWaitingAfterMs
                ? tr("Still waiting for %1, %2.")
                      .arg(m_replication.cluster().connection().place(), Format::duration(waited))
                : tr("The rules are listed as soon as the cluster has answered."));
        m_empty->setAction({});
    }
}

void ReplicationPage::exportTable()
{
    saveToFile(this, tr("Save the table"), u"replication.csv"_s, {tr("CSV (*.csv)")},
               [this](const QString &) { return m_table->csv().toUtf8(); });
}

}  // namespace maxiofs::pages
