// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/snapshot_table.h"
#include "protocol/replication.h"

namespace maxiofs::models {

struct BulkRow {
    QString bucket;
    QString reason;  // why it was skipped; empty: its rule was made

    [[nodiscard]] QString id() const { return bucket; }
    bool operator==(const BulkRow &) const = default;
};

// What became of each bucket that was to get a rule.
class BulkResultsModel : public SnapshotTable<BulkRow> {
    Q_OBJECT
public:
    enum Column { Bucket, Result, Reason, kColumnCount };

    using SnapshotTable::SnapshotTable;

    /// `owned`: the buckets that the node had; those not skipped got a rule.
    void setResult(const protocol::ReplicationBulkResult &result, const QStringList &owned);

    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
};

}  // namespace maxiofs::models
