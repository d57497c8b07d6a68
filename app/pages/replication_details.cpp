// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/replication_details.h"

#include "charts/lag_chart.h"
#include "core/format.h"
#include "core/item_roles.h"
#include "models/replication_words.h"
#include "pages/replication_table.h"
#include "pages/rule_facts.h"
#include "theme/typography.h"
#include "widgets/badge.h"
#include "widgets/data_table.h"
#include "widgets/empty_state.h"
#include "widgets/message_bar.h"
#include "widgets/text_label.h"

#include <QDateTime>
#include <QHBoxLayout>
#include <QResizeEvent>
#include <QStackedWidget>
#include <QVBoxLayout>

namespace maxiofs::pages {

using namespace Qt::StringLiterals;
using core::Format;
using models::LiveReplication;
using models::QueueModel;
using models::ReplicationWords;
using theme::Typography;
using widgets::TextLabel;

namespace {

constexpr int kSideWidth = 484;
constexpr int kSideFrom = 1000;  // narrower, the side has the smaller half
constexpr int kNarrowSide = 380;
constexpr int kHeaderHeight = 36;
// A sample that comes this late is one that was missed before.
constexpr std::int64_t kGapMs = 4 * LiveReplication::kPoll.count();

}  // namespace

ReplicationDetails::ReplicationDetails(LiveReplication &replication, core::Settings &settings,
                                       QWidget *parent)
    : QFrame(parent),
      m_replication(replication),
      m_bucket(new TextLabel(Typography::Role::PanelTitle)),
      m_route(new TextLabel(Typography::Role::Cell, TextLabel::Tone::Secondary)),
      m_chip(new widgets::Badge(widgets::Badge::Kind::Chip)),
      m_pace(new TextLabel(Typography::Role::Cell, TextLabel::Tone::Muted)),
      m_counts(new TextLabel(Typography::Role::Cell, TextLabel::Tone::Muted)),
      m_queue(new widgets::DataTable(u"queueTable"_s, tr("Queue of the rule"))),
      m_empty(new widgets::EmptyState(u"check"_s)),
      m_stack(new QStackedWidget),
      m_error(new widgets::MessageBar),
      m_side(new QFrame),
      m_collected(new TextLabel(Typography::Role::Cell, TextLabel::Tone::Muted)),
      m_chart(new charts::LagChart(tr("Objects not there yet, over the last hour"))),
      m_facts(new RuleFacts)
{
    setObjectName(u"ruleDetails"_s);
    setAccessibleName(tr("The selected rule"));
    auto *halves = new QHBoxLayout;
    halves->setContentsMargins(0, 0, 0, 0);
    halves->setSpacing(0);
    halves->addWidget(buildQueue(), 1);
    halves->addWidget(buildSide());
    auto *all = new QVBoxLayout(this);
    all->setContentsMargins(0, 0, 0, 0);
    all->setSpacing(0);
    all->addWidget(buildHeader());
    all->addLayout(halves, 1);

    m_queue->restoreLayout(settings.layoutOf(m_queue->objectName()));
    connect(m_queue, &widgets::DataTable::layoutChanged, this,
            [this, &settings] { settings.saveLayout(m_queue->objectName(), m_queue->layoutState()); });
    connect(m_queue, &widgets::DataTable::selectionTextChanged, this, &ReplicationDetails::showError);
    connect(m_error, &widgets::MessageBar::actionTriggered, this, &ReplicationDetails::retryRequested);
    connect(&replication, &LiveReplication::queueChanged, this, &ReplicationDetails::showQueue);
    present();
}

QWidget *ReplicationDetails::buildHeader()
{
    auto *header = new QFrame;
    header->setObjectName(u"detailsHeader"_s);
    header->setFixedHeight(Typography::scaled(kHeaderHeight));
    auto *row = new QHBoxLayout(header);
    row->setContentsMargins(12, 0, 12, 0);
    row->setSpacing(8);
    m_bucket->setObjectName(u"ruleTitle"_s);
    m_bucket->setElided(true);
    row->addWidget(m_bucket);
    m_route->setElided(true);
    m_route->setObjectName(u"ruleRoute"_s);
    row->addWidget(m_route);
    row->addWidget(m_chip);
    m_pace->setObjectName(u"rulePace"_s);
    m_pace->setElided(true);
    m_pace->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    row->addWidget(m_pace, 1);
    return header;
}

QWidget *ReplicationDetails::buildQueue()
{
    auto *main = new QFrame;
    main->setObjectName(u"detailsMain"_s);
    auto *column = new QVBoxLayout(main);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    auto *title = new QWidget;
    title->setFixedHeight(Typography::scaled(30));
    auto *row = new QHBoxLayout(title);
    row->setContentsMargins(12, 0, 12, 0);
    row->setSpacing(8);
    row->addWidget(new TextLabel(tr("Queue"), Typography::Role::CellStrong));
    m_counts->setObjectName(u"queueCounts"_s);
    m_counts->setElided(true);
    row->addWidget(m_counts, 1);
    column->addWidget(title);
    makeQueueTable(*m_queue);
    m_queue->setSource(&m_replication.queue());
    m_queue->setColumns({240, 70, 84, 56, 140, 240}, QueueModel::Object, 150,
                        {QueueModel::Error, QueueModel::Change, QueueModel::Tries});
    m_queue->sortByColumn(QueueModel::State, Qt::AscendingOrder);
    m_stack->addWidget(m_queue);
    m_stack->addWidget(m_empty);
    column->addWidget(m_stack, 1);
    m_error->setAction(tr("Retry now"));
    column->addWidget(m_error);
    return main;
}

QWidget *ReplicationDetails::buildSide()
{
    m_side->setObjectName(u"detailsSide"_s);
    m_side->setFixedWidth(Typography::scaled(kSideWidth));
    auto *column = new QVBoxLayout(m_side);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    auto *title = new QWidget;
    title->setFixedHeight(Typography::scaled(30));
    auto *row = new QHBoxLayout(title);
    row->setContentsMargins(12, 0, 12, 0);
    row->setSpacing(8);
    row->addWidget(new TextLabel(tr("Lag"), Typography::Role::CellStrong));
    m_collected->setObjectName(u"lagCollected"_s);
    m_collected->setElided(true);
    row->addWidget(m_collected, 1);
    column->addWidget(title);
    auto *frame = new QHBoxLayout;
    frame->setContentsMargins(12, 0, 12, 4);
    m_chart->setObjectName(u"lagChart"_s);
    frame->addWidget(m_chart);
    column->addLayout(frame, 1);
    column->addWidget(m_facts);
    return m_side;
}

void ReplicationDetails::resizeEvent(QResizeEvent *event)
{
    QFrame::resizeEvent(event);
    m_side->setFixedWidth(
        Typography::scaled(width() >= Typography::scaled(kSideFrom) ? kSideWidth : kNarrowSide));
}

void ReplicationDetails::present()
{
    const models::RuleRow *row = m_replication.rules().find(m_replication.watched());
    setVisible(row != nullptr);
    if (!row)
        return;
    const protocol::ReplicationRule &rule = row->rule;
    const std::int64_t now = QDateTime::currentMSecsSinceEpoch();
    m_bucket->setFullText(QString::fromStdString(rule.sourceBucket));
    m_route->setFullText(u"%1 → %2"_s.arg(row->source, row->target()));
    m_chip->setStatus(row->stale ? theme::Status::Unknown : ReplicationWords::statusOf(rule.state.status),
                      row->stale ? tr("Last known state") : ReplicationWords::chipOf(rule));
    const QString pace = ReplicationWords::pace(rule.state);
    m_pace->setFullText(pace.isEmpty() ? ReplicationWords::reasonOf(rule, now) : pace);
    m_facts->present(rule, now);
    QList<charts::LagChart::Sample> samples;
    for (const models::LagHistory::Sample &sample : m_replication.history().of(row->id()))
        samples.append({sample.atMs, sample.objects});
    m_chart->present(samples, now - models::LagHistory::kKeptMs, now, kGapMs);
    m_collected->setFullText(samples.isEmpty() ? tr("not known")
                                               : tr("%1 objects, %2 · collected for %3")
                                                     .arg(Format::count(rule.state.lagObjects),
                                                          Format::bytes(rule.state.lagBytes),
                                                          Format::duration(now - samples.first().atMs)));
    showQueue();
}

void ReplicationDetails::showQueue()
{
    const models::RuleRow *row = m_replication.rules().find(m_replication.watched());
    if (!row)
        return;
    const protocol::ReplicationState &state = row->rule.state;
    QStringList words;
    if (!ReplicationWords::isUnknown(row->rule)) {
        const std::int64_t waiting =
            std::max<std::int64_t>(0, state.lagObjects - state.objectsInFlight - state.objectsRetrying);
        words << tr("%1 waiting").arg(Format::count(waiting))
              << tr("%1 sending").arg(Format::count(state.objectsInFlight))
              << tr("%1 retrying").arg(Format::count(state.objectsRetrying));
    }
    const int shown = m_replication.queue().rowCount();
    if (m_replication.queueCut())
        words << tr("the first %1 are shown").arg(Format::count(shown));
    m_counts->setFullText(words.join(u" · "_s));
    const auto &problem = m_replication.queueProblem();
    if (problem)
        m_empty->setText(tr("The queue is not known"), problem->summary);
    else if (m_replication.hasQueue())
        m_empty->setText(tr("Nothing waits"), tr("All changes of the bucket have been sent."));
    else
        m_empty->setText(tr("Nothing known yet"),
                         tr("The queue is listed as soon as the bucket’s owner has answered."));
    m_stack->setCurrentIndex(shown > 0 ? 0 : 1);
    if (shown > 0 && !m_queue->currentIndex().isValid())
        m_queue->setCurrentIndex(m_queue->model()->index(0, 0));
    showError();
}

void ReplicationDetails::showError()
{
    const QModelIndex current = m_queue->currentIndex();
    const models::QueueRow *row =
        current.isValid() ? m_replication.queue().find(current.data(core::IdRole).toString()) : nullptr;
    const auto &problem = m_replication.queueProblem();
    if (problem) {
        m_error->showProblem(*problem, theme::Status::Warn);
        return;
    }
    if (!row || !row->entry.lastError) {
        m_error->solved();
        return;
    }
    core::Problem said;
    said.kind = core::Problem::Kind::ServerFault;
    const QString key = QString::fromStdString(row->entry.objectKey);
    said.summary = tr("%1: %2", "an object, its error")
                       .arg(key.section(u'/', -1), QString::fromStdString(*row->entry.lastError));
    said.detail =
        tr("%1\nVersion %2 of bucket %3, %4 tries")
            .arg(key, QString::fromStdString(row->entry.versionId),
                 QString::fromStdString(row->entry.sourceBucket), Format::count(row->entry.attempts));
    m_error->showProblem(said, QueueModel::statusOf(row->entry));
}

}  // namespace maxiofs::pages
