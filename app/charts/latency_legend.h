// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "charts/latency_line.h"

#include <QSet>
#include <QTableView>

namespace maxiofs::charts {

// The latency chart's names: each node with its line's look, the newest and the highest value. A click, or
// Space, hides a node's line and shows it again.
class LatencyLegend : public QTableView {
    Q_OBJECT
public:
    explicit LatencyLegend(QWidget *parent = nullptr);
    ~LatencyLegend() override;

    /// `maximumTitle` is the last column's: "Max 1 h".
    void present(const QList<LatencyLine> &lines, const QString &maximumTitle);
    void setSelectedLine(const QString &id);
    [[nodiscard]] const QSet<QString> &hiddenLines() const { return m_hidden; }
    [[nodiscard]] int heightForRows(int rows) const;

Q_SIGNALS:
    void hiddenLinesChanged(const QSet<QString> &ids);

protected:
    void keyPressEvent(QKeyEvent *event) override;

private:
    class Model;
    class Delegate;

    void toggle(const QModelIndex &index);

    Model *m_model;
    QSet<QString> m_hidden;
};

}  // namespace maxiofs::charts
