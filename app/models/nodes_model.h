// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/clock.h"
#include "models/snapshot_table.h"
#include "protocol/cluster.h"

namespace maxiofs::models {

struct NodeRow {
    protocol::Node node;
    QList<double> lastHour;  // NaN where nothing was measured
    bool stale = false;      // from before the connection was lost

    [[nodiscard]] QString id() const { return QString::fromStdString(node.id); }
    bool operator==(const NodeRow &other) const;
};

// The nodes of a cluster, one a row.
class NodesModel : public SnapshotTable<NodeRow> {
    Q_OBJECT
public:
    enum Column {
        Name,
        Endpoint,
        Health,
        Latency,
        Capacity,
        Buckets,
        Priority,
        LastSeen,
        Region,
        Version,
        Clock,    // how far the node's clock is from that of the node asked
        Actions,  // no text: what can be done with the node
        kColumnCount
    };
    enum class Action { Edit, Menu };

    explicit NodesModel(const maxiofs::Clock &clock = SystemClock::instance(), QObject *parent = nullptr);

    void setNodes(const std::vector<protocol::Node> &nodes);
    /// Fresh health of nodes that are known.
    void setHealth(const std::vector<protocol::NodeHealth> &health);
    void setLastHour(const QString &id, const QList<double> &values);
    void setStale(bool stale);
    /// The ages shown have grown.
    void refreshAges();

    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    [[nodiscard]] QString textOf(const NodeRow &row, int column) const;
    [[nodiscard]] QVariant sortKeyOf(const NodeRow &row, int column) const;
    [[nodiscard]] QString tipOf(const NodeRow &row, int column) const;
    /// In milliseconds; NaN: not known.
    [[nodiscard]] static double latencyOf(const NodeRow &row);
    [[nodiscard]] static bool isFigure(int column);

    const maxiofs::Clock &m_clock;
    bool m_stale = false;
};

}  // namespace maxiofs::models
