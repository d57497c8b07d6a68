// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/nodes_page.h"

#include "core/format.h"
#include "core/item_roles.h"
#include "pages/connection_message.h"
#include "pages/file_export.h"
#include "pages/filter_field.h"
#include "pages/node_details.h"
#include "pages/node_table.h"
#include "theme/typography.h"
#include "widgets/data_age.h"
#include "widgets/data_table.h"
#include "widgets/empty_state.h"
#include "widgets/icon_button.h"
#include "widgets/message_bar.h"
#include "widgets/page_header.h"
#include "widgets/panel.h"
#include "widgets/push_button.h"
#include "widgets/text_label.h"

#include <QDateTime>
#include <QHBoxLayout>
#include <QVBoxLayout>

#include <algorithm>

namespace maxiofs::pages {

using namespace Qt::StringLiterals;
using core::Format;
using models::NodesModel;
using theme::Status;
using theme::Typography;

NodesPage::NodesPage(models::LiveCluster &cluster, NodeActions &actions, core::Settings &settings,
                     QWidget *parent)
    : QWidget(parent),
      m_cluster(cluster),
      m_actions(actions),
      m_settings(settings),
      m_header(new widgets::PageHeader(tr("Nodes"))),
      m_message(new widgets::MessageBar),
      m_check(new widgets::PushButton(tr("Check now"))),
      m_add(new widgets::PushButton(tr("Add node…"), widgets::PushButton::Kind::Primary)),
      m_panel(new widgets::Panel(tr("All nodes"))),
      m_filter(makeFilterField(tr("Filter nodes"))),
      m_table(new widgets::DataTable(u"allNodesTable"_s, tr("All nodes"))),
      m_footer(new widgets::TextLabel(Typography::Role::Caption, widgets::TextLabel::Tone::Muted)),
      m_details(new NodeDetails),
      m_alone(new widgets::Panel),
      m_offer(new widgets::EmptyState(u"server"_s))
{
    setObjectName(u"nodesPage"_s);
    m_check->setObjectName(u"nodesCheck"_s);
    m_check->setThemeIcon(u"refresh-cw"_s);
    m_check->setKeyHint(u"F5"_s);
    m_header->addControl(m_check);
    m_add->setObjectName(u"addNode"_s);
    m_add->setThemeIcon(u"plus"_s);
    m_header->addControl(m_add);
    m_header->dataAge()->setInterval(models::LiveCluster::kFastPoll);

    m_offer->setText(tr("This node is alone"),
                     tr("Several nodes act as one, with the same users and keys. Make a cluster of this "
                        "node and add others to it, or let it join one that exists."));
    m_offer->setAction(tr("Initialize cluster…"));
    m_offer->setSecondAction(tr("Join a cluster…"));
    m_alone->setAccessibleName(tr("This node is alone"));
    m_alone->body()->addWidget(m_offer, 1);

    auto *body = new QVBoxLayout;
    body->setContentsMargins(12, 12, 12, 12);
    body->setSpacing(8);
    body->addWidget(buildTable(), 1);
    body->addWidget(m_details);
    body->addWidget(m_alone, 1);
    auto *all = new QVBoxLayout(this);
    all->setContentsMargins(0, 0, 0, 0);
    all->setSpacing(0);
    all->addWidget(m_header);
    all->addWidget(m_message);
    all->addLayout(body, 1);

    connectTable();
    connect(m_check, &QPushButton::clicked, &cluster, &models::LiveCluster::checkNow);
    connect(m_add, &QPushButton::clicked, this, [this] { m_actions.add(this); });
    connect(m_offer, &widgets::EmptyState::actionTriggered, this, [this] { m_actions.initialize(this); });
    connect(m_offer, &widgets::EmptyState::secondActionTriggered, this, [this] { m_actions.join(this); });
    connect(m_details, &NodeDetails::editRequested, this, [this] { m_actions.edit(currentId(), this); });
    connect(m_details, &NodeDetails::removeRequested, this, [this] { m_actions.remove(currentId(), this); });
    connect(&cluster, &models::LiveCluster::healthChanged, this, &NodesPage::showNodes);
    connect(&cluster, &models::LiveCluster::configChanged, this, &NodesPage::showConnection);
    connect(&cluster, &models::LiveCluster::problemChanged, this, &NodesPage::showConnection);
    connect(&cluster.connection(), &api::Connection::stateChanged, this, &NodesPage::showConnection);
    connect(&cluster.connection(), &api::Connection::countdownChanged, this, &NodesPage::showConnection);
    connect(m_message, &widgets::MessageBar::actionTriggered, this, [this] {
        if (!ConnectionMessage::goOn(m_cluster))
            Q_EMIT decisionRequested();
    });
    m_tick.setInterval(1000);
    connect(&m_tick, &QTimer::timeout, this, [this] {
        if (isVisible()) {
            showHeader();
            showDetails();
        }
    });
    m_tick.start();
    showConnection();
}

QWidget *NodesPage::buildTable()
{
    auto *columns = new widgets::IconButton(u"columns-3"_s, tr("Columns of the table"));
    columns->setObjectName(u"allNodesColumns"_s);
    auto *download = new widgets::IconButton(u"download"_s, tr("Save the table as CSV"), u"Ctrl+E"_s);
    download->setObjectName(u"allNodesExport"_s);
    m_filter->setObjectName(u"allNodesFilter"_s);
    m_panel->addAction(m_filter);
    m_panel->addAction(columns);
    m_panel->addAction(download);
    connect(columns, &QToolButton::clicked, this, [this, columns] {
        m_table->showColumnsMenu(columns->mapToGlobal(QPoint(0, columns->height())));
    });
    connect(download, &QToolButton::clicked, this, &NodesPage::exportTable);

    makeNodeTable(*m_table, m_actions);
    m_table->setSource(&m_cluster.nodes());
    m_table->setColumns({130, 196, 106, 174, 224, 66, 60, 84, 110, 60, 64, nodeActionsWidth()},
                        NodesModel::Endpoint, 180,
                        {NodesModel::Clock, NodesModel::Region, NodesModel::Version, NodesModel::Priority,
                         NodesModel::Endpoint, NodesModel::LastSeen, NodesModel::Buckets});
    m_table->restoreLayout(m_settings.layoutOf(m_table->objectName()));
    m_panel->body()->addWidget(m_table, 1);
    auto *footer = new QFrame;
    footer->setObjectName(u"panelFooter"_s);
    footer->setFixedHeight(Typography::scaled(28));
    auto *row = new QHBoxLayout(footer);
    row->setContentsMargins(12, 0, 12, 0);
    row->addWidget(m_footer);
    row->addStretch();
    m_panel->body()->addWidget(footer);
    return m_panel;
}

void NodesPage::connectTable()
{
    connect(m_filter, &QLineEdit::textChanged, this, [this](const QString &text) {
        m_table->setFilter(text);
        showNodes();
    });
    connect(m_table, &widgets::DataTable::layoutChanged, this,
            [this] { m_settings.saveLayout(m_table->objectName(), m_table->layoutState()); });
    connect(m_table, &widgets::DataTable::selectionTextChanged, this, &NodesPage::showNodes);
    connect(m_table, &widgets::DataTable::opened, this,
            [this](const QModelIndex &index) { m_actions.edit(index.data(core::IdRole).toString(), this); });
    const auto chooseFirst = [this] {
        if (!m_table->currentIndex().isValid() && m_table->proxy()->rowCount() > 0)
            m_table->selectRow(0);
        showNodes();
    };
    connect(m_table->proxy(), &QAbstractItemModel::rowsInserted, this, chooseFirst, Qt::QueuedConnection);
    connect(m_table->proxy(), &QAbstractItemModel::rowsRemoved, this, chooseFirst, Qt::QueuedConnection);
}

QString NodesPage::currentId() const
{
    const QModelIndex current = m_table->currentIndex();
    return current.isValid() ? current.data(core::IdRole).toString() : QString();
}

void NodesPage::showConnection()
{
    ConnectionMessage::show(m_cluster, *m_message);
    const bool connected = m_cluster.connection().isConnected();
    const QString refusal = m_actions.refusal();
    const bool member = m_cluster.isCluster();
    m_check->setEnabled(connected);
    m_check->setToolTip(connected ? tr("Ask the node to check all nodes now  (F5)") : tr("Not connected"));
    m_add->setVisible(member);
    m_add->setEnabled(refusal.isEmpty());
    m_add->setToolTip(refusal.isEmpty() ? tr("Let another node join this cluster  (Ctrl+N)") : refusal);
    m_alone->setVisible(m_cluster.config() && !member);
    m_offer->setEnabled(refusal.isEmpty());
    m_offer->setToolTip(refusal);
    showNodes();
}

void NodesPage::showNodes()
{
    m_header->dataAge()->setTime(m_cluster.updatedMs());
    const int all = m_cluster.nodes().rowCount();
    const int shown = m_table->proxy()->rowCount();
    const auto selected = static_cast<int>(m_table->selectionModel()->selectedRows().size());
    QStringList words;
    if (selected > 1)
        words << tr("%1 of %2 selected").arg(Format::count(selected), Format::count(all));
    if (shown < all)
        words << tr("%1 of %2 shown").arg(Format::count(shown), Format::count(all));
    std::int64_t used = 0;
    std::int64_t total = 0;
    std::int64_t buckets = 0;
    for (const models::NodeRow &row : m_cluster.nodes().rows()) {
        used += row.node.capacityUsed;
        total += row.node.capacityTotal;
        buckets += row.node.bucketCount;
    }
    if (total > 0)
        words << tr("%1 used").arg(Format::bytesOf(used, total))
              << tr("%n buckets", nullptr, static_cast<int>(buckets));
    m_footer->setFullText(words.join(u" · "_s));
    if (m_table->isFilteredToNothing())
        m_footer->setFullText(tr("No node matches “%1”; Esc in the filter clears it").arg(m_filter->text()));
    // A node alone leaves its room to what it is offered.
    const bool alone = m_cluster.config() && !m_cluster.isCluster();
    m_table->setMaximumHeight(alone ? m_table->heightForRows(1) : QWIDGETSIZE_MAX);
    m_panel->setSizePolicy(QSizePolicy::Preferred, alone ? QSizePolicy::Fixed : QSizePolicy::Expanding);
    m_panel->setTitle(alone ? tr("This node") : tr("All nodes"));
    showHeader();
    showDetails();
}

void NodesPage::showHeader()
{
    const auto &health = m_cluster.health();
    const auto &config = m_cluster.config();
    if (!health || !config) {
        m_header->setStatus(Status::None, {});
        m_header->setCaption({});
        return;
    }
    if (!m_cluster.connection().isConnected())
        m_header->setStatus(Status::Unknown, tr("Last known state"));
    else if (health->unavailableNodes > 0)
        m_header->setStatus(Status::Bad,
                            tr("%n nodes unavailable", nullptr, static_cast<int>(health->unavailableNodes)));
    else if (health->degradedNodes > 0)
        m_header->setStatus(Status::Warn,
                            tr("%n nodes degraded", nullptr, static_cast<int>(health->degradedNodes)));
    else if (health->unknownNodes > 0)
        m_header->setStatus(Status::Unknown,
                            tr("%n nodes not checked yet", nullptr, static_cast<int>(health->unknownNodes)));
    else
        m_header->setStatus(Status::Ok, tr("All healthy"));
    m_header->setCaption(config->isClusterEnabled ? tr("%1 of %2 healthy · token fingerprint %3")
                                                        .arg(Format::count(health->healthyNodes),
                                                             Format::count(health->totalNodes),
                                                             QString::fromStdString(config->tokenFingerprint))
                                                  : tr("in no cluster"));
}

void NodesPage::showDetails()
{
    const models::NodeRow *row = m_cluster.nodes().find(currentId());
    m_details->present(row ? &row->node : nullptr, m_cluster.fingerprintOf(currentId()),
                       QDateTime::currentMSecsSinceEpoch());
    m_details->setChangeable(m_actions.refusal(), m_cluster.isCluster());
}

void NodesPage::exportTable()
{
    saveToFile(this, tr("Save the table"), u"nodes.csv"_s, {tr("CSV (*.csv)")},
               [this](const QString &) { return m_table->csv().toUtf8(); });
}

}  // namespace maxiofs::pages
