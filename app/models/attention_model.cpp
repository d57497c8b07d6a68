// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/attention_model.h"

#include "core/format.h"
#include "core/item_roles.h"
#include "models/health_words.h"

#include <algorithm>

namespace maxiofs::models {

using namespace Qt::StringLiterals;
using core::Format;
using theme::Status;

AttentionModel::AttentionModel(const Clock &clock, QObject *parent) : SnapshotTable(parent), m_clock(clock) {}

std::int64_t AttentionModel::sinceOf(const QString &key, Status status) const
{
    const AttentionRow *known = find(key);
    return known && known->status == status ? known->sinceMs : m_clock.unixMs();
}

void AttentionModel::setNodes(const std::vector<protocol::Node> &nodes)
{
    QList<AttentionRow> fresh;
    for (const protocol::Node &node : nodes) {
        const QString name = QString::fromStdString(node.name);
        const QString reason = QString::fromStdString(node.reason);
        const Status status = HealthWords::statusOf(node.healthStatus);
        if (status == Status::Warn || status == Status::Bad) {
            const QString key = u"health/"_s + QString::fromStdString(node.id);
            const bool bad = status == Status::Bad;
            fresh.append({.key = key,
                          .status = status,
                          .title = bad ? tr("%1 is unavailable").arg(name) : tr("%1 is degraded").arg(name),
                          .reason = !reason.isEmpty() ? reason
                                    : bad
                                        ? tr("It does not answer.")
                                        : tr("It answers in %1.")
                                              .arg(Format::milliseconds(static_cast<double>(node.latencyMs))),
                          .sinceMs = bad && node.lastSeen ? node.lastSeen->unixMs : sinceOf(key, status)});
        }
        const double used = node.capacityTotal > 0 ? static_cast<double>(node.capacityUsed) /
                                                         static_cast<double>(node.capacityTotal)
                                                   : 0;
        if (used >= kFillingAt) {
            constexpr double kFullAt = 0.95;
            const QString key = u"space/"_s + QString::fromStdString(node.id);
            const Status full = used >= kFullAt ? Status::Bad : Status::Warn;
            fresh.append(
                {.key = key,
                 .status = full,
                 .title = full == Status::Bad ? tr("%1 is nearly full").arg(name)
                                              : tr("%1 is filling up").arg(name),
                 .reason = tr("%1 used, %2 left.")
                               .arg(Format::percent(used), Format::bytes(std::max<std::int64_t>(
                                                               0, node.capacityTotal - node.capacityUsed))),
                 .sinceMs = sinceOf(key, full)});
        }
    }
    std::ranges::sort(fresh, [](const AttentionRow &a, const AttentionRow &b) {
        return a.status != b.status ? a.status > b.status : a.key < b.key;
    });
    apply(fresh);
}

Status AttentionModel::worst() const
{
    Status worst = Status::Ok;
    for (const AttentionRow &row : rows())
        worst = std::max(worst, row.status);
    return worst;
}

void AttentionModel::refreshAges()
{
    if (rowCount() > 0)
        Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, 0), {core::TimeRole});
}

int AttentionModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : 1;
}

QVariant AttentionModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const AttentionRow &row = rows()[index.row()];
    switch (role) {
    case Qt::DisplayRole: return row.title;
    case Qt::ToolTipRole: return u"%1\n%2"_s.arg(row.title, row.reason);
    case Qt::AccessibleTextRole: return u"%1. %2"_s.arg(row.title, row.reason);
    case core::SecondaryRole: return row.reason;
    case core::StatusRole: return static_cast<int>(row.status);
    case core::IdRole: return row.key;
    case core::TimeRole:
        return tr("for %1", "how long it has been so").arg(Format::duration(m_clock.unixMs() - row.sinceMs));
    default: return {};
    }
}

}  // namespace maxiofs::models
