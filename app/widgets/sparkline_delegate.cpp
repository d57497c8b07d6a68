// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/sparkline_delegate.h"

#include "core/item_roles.h"
#include "theme/status_shape.h"
#include "theme/theme.h"
#include "theme/typography.h"

#include <QPainter>
#include <QPainterPath>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

namespace maxiofs::widgets {

using theme::Theme;
using theme::Token;
using theme::Typography;

namespace {

// Below this the line would show noise as mountains: latency moves within a factor of two all the time.
constexpr double kSmallestSpan = 0.9;
constexpr double kSmallestMs = 0.1;

}  // namespace

void SparklineDelegate::paintLine(QPainter *painter, const QRectF &area, const QList<double> &values,
                                  Token token, bool filled, bool logarithmic)
{
    QList<double> scaled = values;
    double lowest = std::numeric_limits<double>::infinity();
    double highest = -lowest;
    for (double &value : scaled) {
        if (logarithmic && std::isfinite(value))
            value = std::log10(std::max(value, kSmallestMs));
        if (std::isfinite(value)) {
            lowest = std::min(lowest, value);
            highest = std::max(highest, value);
        }
    }
    if (!std::isfinite(lowest) || scaled.size() < 2)
        return;
    if (!logarithmic)
        lowest = std::min(lowest, 0.0);
    const double smallest = logarithmic ? kSmallestSpan : std::max(highest, 1.0) * 0.1;
    if (highest - lowest < smallest) {
        const double middle = (highest + lowest) / 2;
        lowest = middle - smallest / 2;
        highest = middle + smallest / 2;
    }
    const double step = area.width() / static_cast<double>(scaled.size() - 1);
    const auto pointAt = [&](qsizetype i) {
        return QPointF(area.left() + static_cast<double>(i) * step,
                       area.bottom() - (scaled[i] - lowest) / (highest - lowest) * area.height());
    };
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    QPainterPath path;
    std::optional<QPointF> last;
    bool open = false;
    for (qsizetype i = 0; i < scaled.size(); ++i) {
        if (!std::isfinite(scaled[i])) {
            open = false;
            continue;
        }
        const QPointF point = pointAt(i);
        if (open)
            path.lineTo(point);
        else
            path.moveTo(point);
        open = true;
        last = point;
    }
    const QColor color = Theme::color(token);
    if (filled && last) {
        QPainterPath ground = path;
        ground.lineTo(last->x(), area.bottom());
        ground.lineTo(path.elementAt(0).x, area.bottom());
        QColor tint = color;
        tint.setAlphaF(0.13F);
        painter->fillPath(ground, tint);
    }
    painter->setPen(QPen(color, 1.2, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    painter->setBrush(Qt::NoBrush);
    painter->drawPath(path);
    if (last && open) {
        painter->setPen(Qt::NoPen);
        painter->setBrush(color);
        painter->drawEllipse(*last, 1.9, 1.9);
    }
    painter->restore();
}

void SparklineDelegate::paintCell(QPainter *painter, const QRect &area, const QStyleOptionViewItem &,
                                  const QModelIndex &index) const
{
    const int figureWidth = Typography::scaled(58);
    constexpr int kGap = 10;
    const auto status = static_cast<theme::Status>(index.data(core::StatusRole).toInt());
    const bool stale = isStale(index);
    const bool troubled = status == theme::Status::Warn || status == theme::Status::Bad;
    const Token word = stale ? Token::Muted : troubled ? theme::StatusShape::textToken(status) : Token::Text;
    paintText(painter, QRect(area.left(), area.top(), figureWidth, area.height()), Qt::AlignRight,
              index.data().toString(),
              Typography::font(troubled ? Typography::Role::CellStrong : Typography::Role::Cell), word);
    const QRectF line(area.left() + figureWidth + kGap, area.center().y() - kLineHeight / 2.0 + 3, kLineWidth,
                      kLineHeight - 5);
    if (line.right() <= area.right() + kCellPadding) {
        paintLine(painter, line, index.data(core::SparklineRole).value<QList<double>>(),
                  stale                           ? Token::Disabled
                  : status == theme::Status::Warn ? Token::Warn
                                                  : Token::Muted,
                  false, true);
    }
}

}  // namespace maxiofs::widgets
