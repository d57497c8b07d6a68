// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace maxiofs::widgets {
class DataTable;
}

namespace maxiofs::pages {

/// Give a table the delegates and widths of ReplicationModel's columns, or of QueueModel's.
void makeRulesTable(widgets::DataTable &table);
void makeQueueTable(widgets::DataTable &table);

}  // namespace maxiofs::pages
