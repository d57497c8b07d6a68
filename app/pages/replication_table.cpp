// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/replication_table.h"

#include "models/queue_model.h"
#include "models/replication_model.h"
#include "widgets/data_table.h"
#include "widgets/route_delegate.h"
#include "widgets/status_delegate.h"
#include "widgets/tick_delegate.h"
#include "widgets/toned_delegate.h"

namespace maxiofs::pages {

using models::QueueModel;
using models::ReplicationModel;
using theme::Token;

void makeRulesTable(widgets::DataTable &table)
{
    auto *name = new widgets::RowDelegate(&table);
    name->setStrong(true);
    auto *quiet = new widgets::RowDelegate(&table);
    quiet->setToken(Token::Text2);
    auto *tick = new widgets::TickDelegate(&table);
    auto *figure = new widgets::TonedDelegate(&table);
    figure->setPlain(true);
    auto *toned = new widgets::TonedDelegate(&table);
    table.setItemDelegateForColumn(ReplicationModel::Bucket, name);
    table.setItemDelegateForColumn(ReplicationModel::Route, new widgets::RouteDelegate(&table));
    table.setItemDelegateForColumn(ReplicationModel::Mode, quiet);
    table.setItemDelegateForColumn(ReplicationModel::Deletes, tick);
    table.setItemDelegateForColumn(ReplicationModel::Metadata, tick);
    table.setItemDelegateForColumn(ReplicationModel::Objects, figure);
    table.setItemDelegateForColumn(ReplicationModel::Bytes, figure);
    table.setItemDelegateForColumn(ReplicationModel::Lag, toned);
    table.setItemDelegateForColumn(ReplicationModel::Status, new widgets::StatusDelegate(&table));
    table.setItemDelegateForColumn(ReplicationModel::LastSync, quiet);
    table.setItemDelegateForColumn(ReplicationModel::LastError, toned);
}

void makeQueueTable(widgets::DataTable &table)
{
    auto *key = new widgets::RowDelegate(&table);
    key->setRole(theme::Typography::Role::Mono);
    key->setElide(Qt::ElideMiddle);
    auto *quiet = new widgets::RowDelegate(&table);
    quiet->setToken(Token::Text2);
    table.setItemDelegateForColumn(QueueModel::Object, key);
    table.setItemDelegateForColumn(QueueModel::Change, quiet);
    table.setItemDelegateForColumn(QueueModel::Size, quiet);
    table.setItemDelegateForColumn(QueueModel::Tries, quiet);
    table.setItemDelegateForColumn(QueueModel::State, new widgets::StatusDelegate(&table));
    table.setItemDelegateForColumn(QueueModel::Error, new widgets::TonedDelegate(&table));
}

}  // namespace maxiofs::pages
