// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/buckets_page.h"

#include "core/format.h"
#include "core/item_roles.h"
#include "pages/connection_message.h"
#include "pages/failover_actions.h"
#include "pages/file_export.h"
#include "pages/filter_field.h"
#include "theme/typography.h"
#include "widgets/data_age.h"
#include "widgets/data_table.h"
#include "widgets/empty_state.h"
#include "widgets/icon_button.h"
#include "widgets/message_bar.h"
#include "widgets/page_header.h"
#include "widgets/panel.h"
#include "widgets/row_delegate.h"
#include "widgets/text_label.h"

#include <QHBoxLayout>
#include <QMenu>
#include <QStackedWidget>
#include <QVBoxLayout>

#include <algorithm>
#include <climits>

namespace maxiofs::pages {

using namespace Qt::StringLiterals;
using core::Format;
using models::BucketsModel;
using theme::Typography;

BucketsPage::BucketsPage(models::LiveCluster &cluster, FailoverActions &actions, core::Settings &settings,
                         QWidget *parent)
    : QWidget(parent),
      m_cluster(cluster),
      m_actions(actions),
      m_settings(settings),
      m_header(new widgets::PageHeader(tr("Buckets"))),
      m_message(new widgets::MessageBar),
      m_filter(makeFilterField(tr("Filter buckets"))),
      m_table(new widgets::DataTable(u"bucketsTable"_s, tr("Buckets"))),
      m_empty(new widgets::EmptyState(u"database"_s)),
      m_stack(new QStackedWidget),
      m_footer(new widgets::TextLabel(Typography::Role::Caption, widgets::TextLabel::Tone::Muted))
{
    setObjectName(u"bucketsPage"_s);
    auto *panel = new widgets::Panel(tr("All buckets"));
    auto *columns = new widgets::IconButton(u"columns-3"_s, tr("Columns of the table"));
    columns->setObjectName(u"bucketsColumns"_s);
    auto *download = new widgets::IconButton(u"download"_s, tr("Save the table as CSV"), u"Ctrl+E"_s);
    download->setObjectName(u"bucketsExport"_s);
    m_filter->setObjectName(u"bucketsFilter"_s);
    panel->addAction(m_filter);
    panel->addAction(columns);
    panel->addAction(download);

    auto *name = new widgets::RowDelegate(m_table);
    name->setStrong(true);
    auto *quiet = new widgets::RowDelegate(m_table);
    quiet->setToken(theme::Token::Text2);
    m_table->setItemDelegateForColumn(BucketsModel::Name, name);
    m_table->setItemDelegateForColumn(BucketsModel::Node, quiet);
    m_table->setItemDelegateForColumn(BucketsModel::Copies, quiet);
    m_table->setSource(&cluster.buckets());
    m_table->setColumns({320, 130, 120, 170, 130}, BucketsModel::Name, 200, {BucketsModel::Copies});
    m_table->restoreLayout(settings.layoutOf(m_table->objectName()));
    m_stack->addWidget(m_table);
    m_stack->addWidget(m_empty);
    panel->body()->addWidget(m_stack, 1);
    auto *footer = new QFrame;
    footer->setObjectName(u"panelFooter"_s);
    footer->setFixedHeight(Typography::scaled(28));
    auto *footerRow = new QHBoxLayout(footer);
    footerRow->setContentsMargins(12, 0, 12, 0);
    footerRow->addWidget(m_footer);
    footerRow->addStretch();
    panel->body()->addWidget(footer);

    auto *body = new QVBoxLayout;
    body->setContentsMargins(12, 12, 12, 12);
    body->addWidget(panel);
    auto *all = new QVBoxLayout(this);
    all->setContentsMargins(0, 0, 0, 0);
    all->setSpacing(0);
    all->addWidget(m_header);
    all->addWidget(m_message);
    all->addLayout(body, 1);

    m_header->dataAge()->setInterval(models::LiveCluster::kSlowPoll);
    connect(m_filter, &QLineEdit::textChanged, this, [this](const QString &text) {
        m_table->setFilter(text);
        showBuckets();
    });
    connect(m_empty, &widgets::EmptyState::actionTriggered, m_filter, &QLineEdit::clear);
    connect(columns, &QToolButton::clicked, this, [this, columns] {
        m_table->showColumnsMenu(columns->mapToGlobal(QPoint(0, columns->height())));
    });
    connect(download, &QToolButton::clicked, this, &BucketsPage::exportTable);
    connect(m_table, &widgets::DataTable::layoutChanged, this,
            [this] { m_settings.saveLayout(m_table->objectName(), m_table->layoutState()); });
    connect(m_table, &widgets::DataTable::menuRequested, this,
            [this](const QModelIndex &index, const QPoint &at) {
                showMenu(index.data(core::IdRole).toString(), at);
            });
    connect(m_table, &widgets::DataTable::selectionTextChanged, this, &BucketsPage::showBuckets);
    connect(&cluster, &models::LiveCluster::bucketsChanged, this, &BucketsPage::showBuckets);
    connect(&cluster, &models::LiveCluster::healthChanged, this, &BucketsPage::showBuckets);
    connect(&cluster, &models::LiveCluster::problemChanged, this, &BucketsPage::showConnection);
    connect(&cluster.connection(), &api::Connection::stateChanged, this, &BucketsPage::showConnection);
    connect(&cluster.connection(), &api::Connection::countdownChanged, this, &BucketsPage::showConnection);
    connect(m_message, &widgets::MessageBar::actionTriggered, this, [this] {
        if (!ConnectionMessage::goOn(m_cluster))
            Q_EMIT decisionRequested();
    });
    showConnection();
    showBuckets();
}

void BucketsPage::showConnection()
{
    ConnectionMessage::show(m_cluster, *m_message);
}

void BucketsPage::showBuckets()
{
    const auto &rows = m_cluster.buckets().rows();
    m_header->dataAge()->setTime(m_cluster.bucketsUpdatedMs());
    std::int64_t objects = 0;
    std::int64_t size = 0;
    int replicated = 0;
    for (const models::BucketRow &row : rows) {
        objects += row.bucket.objectCount;
        size += row.bucket.totalSize;
        replicated += row.bucket.replicaCount > 0 ? 1 : 0;
    }
    const int count = int(rows.size());
    m_header->setCaption(m_cluster.hasBuckets()
                             ? tr("%Ln buckets", nullptr, count) +
                                   tr(" · %1 replicated, %2 local only")
                                       .arg(Format::count(replicated), Format::count(count - replicated))
                             : QString());
    const auto selected = m_table->selectionModel()->selectedRows().size();
    const int shown = m_table->proxy()->rowCount();
    QString footer = shown < count
                         ? tr("%1 of %2 shown").arg(Format::count(shown), Format::count(count))
                         : tr("%1 objects, %2", nullptr, int(std::min<std::int64_t>(objects, INT_MAX)))
                               .arg(Format::count(objects), Format::bytes(size));
    if (selected > 0)
        footer =
            tr("%1 of %2 selected").arg(Format::count(selected), Format::count(count)) + u" · "_s + footer;
    if (m_cluster.bucketsCut())
        footer += tr(" · only the first %1 buckets are listed and counted").arg(Format::count(count));
    m_footer->setFullText(footer);

    m_empty->setAction({});
    if (m_table->isFilteredToNothing()) {
        m_empty->setText(tr("No bucket matches “%1”").arg(m_filter->text()),
                         tr("The filter looks in all columns."));
        m_empty->setAction(tr("Clear filter"));
    } else if (m_cluster.hasBuckets()) {
        m_empty->setText(
            tr("No buckets yet"),
            tr("A bucket holds objects. S3 clients make one with CreateBucket; it appears here at once."));
    } else {
        m_empty->setText(tr("Nothing known yet"),
                         tr("The buckets are listed as soon as the cluster has answered."));
    }
    m_stack->setCurrentIndex(shown > 0 ? 0 : 1);
}

void BucketsPage::showMenu(const QString &bucket, const QPoint &at)
{
    auto *menu = new QMenu(this);
    menu->setObjectName(u"bucketMenu"_s);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->setToolTipsVisible(true);
    QAction *promotes = menu->addAction(tr("Promote a replica…"));
    promotes->setObjectName(u"menuPromote"_s);
    promotes->setEnabled(m_actions.refusalToPromote(bucket).isEmpty());
    promotes->setToolTip(m_actions.refusalToPromote(bucket));
    connect(promotes, &QAction::triggered, this, [this, bucket] { m_actions.promote(bucket, {}, this); });
    QAction *policy = menu->addAction(tr("Failover…"));
    policy->setObjectName(u"menuFailover"_s);
    policy->setEnabled(m_actions.refusal().isEmpty());
    policy->setToolTip(m_actions.refusal());
    connect(policy, &QAction::triggered, this, [this, bucket] { m_actions.choosePolicy(bucket, this); });
    menu->popup(at);
}

void BucketsPage::exportTable()
{
    saveToFile(this, tr("Save the table"), u"buckets.csv"_s, {tr("CSV (*.csv)")},
               [this](const QString &) { return m_table->csv().toUtf8(); });
}

}  // namespace maxiofs::pages
