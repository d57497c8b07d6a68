// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/overview_controller.h"

#include "charts/latency_chart.h"
#include "charts/latency_legend.h"
#include "core/format.h"
#include "core/item_roles.h"
#include "pages/connection_message.h"
#include "pages/file_export.h"
#include "pages/node_actions.h"
#include "pages/node_table.h"
#include "widgets/attention_list.h"
#include "widgets/capacity_delegate.h"
#include "widgets/card.h"
#include "widgets/data_age.h"
#include "widgets/data_table.h"
#include "widgets/message_bar.h"
#include "widgets/page_header.h"
#include "widgets/panel.h"
#include "widgets/push_button.h"
#include "widgets/segmented_control.h"

#include <QBuffer>
#include <QDateTime>
#include <QListView>
#include <QPixmap>
#include <QSet>

#include <algorithm>
#include <array>
#include <cmath>

namespace maxiofs::pages {

using namespace Qt::StringLiterals;
using core::Format;
using history::Resolution;
using models::NodesModel;
using theme::Status;
using theme::Token;

namespace {

constexpr std::int64_t kMinuteMs = 60'000;
constexpr std::int64_t kHourMs = 60 * kMinuteMs;

struct Range {
    std::int64_t spanMs;
    Resolution resolution;
    int pauseMs;  // between two drawings
};
constexpr std::array kRanges{
    Range{5 * kMinuteMs, Resolution::Second, 1'000}, Range{kHourMs, Resolution::Second, 4'000},
    Range{24 * kHourMs, Resolution::TenSeconds, 30'000}, Range{7 * 24 * kHourMs, Resolution::Minute, 60'000}};

// While the first samples come in, each is shown soon.
constexpr int kFirstPauseMs = 100;

bool hasEmptyLine(const charts::LatencyChart &chart)
{
    return chart.lines().isEmpty() || std::ranges::any_of(chart.lines(), [](const charts::LatencyLine &line) {
               return line.samples.isEmpty();
           });
}

}  // namespace

OverviewController::OverviewController(models::LiveCluster &cluster, OverviewPage &page, NodeActions &actions,
                                       core::Settings &settings, QObject *parent)
    : QObject(parent),
      m_cluster(cluster),
      m_page(page),
      m_actions(actions),
      m_settings(settings)
{
    m_page.attention()->setModel(&cluster.attention());
    m_page.nodesTable()->setSource(&cluster.nodes());
    m_page.events()->setModel(&cluster.events());
    m_page.nodesTable()->setColumns(
        {130, 220, 116, 178, 226, 70, 68, 92, 110, 66, 70, nodeActionsWidth()}, NodesModel::Endpoint, 150,
        {NodesModel::Priority, NodesModel::Endpoint, NodesModel::Buckets, NodesModel::LastSeen});
    // The page of the nodes has them; here they can be shown by the menu of the columns.
    for (const int column : {NodesModel::Region, NodesModel::Version, NodesModel::Clock})
        m_page.nodesTable()->setColumnHidden(column, true);
    m_page.nodesTable()->restoreLayout(settings.layoutOf(m_page.nodesTable()->objectName()));
    connect(m_page.nodesTable(), &widgets::DataTable::layoutChanged, this, [this] {
        m_settings.saveLayout(m_page.nodesTable()->objectName(), m_page.nodesTable()->layoutState());
    });
    m_page.header()->dataAge()->setInterval(models::LiveCluster::kFastPoll);
    m_page.fitTable();
    const auto fit = [this] { m_page.fitTable(); };
    connect(&cluster.nodes(), &QAbstractItemModel::rowsInserted, this, fit);
    connect(&cluster.nodes(), &QAbstractItemModel::rowsRemoved, this, fit);

    connect(&cluster, &models::LiveCluster::healthChanged, this, &OverviewController::showHealth);
    connect(&cluster, &models::LiveCluster::bucketsChanged, this, &OverviewController::showCards);
    connect(&cluster, &models::LiveCluster::problemChanged, this, &OverviewController::showConnection);
    connect(&cluster.connection(), &api::Connection::stateChanged, this, &OverviewController::showConnection);
    connect(&cluster.connection(), &api::Connection::countdownChanged, this,
            &OverviewController::showConnection);
    connect(m_page.message(), &widgets::MessageBar::actionTriggered, this, [this] {
        if (!ConnectionMessage::goOn(m_cluster))
            Q_EMIT decisionRequested();
    });
    connect(&cluster, &models::LiveCluster::configChanged, this, &OverviewController::showConnection);
    connect(m_page.growButton(), &QPushButton::clicked, this, [this] {
        if (m_actions.isCluster())
            m_actions.add(&m_page);
        else
            m_actions.initialize(&m_page);
    });
    connect(m_page.checkButton(), &QPushButton::clicked, &cluster, &models::LiveCluster::checkNow);

    m_chartPause.setSingleShot(true);
    connect(&m_chartPause, &QTimer::timeout, this, &OverviewController::showLatency);
    connect(&cluster, &models::LiveCluster::latencyChanged, this, [this] {
        if (!m_chartPause.isActive())
            m_chartPause.start(hasEmptyLine(*m_page.chart())
                                   ? kFirstPauseMs
                                   : kRanges[static_cast<std::size_t>(m_page.ranges()->current())].pauseMs);
    });
    // Rates come with the latency, not with health.
    connect(&cluster, &models::LiveCluster::latencyChanged, this, &OverviewController::showRates);
    connect(m_page.ranges(), &widgets::SegmentedControl::chosen, this, &OverviewController::showLatency);
    connect(&m_page, &OverviewPage::shown, this, &OverviewController::showLatency);
    connect(m_page.nodesTable(), &widgets::DataTable::selectionTextChanged, this, [this] {
        const auto rows = m_page.nodesTable()->selectionModel()->selectedRows();
        m_page.nodesPanel()->setCaption(rows.isEmpty() ? QString()
                                                       : tr("%n selected", nullptr, int(rows.size())));
        const QString id = rows.size() == 1 ? rows.first().data(core::IdRole).toString() : QString();
        m_page.chart()->setSelectedLine(id);
        m_page.legend()->setSelectedLine(id);
    });
    connect(&m_page, &OverviewPage::exportNodesRequested, this, &OverviewController::exportNodes);
    connect(&m_page, &OverviewPage::exportChartRequested, this, &OverviewController::exportChart);
    m_tick.setInterval(1000);
    connect(&m_tick, &QTimer::timeout, this, &OverviewController::showHeader);
    m_tick.start();
    showConnection();
    showHealth();
}

void OverviewController::showConnection()
{
    ConnectionMessage::show(m_cluster, *m_page.message());
    const bool connected = m_cluster.connection().isConnected();
    m_page.checkButton()->setEnabled(connected);
    m_page.checkButton()->setToolTip(connected ? tr("Ask the node to check all nodes now  (F5)")
                                               : tr("Not connected"));
    const QString refusal = m_actions.refusal();
    const bool member = m_actions.isCluster();
    m_page.growButton()->setVisible(m_cluster.config().has_value());
    m_page.growButton()->setText(member ? tr("Add node…") : tr("Initialize cluster…"));
    m_page.growButton()->setEnabled(refusal.isEmpty());
    m_page.growButton()->setToolTip(!refusal.isEmpty() ? refusal
                                    : member
                                        ? tr("Let another node join this cluster  (Ctrl+N)")
                                        : tr("Make a cluster of this node, to which others can be added"));
    showHeader();
    showLatency();
}

void OverviewController::showHeader()
{
    const auto &health = m_cluster.health();
    if (!health) {
        m_page.header()->setStatus(Status::None, {});
        m_page.header()->setCaption({});
        return;
    }
    if (!m_cluster.connection().isConnected())
        m_page.header()->setStatus(Status::Unknown, tr("Last known state"));
    else if (health->unavailableNodes > 0)
        m_page.header()->setStatus(Status::Bad,
                                   tr("%n nodes unavailable", nullptr, int(health->unavailableNodes)));
    else if (health->degradedNodes > 0)
        m_page.header()->setStatus(Status::Warn,
                                   tr("%n nodes degraded", nullptr, int(health->degradedNodes)));
    else if (m_cluster.attention().worst() != Status::Ok)
        m_page.header()->setStatus(m_cluster.attention().worst(), tr("Needs attention"));
    else
        m_page.header()->setStatus(Status::Ok, tr("All well"));
    QSet<QString> sites;
    std::optional<std::int64_t> checked;
    for (const models::NodeRow &row : m_cluster.nodes().rows()) {
        sites.insert(QString::fromStdString(row.node.region));
        if (row.node.lastHealthCheck)
            checked = std::max(checked.value_or(0), row.node.lastHealthCheck->unixMs);
    }
    sites.remove(QString());
    QString caption = m_cluster.isCluster() ? tr("%1 of %n nodes healthy", nullptr, int(health->totalNodes))
                                                  .arg(Format::count(health->healthyNodes))
                                            : tr("%n nodes", nullptr, int(health->totalNodes));
    if (sites.size() > 1)
        caption = tr("%1 in %2", "nodes, sites").arg(caption, tr("%n sites", nullptr, int(sites.size())));
    if (checked)
        caption += tr(" · checked %1").arg(Format::ago(QDateTime::currentMSecsSinceEpoch() - *checked));
    m_page.header()->setCaption(caption);
}

void OverviewController::showHealth()
{
    m_page.header()->dataAge()->setTime(m_cluster.updatedMs());
    showHeader();
    showCards();
}

void OverviewController::showCards()
{
    const bool stale = !m_cluster.connection().isConnected();
    for (widgets::Card *card :
         {m_page.nodesCard(), m_page.bucketsCard(), m_page.capacityCard(), m_page.throughputCard()})
        card->setStale(stale);
    const auto &health = m_cluster.health();
    if (!health)
        return;
    m_page.nodesCard()->setFigure(Format::count(health->totalNodes));
    m_page.nodesCard()->setParts({{double(health->healthyNodes), Token::Ok},
                                  {double(health->degradedNodes), Token::Warn},
                                  {double(health->unavailableNodes), Token::Bad},
                                  {double(health->unknownNodes), Token::Unk}});
    QList<widgets::Card::Count> states;
    const auto addState = [&states](std::int64_t count, Status status, const QString &words) {
        if (count > 0 || status == Status::Ok)
            states.append({.text = words, .shortText = Format::count(count), .status = status});
    };
    addState(health->healthyNodes, Status::Ok, tr("%n healthy", nullptr, int(health->healthyNodes)));
    addState(health->degradedNodes, Status::Warn, tr("%n degraded", nullptr, int(health->degradedNodes)));
    addState(health->unavailableNodes, Status::Bad,
             tr("%n unavailable", nullptr, int(health->unavailableNodes)));
    addState(health->unknownNodes, Status::Unknown, tr("%n unknown", nullptr, int(health->unknownNodes)));
    m_page.nodesCard()->setCounts(states);

    m_page.bucketsCard()->setFigure(Format::count(health->totalBuckets));
    m_page.bucketsCard()->setParts(
        {{double(health->replicatedBuckets), Token::Accent}, {double(health->localBuckets), Token::Strong}});
    m_page.bucketsCard()->setCounts({{.text = tr("%Ln replicated", nullptr, int(health->replicatedBuckets)),
                                      .hasSwatch = true,
                                      .swatch = Token::Accent},
                                     {.text = tr("%Ln local only", nullptr, int(health->localBuckets)),
                                      .hasSwatch = true,
                                      .swatch = Token::Strong}});

    std::int64_t used = 0;
    std::int64_t total = 0;
    for (const models::NodeRow &row : m_cluster.nodes().rows()) {
        used += row.node.capacityUsed;
        total += row.node.capacityTotal;
    }
    if (total > 0) {
        const double fraction = double(used) / double(total);
        const QStringList words = Format::bytesOf(used, total).split(u" / "_s);
        m_page.capacityCard()->setFigure(words.first(), tr("of %1", "a part of a whole").arg(words.last()));
        m_page.capacityCard()->setParts(
            {{double(used), fraction >= widgets::CapacityDelegate::kBadAt    ? Token::Bad
                            : fraction >= widgets::CapacityDelegate::kWarnAt ? Token::Warn
                                                                             : Token::Fill},
             {double(total - used), Token::Track}});
        m_page.capacityCard()->setCounts({{.text = tr("%1 used").arg(Format::percent(fraction))},
                                          {.text = tr("%1 free").arg(Format::bytes(total - used))}});
    }
    showRates();
}

void OverviewController::showRates()
{
    const std::int64_t now = QDateTime::currentMSecsSinceEpoch();
    const auto rates = m_cluster.rates().newest(now);
    constexpr int kPoints = 60;
    if (m_cluster.connection().isConnected() && rates) {
        const QStringList in = Format::bytes(std::llround(rates->bytesInPerSecond)).split(u' ');
        m_page.throughputCard()->setFigure(in.first(), tr("%1/s in").arg(in.last()));
        m_page.throughputCard()->setCounts(
            {{.text = tr("%1/s out").arg(Format::bytes(std::llround(rates->bytesOutPerSecond)))},
             {.text = tr("%1 req/s").arg(Format::count(std::llround(rates->requestsPerSecond)))}});
    }
    m_page.throughputCard()->setLine(m_cluster.rates().bytes(now, kPoints), Token::Accent);
}

void OverviewController::showLatency()
{
    if (!m_page.isVisible())
        return;
    const Range &range = kRanges[static_cast<std::size_t>(m_page.ranges()->current())];
    const std::int64_t to = QDateTime::currentMSecsSinceEpoch();
    const std::int64_t from = to - range.spanMs;
    QList<charts::LatencyLine> lines;
    QList<const models::NodeRow *> rows;
    for (const models::NodeRow &row : m_cluster.nodes().rows())
        rows << &row;
    std::ranges::sort(rows, [](const models::NodeRow *a, const models::NodeRow *b) {
        return a->node.createdAt != b->node.createdAt ? a->node.createdAt < b->node.createdAt
                                                      : a->node.id < b->node.id;
    });
    for (int i = 0; i < rows.size(); ++i) {
        const models::NodeRow &row = *rows[i];
        const auto samples =
            m_cluster.history().read(m_cluster.historyKey(), row.id(), range.resolution, from, to);
        lines.append({.id = row.id(),
                      .name = QString::fromStdString(row.node.name),
                      .order = i,
                      .samples = samples.value_or(QList<history::Sample>()),
                      .gone = row.node.healthStatus == protocol::HealthStatus::Unavailable,
                      .stale = row.stale});
    }
    m_page.chart()->present(lines, from, to, static_cast<std::int64_t>(range.resolution));
    const QStringList words{tr("Max 5 min"), tr("Max 1 h"), tr("Max 24 h"), tr("Max 7 d")};
    m_page.legend()->present(lines, words[m_page.ranges()->current()]);
    const std::int64_t collected = m_page.chart()->collectedMs();
    QString caption = lines.size() == 1 ? tr("logarithmic") : tr("all nodes, logarithmic");
    if (collected < range.spanMs * 9 / 10)
        caption += collected > 0 ? tr(" · collected for %1").arg(Format::duration(collected))
                                 : tr(" · nothing collected yet");
    m_page.latencyPanel()->setCaption(caption);
}

void OverviewController::exportNodes()
{
    saveToFile(&m_page, tr("Save the table"), u"nodes.csv"_s, {tr("CSV (*.csv)")},
               [this](const QString &) { return m_page.nodesTable()->csv().toUtf8(); });
}

void OverviewController::exportChart()
{
    saveToFile(&m_page, tr("Save the chart"), u"latency.png"_s, {tr("Picture (*.png)"), tr("CSV (*.csv)")},
               [this](const QString &path) {
                   if (path.endsWith(u".csv"_s, Qt::CaseInsensitive))
                       return m_page.chart()->csv().toUtf8();
                   QByteArray png;
                   QBuffer buffer(&png);
                   buffer.open(QIODevice::WriteOnly);
                   m_page.latencyPanel()->grab().save(&buffer, "PNG");
                   return png;
               });
}

}  // namespace maxiofs::pages
