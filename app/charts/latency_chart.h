// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "charts/latency_line.h"

#include <QCategoryAxis>
#include <QChartView>
#include <QSet>

#include <functional>

namespace maxiofs::charts {

// The latency of all nodes over time, logarithmic, with bands where nodes count as degraded and unavailable.
// Missing samples are gaps. The mouse, or Left and Right, move a cross-line with a tip. Nothing is redrawn
// while it is hidden.
class LatencyChart : public QChartView {
    Q_OBJECT
public:
    explicit LatencyChart(QWidget *parent = nullptr);

    /// What is shown: `stretchMs` is the samples' length.
    void present(const QList<LatencyLine> &lines, std::int64_t fromMs, std::int64_t toMs,
                 std::int64_t stretchMs);
    void setHiddenLines(const QSet<QString> &ids);
    void setSelectedLine(const QString &id);

    [[nodiscard]] const QList<LatencyLine> &lines() const { return m_lines; }
    /// How long before the window's end the first sample is; 0 where there is none.
    [[nodiscard]] std::int64_t collectedMs() const;
    /// The samples shown, a row for each time and node.
    [[nodiscard]] QString csv() const;
    /// The cross-line's time in Unix milliseconds; empty: none is shown.
    [[nodiscard]] const std::optional<std::int64_t> &crossTime() const { return m_crossMs; }

protected:
    void mouseMoveEvent(QMouseEvent *event) override;
    void leaveEvent(QEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void focusOutEvent(QFocusEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void showEvent(QShowEvent *event) override;

private:
    class Layer;

    void rebuild();
    void rebuildAxes();
    void addSeries(const LatencyLine &line, const QList<QPointF> &points, bool strong);
    [[nodiscard]] QPointF pointAt(std::int64_t timeMs, double milliseconds) const;
    void setCross(std::optional<std::int64_t> timeMs);
    void paintBack(QPainter *painter) const;
    void paintFront(QPainter *painter) const;
    void paintTip(QPainter *painter) const;
    [[nodiscard]] QList<const LatencyLine *> visibleLines() const;

    QList<LatencyLine> m_lines;
    QSet<QString> m_hidden;
    QString m_selected;
    std::int64_t m_fromMs = 0;
    std::int64_t m_toMs = 1;
    std::int64_t m_stretchMs = 1000;
    double m_bottom = 0;
    std::optional<std::int64_t> m_crossMs;
    bool m_dirty = false;
    QCategoryAxis *m_timeAxis;
    QCategoryAxis *m_valueAxis;
    Layer *m_back;
    Layer *m_front;
};

}  // namespace maxiofs::charts
