// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/clock.h"
#include "models/snapshot_table.h"
#include "protocol/replication.h"
#include "theme/status.h"

namespace maxiofs::models {

struct QueueRow {
    protocol::ReplicationQueueEntry entry;
    bool stale = false;

    [[nodiscard]] QString id() const { return QString::fromStdString(entry.id); }
    bool operator==(const QueueRow &other) const;
};

// What a replication rule has not sent yet, one change a row: in flight, to be tried again, waiting.
class QueueModel : public SnapshotTable<QueueRow> {
    Q_OBJECT
public:
    enum Column { Object, Change, Size, Tries, State, Error, kColumnCount };

    explicit QueueModel(const maxiofs::Clock &clock = SystemClock::instance(), QObject *parent = nullptr);

    void setEntries(const std::vector<protocol::ReplicationQueueEntry> &entries);
    void setStale(bool stale);
    /// The times to the next attempts are shorter.
    void refreshAges();

    [[nodiscard]] static theme::Status statusOf(const protocol::ReplicationQueueEntry &entry);
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    [[nodiscard]] QString textOf(const protocol::ReplicationQueueEntry &entry, int column) const;
    [[nodiscard]] QString stateOf(const protocol::ReplicationQueueEntry &entry) const;
    [[nodiscard]] static QVariant sortKeyOf(const protocol::ReplicationQueueEntry &entry, int column);

    const maxiofs::Clock &m_clock;
    bool m_stale = false;
};

}  // namespace maxiofs::models
