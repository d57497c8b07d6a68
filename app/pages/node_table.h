// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractItemModel>

namespace maxiofs::widgets {
class DataTable;
}

namespace maxiofs::pages {

class NodeActions;

/// Gives a table the delegates of NodesModel's columns and lets its icons, menus and keys act on the nodes.
void makeNodeTable(widgets::DataTable &table, NodeActions &actions);
/// The width of the column with the icons.
[[nodiscard]] int nodeActionsWidth();

}  // namespace maxiofs::pages
