// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/clock.h"
#include "models/snapshot_table.h"
#include "protocol/failover.h"

namespace maxiofs::models {

struct ConflictRow {
    protocol::Conflict conflict;
    bool stale = false;

    [[nodiscard]] QString id() const { return QString::fromStdString(conflict.id); }
    [[nodiscard]] QString key() const { return QString::fromStdString(conflict.objectKey); }
    bool operator==(const ConflictRow &other) const;
};

// The changes of objects that lost against another one, made at a node that did not see it, one a row.
class ConflictsModel : public SnapshotTable<ConflictRow> {
    Q_OBJECT
public:
    enum Column { Object, Bucket, Node, Written, Lost, Current, Version, kColumnCount };

    explicit ConflictsModel(const maxiofs::Clock &clock = SystemClock::instance(), QObject *parent = nullptr);

    void setConflicts(const std::vector<protocol::Conflict> &conflicts);
    void setStale(bool stale);

    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    [[nodiscard]] QString textOf(const protocol::Conflict &conflict, int column) const;
    [[nodiscard]] static QString tipOf(const protocol::Conflict &conflict, int column);
    [[nodiscard]] static QVariant sortKeyOf(const protocol::Conflict &conflict, int column);
    [[nodiscard]] static bool isFigure(int column) { return column == Lost; }

    const maxiofs::Clock &m_clock;
    bool m_stale = false;
};

}  // namespace maxiofs::models
