// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/clock.h"
#include "models/snapshot_table.h"
#include "protocol/replication.h"
#include "theme/status.h"

namespace maxiofs::models {

struct RuleRow {
    protocol::ReplicationRule rule;
    QString source;       // the nodes' names; their ids where they are not known
    QString destination;  //
    bool stale = false;

    [[nodiscard]] QString id() const { return QString::fromStdString(rule.id); }
    /// Where it sends to, as shown: the node, and for a copy the bucket there too.
    [[nodiscard]] QString target() const;
    bool operator==(const RuleRow &other) const;
};

// The replication rules of a cluster, one a row.
class ReplicationModel : public SnapshotTable<RuleRow> {
    Q_OBJECT
public:
    enum Column {
        Bucket,
        Route,  // source → destination
        Mode,
        Deletes,
        Metadata,
        Objects,  // not yet acknowledged, as are the bytes
        Bytes,
        Lag,
        Status,
        LastSync,
        LastError,
        kColumnCount
    };

    explicit ReplicationModel(const maxiofs::Clock &clock = SystemClock::instance(),
                              QObject *parent = nullptr);

    void setRules(const std::vector<protocol::ReplicationRule> &rules);
    /// Names of nodes by their ids.
    void setNodeNames(const QHash<QString, QString> &names);
    void setStale(bool stale);
    /// The ages shown have grown.
    void refreshAges();
    /// How many rules are in such a state.
    [[nodiscard]] int countOf(theme::Status status) const;
    [[nodiscard]] int countOf(protocol::ReplicationStatus status) const;
    /// The worst state that asks for attention; None where all is well, waits or was paused by a person.
    [[nodiscard]] theme::Status worst() const;

    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    [[nodiscard]] QString nameOf(const std::string &node) const;
    [[nodiscard]] QString textOf(const RuleRow &row, int column) const;
    [[nodiscard]] static QVariant sortKeyOf(const RuleRow &row, int column);
    [[nodiscard]] QString tipOf(const RuleRow &row, int column) const;
    [[nodiscard]] static Qt::Alignment alignmentOf(int column);

    const maxiofs::Clock &m_clock;
    QHash<QString, QString> m_nodeNames;
    bool m_stale = false;
};

}  // namespace maxiofs::models
