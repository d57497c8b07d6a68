// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/clock.h"
#include "core/connection_state.h"
#include "core/profile.h"
#include "models/snapshot_table.h"
#include "theme/status.h"

namespace maxiofs::models {

struct ConnectionRow {
    core::Profile profile;
    core::ConnectionState::State state = core::ConnectionState::State::SignedOut;
    bool certificateWaits = false;

    [[nodiscard]] QString id() const { return profile.id; }
    bool operator==(const ConnectionRow &) const = default;
};

// The saved connections, one a row.
class ConnectionsModel : public SnapshotTable<ConnectionRow> {
    Q_OBJECT
public:
    enum Column { Name, State, Address, User, LastSize, LastUsed, kColumnCount };

    explicit ConnectionsModel(const Clock &clock = SystemClock::instance(), QObject *parent = nullptr);

    void setConnections(const QList<ConnectionRow> &rows) { apply(rows); }
    [[nodiscard]] static theme::Status statusOf(const ConnectionRow &row);

    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    [[nodiscard]] QString textOf(const ConnectionRow &row, int column) const;
    [[nodiscard]] static QString wordOf(const ConnectionRow &row);

    const Clock &m_clock;
};

}  // namespace maxiofs::models
