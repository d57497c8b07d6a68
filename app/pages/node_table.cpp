// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/node_table.h"

#include "core/item_roles.h"
#include "models/nodes_model.h"
#include "pages/node_actions.h"
#include "widgets/actions_delegate.h"
#include "widgets/capacity_delegate.h"
#include "widgets/data_table.h"
#include "widgets/sparkline_delegate.h"
#include "widgets/status_delegate.h"

#include <QCoreApplication>

namespace maxiofs::pages {

using namespace Qt::StringLiterals;
using models::NodesModel;
using theme::Token;
using Action = models::NodesModel::Action;

namespace {

QList<widgets::ActionsDelegate::Action> rowActions()
{
    return {{static_cast<int>(Action::Edit), u"pencil"_s,
             QCoreApplication::translate("maxiofs::pages", "Edit  (F2)")},
            {static_cast<int>(Action::Menu), u"ellipsis"_s,
             QCoreApplication::translate("maxiofs::pages", "More actions")}};
}

}  // namespace

int nodeActionsWidth()
{
    return widgets::ActionsDelegate(rowActions()).width();
}

void makeNodeTable(widgets::DataTable &table, NodeActions &actions)
{
    auto *name = new widgets::RowDelegate(&table);
    name->setStrong(true);
    auto *quiet = new widgets::RowDelegate(&table);
    quiet->setToken(Token::Text2);
    auto *muted = new widgets::RowDelegate(&table);
    muted->setToken(Token::Muted);
    auto *icons = new widgets::ActionsDelegate(rowActions(), &table);
    table.setItemDelegateForColumn(NodesModel::Name, name);
    table.setItemDelegateForColumn(NodesModel::Endpoint, quiet);
    table.setItemDelegateForColumn(NodesModel::Health, new widgets::StatusDelegate(&table));
    table.setItemDelegateForColumn(NodesModel::Latency, new widgets::SparklineDelegate(&table));
    table.setItemDelegateForColumn(NodesModel::Capacity, new widgets::CapacityDelegate(&table));
    table.setItemDelegateForColumn(NodesModel::Priority, muted);
    table.setItemDelegateForColumn(NodesModel::LastSeen, quiet);
    table.setItemDelegateForColumn(NodesModel::Region, quiet);
    table.setItemDelegateForColumn(NodesModel::Version, quiet);
    table.setItemDelegateForColumn(NodesModel::Clock, quiet);
    table.setItemDelegateForColumn(NodesModel::Actions, icons);

    QObject::connect(icons, &widgets::ActionsDelegate::triggered, &table,
                     [&table, &actions](int action, const QModelIndex &index, const QPoint &below) {
                         const QString node = index.data(core::IdRole).toString();
                         if (action == static_cast<int>(Action::Edit))
                             actions.edit(node, &table);
                         else
                             actions.showMenu(node, below, &table);
                     });
    QObject::connect(&table, &widgets::DataTable::menuRequested, &table,
                     [&table, &actions](const QModelIndex &index, const QPoint &at) {
                         actions.showMenu(index.data(core::IdRole).toString(), at, &table);
                     });
    QObject::connect(&table, &widgets::DataTable::editRequested, &table,
                     [&table, &actions](const QModelIndex &index) {
                         actions.edit(index.data(core::IdRole).toString(), &table);
                     });
    QObject::connect(&table, &widgets::DataTable::removeRequested, &table,
                     [&table, &actions](const QModelIndex &index) {
                         actions.remove(index.data(core::IdRole).toString(), &table);
                     });
}

}  // namespace maxiofs::pages
