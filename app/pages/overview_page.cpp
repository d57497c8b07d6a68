// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/overview_page.h"

#include "charts/latency_chart.h"
#include "charts/latency_legend.h"
#include "pages/filter_field.h"
#include "pages/node_table.h"
#include "theme/typography.h"
#include "widgets/attention_list.h"
#include "widgets/card.h"
#include "widgets/data_table.h"
#include "widgets/event_delegate.h"
#include "widgets/icon_button.h"
#include "widgets/message_bar.h"
#include "widgets/page_header.h"
#include "widgets/panel.h"
#include "widgets/push_button.h"
#include "widgets/segmented_control.h"
#include "widgets/text_label.h"

#include <QLineEdit>
#include <QListView>
#include <QResizeEvent>
#include <QScrollArea>
#include <QVBoxLayout>

#include <algorithm>

namespace maxiofs::pages {

using namespace Qt::StringLiterals;
using theme::Typography;

namespace {

constexpr int kNarrowWindow = 1280 - 232;  // the page in a window of 1280
constexpr int kLowerHeight = 236;
constexpr int kEventsWidth = 384;
constexpr int kLegendWidth = 214;
constexpr int kMostTableRows = 8;

}  // namespace

OverviewPage::OverviewPage(NodeActions &actions, QWidget *parent)
    : QWidget(parent),
      m_header(new widgets::PageHeader(tr("Overview"))),
      m_message(new widgets::MessageBar),
      m_check(new widgets::PushButton(tr("Check now"))),
      m_grow(new widgets::PushButton(tr("Add node…"), widgets::PushButton::Kind::Primary)),
      m_attention(new widgets::AttentionList),
      m_nodesCard(new widgets::Card(u"server"_s, tr("Nodes"))),
      m_bucketsCard(new widgets::Card(u"database"_s, tr("Buckets"))),
      m_capacityCard(new widgets::Card(u"hard-drive"_s, tr("Capacity"))),
      m_throughputCard(new widgets::Card(u"gauge"_s, tr("Throughput"))),
      m_nodesPanel(new widgets::Panel(tr("Nodes"))),
      m_nodes(new widgets::DataTable(u"nodesTable"_s, tr("Nodes"))),
      m_filter(makeFilterField(tr("Filter nodes"))),
      m_latencyPanel(new widgets::Panel(tr("Latency"))),
      m_ranges(
          new widgets::SegmentedControl({tr("5m"), tr("1h"), tr("24h"), tr("7d")}, tr("Range of the chart"))),
      m_chart(new charts::LatencyChart),
      m_legend(new charts::LatencyLegend),
      m_eventsPanel(new widgets::Panel(tr("Recent events"))),
      m_events(new QListView),
      m_lowerRow(new QBoxLayout(QBoxLayout::LeftToRight))
{
    setObjectName(u"overviewPage"_s);
    m_check->setObjectName(u"checkNow"_s);
    m_check->setThemeIcon(u"refresh-cw"_s);
    m_check->setKeyHint(u"F5"_s);
    m_header->addControl(m_check);
    m_grow->setObjectName(u"growCluster"_s);
    m_grow->setThemeIcon(u"plus"_s);
    m_header->addControl(m_grow);

    auto *inner = new QWidget;
    auto *column = new QVBoxLayout(inner);
    column->setContentsMargins(12, 12, 12, 12);
    column->setSpacing(8);
    column->addWidget(m_attention);
    auto *cards = new QHBoxLayout;
    cards->setSpacing(8);
    for (widgets::Card *card : {m_nodesCard, m_bucketsCard, m_capacityCard, m_throughputCard})
        cards->addWidget(card, 1);
    column->addLayout(cards);
    buildNodes(actions);
    column->addWidget(m_nodesPanel);
    buildLatency();
    m_lowerRow->setSpacing(8);
    m_lowerRow->addWidget(m_latencyPanel, 1);
    m_lowerRow->addWidget(m_eventsPanel);
    column->addLayout(m_lowerRow, 1);

    auto *scroll = new QScrollArea;
    scroll->setObjectName(u"overviewScroll"_s);
    scroll->setWidgetResizable(true);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setFocusPolicy(Qt::NoFocus);
    scroll->setWidget(inner);
    auto *all = new QVBoxLayout(this);
    all->setContentsMargins(0, 0, 0, 0);
    all->setSpacing(0);
    all->addWidget(m_header);
    all->addWidget(m_message);
    all->addWidget(scroll, 1);
}

void OverviewPage::buildNodes(NodeActions &actions)
{
    auto *columns = new widgets::IconButton(u"columns-3"_s, tr("Columns of the table"));
    columns->setObjectName(u"nodesColumns"_s);
    auto *download = new widgets::IconButton(u"download"_s, tr("Save the table as CSV"), u"Ctrl+E"_s);
    download->setObjectName(u"nodesExport"_s);
    m_filter->setObjectName(u"nodesFilter"_s);
    m_nodesPanel->addAction(m_filter);
    m_nodesPanel->addAction(columns);
    m_nodesPanel->addAction(download);
    connect(m_filter, &QLineEdit::textChanged, this, [this](const QString &text) {
        m_nodes->setFilter(text);
        fitTable();
    });
    connect(columns, &QToolButton::clicked, this, [this, columns] {
        m_nodes->showColumnsMenu(columns->mapToGlobal(QPoint(0, columns->height())));
    });
    connect(download, &QToolButton::clicked, this, &OverviewPage::exportNodesRequested);

    makeNodeTable(*m_nodes, actions);
    m_nodesPanel->body()->addWidget(m_nodes);
    m_nodesPanel->body()->addSpacing(4);
    m_nodesPanel->setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
}

void OverviewPage::buildLatency()
{
    auto *download = new widgets::IconButton(u"download"_s, tr("Save the chart as picture or CSV"));
    download->setObjectName(u"chartExport"_s);
    m_ranges->setObjectName(u"chartRange"_s);
    m_ranges->setCurrent(1);
    m_latencyPanel->addAction(m_ranges);
    m_latencyPanel->addAction(download);
    connect(download, &QToolButton::clicked, this, &OverviewPage::exportChartRequested);
    connect(m_legend, &charts::LatencyLegend::hiddenLinesChanged, m_chart,
            &charts::LatencyChart::setHiddenLines);

    auto *row = new QHBoxLayout;
    row->setContentsMargins(6, 0, 10, 6);
    row->setSpacing(10);
    row->addWidget(m_chart, 1);
    auto *names = new QVBoxLayout;
    names->setSpacing(4);
    m_legend->setFixedWidth(Typography::scaled(kLegendWidth));
    names->addWidget(m_legend, 1);
    auto *hint = new widgets::TextLabel(tr("Click a name to hide its line."), Typography::Role::Caption,
                                        widgets::TextLabel::Tone::Muted);
    hint->setContentsMargins(4, 0, 0, 4);
    names->addWidget(hint);
    row->addLayout(names);
    m_latencyPanel->body()->addLayout(row, 1);
    m_latencyPanel->setMinimumHeight(Typography::scaled(kLowerHeight));

    m_events->setObjectName(u"eventsList"_s);
    m_events->setAccessibleName(tr("Recent events"));
    m_events->setItemDelegate(new widgets::EventDelegate(m_events));
    m_events->setUniformItemSizes(true);
    m_events->setMouseTracking(true);
    m_events->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_events->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    m_events->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    auto *line = new QFrame;
    line->setObjectName(u"separator"_s);
    line->setFixedHeight(1);
    m_eventsPanel->body()->addWidget(line);
    m_eventsPanel->body()->addWidget(m_events, 1);
    m_eventsPanel->body()->addSpacing(4);
    m_eventsPanel->setMinimumHeight(Typography::scaled(kLowerHeight));
}

void OverviewPage::fitTable()
{
    const int rows = std::clamp(m_nodes->proxy()->rowCount(), 1, kMostTableRows);
    m_nodes->setFixedHeight(m_nodes->heightForRows(rows));
}

void OverviewPage::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    const bool narrow = event->size().width() < kNarrowWindow;
    m_lowerRow->setDirection(narrow ? QBoxLayout::TopToBottom : QBoxLayout::LeftToRight);
    m_eventsPanel->setMinimumWidth(narrow ? 0 : Typography::scaled(kEventsWidth));
    m_eventsPanel->setMaximumWidth(narrow ? QWIDGETSIZE_MAX : Typography::scaled(kEventsWidth));
}

void OverviewPage::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    Q_EMIT shown();
}

}  // namespace maxiofs::pages
