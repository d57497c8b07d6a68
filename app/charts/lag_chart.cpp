// SPDX-License-Identifier: GPL-3.0-or-later
#include "charts/lag_chart.h"

#include "charts/latency_scale.h"
#include "theme/theme.h"
#include "theme/typography.h"

#include <QLocale>
#include <QPainter>
#include <QPainterPath>

#include <algorithm>
#include <cmath>

namespace maxiofs::charts {

using theme::Theme;
using theme::Token;
using theme::Typography;

namespace {

constexpr int kLines = 2;  // of the grid, above the lowest one
constexpr int kSmallestHeight = 64;

}  // namespace

LagChart::LagChart(const QString &name, QWidget *parent) : QWidget(parent), m_name(name)
{
    setAccessibleName(name);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
}

void LagChart::present(const QList<Sample> &samples, std::int64_t fromMs, std::int64_t toMs,
                       std::int64_t gapMs)
{
    m_samples = samples;
    m_fromMs = fromMs;
    m_toMs = std::max(toMs, fromMs + 1);
    m_gapMs = gapMs;
    setAccessibleDescription(
        samples.isEmpty()
            ? QString()
            : tr("%1 now", "a figure").arg(QLocale().toString(static_cast<qlonglong>(samples.last().value))));
    update();
}

std::int64_t LagChart::topFor(std::int64_t value)
{
    constexpr std::int64_t kSmallest = 10;
    constexpr std::int64_t kGreatest = 1'000'000'000'000'000;
    for (std::int64_t decade = kSmallest; decade < kGreatest; decade *= 10) {
        for (const std::int64_t part : {decade, decade * 2, decade * 4, decade * 6}) {
            if (value <= part)
                return part;
        }
    }
    return value;
}

QSize LagChart::sizeHint() const
{
    return {320, Typography::scaled(150)};
}

QSize LagChart::minimumSizeHint() const
{
    return {200, 0};
}

void LagChart::paintEvent(QPaintEvent *)
{
    if (height() < Typography::scaled(kSmallestHeight))
        return;
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QFont font = Typography::font(Typography::Role::Caption);
    const QFontMetrics metrics(font);
    painter.setFont(font);
    std::int64_t highest = 0;
    for (const Sample &sample : m_samples)
        highest = std::max(highest, sample.value);
    const std::int64_t top = topFor(highest);
    const auto figure = [top](int line) {
        return QLocale().toString(static_cast<qlonglong>(top * line / kLines));
    };
    const int left = metrics.horizontalAdvance(figure(kLines)) + 8;
    const QRectF plot(left, metrics.height() / 2.0 + 1, width() - left - 6,
                      height() - metrics.height() * 1.5 - 8);
    for (int line = 0; line <= kLines; ++line) {
        const double y = plot.bottom() - plot.height() * line / kLines;
        painter.fillRect(QRectF(plot.left(), std::round(y), plot.width(), 1), Theme::color(Token::Line));
        painter.setPen(Theme::color(Token::Muted));
        painter.drawText(QRectF(0, y - metrics.height() / 2.0, left - 8, metrics.height()),
                         Qt::AlignRight | Qt::AlignVCenter, figure(line));
    }
    const auto xOf = [&](std::int64_t atMs) {
        return plot.left() +
               plot.width() * static_cast<double>(atMs - m_fromMs) / static_cast<double>(m_toMs - m_fromMs);
    };
    double free = 0;
    for (const TimeTicks::Tick &tick : TimeTicks::of(m_fromMs, m_toMs)) {
        const double half = metrics.horizontalAdvance(tick.text) / 2.0;
        const double x = std::clamp(xOf(tick.atMs), half, std::max(half, width() - half));
        if (x - half < free)
            continue;
        free = x + half + 12;
        painter.drawText(QRectF(x - half - 1, plot.bottom() + 6, 2 * half + 2, metrics.height()),
                         Qt::AlignCenter, tick.text);
    }
    const auto pointOf = [&](const Sample &sample) {
        return QPointF(xOf(sample.atMs), plot.bottom() - plot.height() * static_cast<double>(sample.value) /
                                                             static_cast<double>(top));
    };
    const QColor color = Theme::color(Token::S1);
    QColor tint = color;
    tint.setAlphaF(0.13F);
    for (qsizetype i = 0; i < m_samples.size();) {
        QPainterPath path(pointOf(m_samples[i]));
        const double from = xOf(m_samples[i].atMs);
        qsizetype last = i;
        while (last + 1 < m_samples.size() && m_samples[last + 1].atMs - m_samples[last].atMs <= m_gapMs)
            path.lineTo(pointOf(m_samples[++last]));
        QPainterPath ground = path;
        ground.lineTo(xOf(m_samples[last].atMs), plot.bottom());
        ground.lineTo(from, plot.bottom());
        painter.fillPath(ground, tint);
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(color, 2, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
        painter.drawPath(path);
        i = last + 1;
    }
    if (!m_samples.isEmpty()) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(color);
        painter.drawEllipse(pointOf(m_samples.last()), 3, 3);
    }
}

}  // namespace maxiofs::charts
