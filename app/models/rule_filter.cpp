// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/rule_filter.h"

#include "core/item_roles.h"
#include "protocol/replication.h"
#include "theme/status.h"

namespace maxiofs::models {

using theme::Status;

void RuleFilter::setKind(Kind kind)
{
    m_kind = kind;
    invalidateFilter();
}

bool RuleFilter::filterAcceptsRow(int row, const QModelIndex &parent) const
{
    if (m_kind == Kind::All)
        return true;
    const QModelIndex index = sourceModel()->index(row, 0, parent);
    if (m_kind == Kind::Paused)
        return index.data(core::KindRole).toInt() == static_cast<int>(protocol::ReplicationStatus::Paused);
    const auto status = static_cast<Status>(index.data(core::StatusRole).toInt());
    return status == Status::Warn || status == Status::Bad;
}

}  // namespace maxiofs::models
