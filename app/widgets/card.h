// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "theme/status.h"
#include "theme/token.h"

#include <QFrame>
#include <QList>

namespace maxiofs::widgets {

// One figure of an overview: icon and label, the figure with its unit, a small graph at the right and a line
// of counts below. Everything is painted, so that a card costs one widget.
class Card : public QFrame {
    Q_OBJECT
public:
    static constexpr int kHeight = 82;

    struct Part {  // of the bar at the right
        double share = 0;
        theme::Token token;
    };
    struct Count {  // of the line below
        QString text;
        QString shortText = {};                      // where the whole ones do not fit; only with a shape
        theme::Status status = theme::Status::None;  // a shape before it
        bool hasSwatch = false;
        theme::Token swatch = theme::Token::Accent;
    };

    Card(const QString &icon, const QString &label, QWidget *parent = nullptr);

    void setFigure(const QString &figure, const QString &unit = {});
    void setParts(const QList<Part> &parts);
    /// A small line instead of the bar; NaN breaks it.
    void setLine(const QList<double> &values, theme::Token token);
    void setCounts(const QList<Count> &counts);
    /// Old values are shown muted.
    void setStale(bool stale);
    [[nodiscard]] const QString &figure() const { return m_figure; }
    [[nodiscard]] const QList<Count> &counts() const { return m_counts; }
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    void describe();
    void paintCounts(QPainter *painter) const;
    void paintGraph(QPainter *painter, const QRectF &area) const;

    QString m_icon;
    QString m_label;
    QString m_figure;
    QString m_unit;
    QList<Part> m_parts;
    QList<double> m_line;
    theme::Token m_lineToken = theme::Token::Accent;
    QList<Count> m_counts;
    bool m_stale = false;
};

}  // namespace maxiofs::widgets
