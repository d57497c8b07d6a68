// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/snapshot_table.h"
#include "protocol/cluster.h"

#include <QHash>

namespace maxiofs::models {

struct BucketRow {
    protocol::ClusterBucket bucket;
    QString nodeName;  // of the owner; its id where it is not known
    bool stale = false;

    [[nodiscard]] QString id() const { return QString::fromStdString(bucket.name); }
    bool operator==(const BucketRow &other) const;
};

// The buckets of a cluster, one a row.
class BucketsModel : public SnapshotTable<BucketRow> {
    Q_OBJECT
public:
    enum Column { Name, Objects, Size, Node, Copies, kColumnCount };

    using SnapshotTable::SnapshotTable;

    void setBuckets(const std::vector<protocol::ClusterBucket> &buckets);
    /// Names of nodes by their ids.
    void setNodeNames(const QHash<QString, QString> &names);
    void setStale(bool stale);

    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    [[nodiscard]] QString nameOfNode(const protocol::ClusterBucket &bucket) const;
    [[nodiscard]] static QString textOf(const BucketRow &row, int column);
    [[nodiscard]] static bool isFigure(int column) { return column == Objects || column == Size; }

    QHash<QString, QString> m_nodeNames;
    bool m_stale = false;
};

}  // namespace maxiofs::models
