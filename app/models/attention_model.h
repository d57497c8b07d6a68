// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/clock.h"
#include "models/snapshot_table.h"
#include "protocol/cluster.h"
#include "theme/status.h"

namespace maxiofs::models {

struct AttentionRow {
    QString key;
    theme::Status status = theme::Status::Warn;
    QString title;
    QString reason;
    std::int64_t sinceMs = 0;  // when the node was last seen, else when this program first saw it

    [[nodiscard]] QString id() const { return key; }
    bool operator==(const AttentionRow &) const = default;
};

// What in a cluster is not well: nodes that do not answer, answer slowly or fill up. The worst come first
// when they appear.
class AttentionModel : public SnapshotTable<AttentionRow> {
    Q_OBJECT
public:
    static constexpr double kFillingAt = 0.85;

    explicit AttentionModel(const Clock &clock = SystemClock::instance(), QObject *parent = nullptr);

    void setNodes(const std::vector<protocol::Node> &nodes);
    /// The worst state in it; Ok where it is empty.
    [[nodiscard]] theme::Status worst() const;
    void refreshAges();

    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;

private:
    [[nodiscard]] std::int64_t sinceOf(const QString &key, theme::Status status) const;

    const Clock &m_clock;
};

}  // namespace maxiofs::models
