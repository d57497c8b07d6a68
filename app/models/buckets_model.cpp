// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/buckets_model.h"

#include "core/format.h"
#include "core/item_roles.h"

namespace maxiofs::models {

using core::Format;

bool BucketRow::operator==(const BucketRow &other) const
{
    const protocol::ClusterBucket &a = bucket;
    const protocol::ClusterBucket &b = other.bucket;
    return a.name == b.name && a.tenantId == b.tenantId && a.primaryNode == b.primaryNode &&
           a.replicaCount == b.replicaCount && a.hasReplication == b.hasReplication &&
           a.objectCount == b.objectCount && a.totalSize == b.totalSize && a.epoch == b.epoch &&
           a.counted == b.counted && nodeName == other.nodeName && stale == other.stale;
}

QString BucketsModel::nameOfNode(const protocol::ClusterBucket &bucket) const
{
    const QString id = QString::fromStdString(bucket.primaryNode);
    return m_nodeNames.value(id, id);
}

void BucketsModel::setBuckets(const std::vector<protocol::ClusterBucket> &buckets)
{
    QList<BucketRow> fresh;
    for (const protocol::ClusterBucket &bucket : buckets)
        fresh.append({.bucket = bucket, .nodeName = nameOfNode(bucket), .stale = m_stale});
    apply(fresh);
}

void BucketsModel::setNodeNames(const QHash<QString, QString> &names)
{
    if (names == m_nodeNames)
        return;
    m_nodeNames = names;
    changeAll([this](BucketRow &row) { row.nodeName = nameOfNode(row.bucket); });
}

void BucketsModel::setStale(bool stale)
{
    m_stale = stale;
    changeAll([stale](BucketRow &row) { row.stale = stale; });
}

int BucketsModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : kColumnCount;
}

QString BucketsModel::textOf(const BucketRow &row, int column)
{
    switch (column) {
    case Name: return row.id();
    case Objects: return row.bucket.counted ? Format::count(row.bucket.objectCount) : Format::unknown();
    case Size: return row.bucket.counted ? Format::bytes(row.bucket.totalSize) : Format::unknown();
    case Node: return row.nodeName;
    case Copies:
        return row.bucket.replicaCount > 0
                   ? tr("%n copies", nullptr, static_cast<int>(row.bucket.replicaCount) + 1)
                   : tr("Local only");
    default: return {};
    }
}

QVariant BucketsModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const BucketRow &row = rows()[index.row()];
    const int column = index.column();
    switch (role) {
    case Qt::DisplayRole: return textOf(row, column);
    case Qt::TextAlignmentRole:
        return static_cast<int>((isFigure(column) ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    case Qt::AccessibleTextRole:
        return tr("%1: %2").arg(headerData(column, Qt::Horizontal, Qt::DisplayRole).toString(),
                                textOf(row, column));
    case Qt::ToolTipRole:
        return !row.bucket.counted && (column == Objects || column == Size)
                   ? tr("%1, which owns it, does not answer.").arg(row.nodeName)
                   : QString();
    case core::IdRole: return row.id();
    case core::StaleRole: return row.stale;
    case core::SortRole:
        if (column == Objects)
            return static_cast<qlonglong>(row.bucket.objectCount);
        if (column == Size)
            return static_cast<qlonglong>(row.bucket.totalSize);
        if (column == Copies)
            return static_cast<qlonglong>(row.bucket.replicaCount);
        return textOf(row, column).toLower();
    default: return {};
    }
}

QVariant BucketsModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole)
        return static_cast<int>((isFigure(section) ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    if (role != Qt::DisplayRole)
        return {};
    switch (section) {
    case Name: return tr("Name");
    case Objects: return tr("Objects");
    case Size: return tr("Size");
    case Node: return tr("Owner");
    case Copies: return tr("Copies");
    default: return {};
    }
}

}  // namespace maxiofs::models
