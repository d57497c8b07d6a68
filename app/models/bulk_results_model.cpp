// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/bulk_results_model.h"

#include "core/item_roles.h"
#include "theme/status.h"

namespace maxiofs::models {

using theme::Status;

void BulkResultsModel::setResult(const protocol::ReplicationBulkResult &result, const QStringList &owned)
{
    QList<BulkRow> rows;
    QStringList made = owned;
    for (const protocol::SkippedBucket &one : result.skipped) {
        const QString bucket = QString::fromStdString(one.bucket);
        made.removeAll(bucket);
        rows.append({.bucket = bucket, .reason = QString::fromStdString(one.reason)});
    }
    // The answer names rules, not buckets. Where a bucket came or went meanwhile, the ids are what is known.
    if (static_cast<std::size_t>(made.size()) != result.created.size()) {
        made.clear();
        for (const std::string &id : result.created)
            made << tr("rule %1").arg(QString::fromStdString(id));
    }
    for (const QString &bucket : std::as_const(made))
        rows.append({.bucket = bucket, .reason = {}});
    apply(rows);
}

int BulkResultsModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : kColumnCount;
}

QVariant BulkResultsModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const BulkRow &row = rows()[index.row()];
    const bool skipped = !row.reason.isEmpty();
    const QString text = index.column() == Bucket   ? row.bucket
                         : index.column() == Reason ? row.reason
                         : skipped                  ? tr("Skipped")
                                                    : tr("Created");
    switch (role) {
    case Qt::DisplayRole: return text;
    case Qt::ToolTipRole: return row.reason;
    case Qt::TextAlignmentRole: return static_cast<int>(Qt::AlignLeft | Qt::AlignVCenter);
    case Qt::AccessibleTextRole:
        return tr("%1: %2").arg(headerData(index.column(), Qt::Horizontal, Qt::DisplayRole).toString(), text);
    case core::IdRole: return row.id();
    case core::SortRole: return text.toLower();
    case core::StatusRole: return static_cast<int>(skipped ? Status::Warn : Status::Ok);
    default: return {};
    }
}

QVariant BulkResultsModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole)
        return static_cast<int>(Qt::AlignLeft | Qt::AlignVCenter);
    if (role != Qt::DisplayRole)
        return {};
    switch (section) {
    case Bucket: return tr("Bucket");
    case Result: return tr("Result");
    case Reason: return tr("Reason");
    default: return {};
    }
}

}  // namespace maxiofs::models
