// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/card.h"

#include "core/format.h"
#include "theme/icon_loader.h"
#include "theme/status_shape.h"
#include "theme/theme.h"
#include "theme/typography.h"
#include "widgets/sparkline_delegate.h"

#include <QPainter>
#include <QPainterPath>

#include <algorithm>

namespace maxiofs::widgets {

using namespace Qt::StringLiterals;
using theme::StatusShape;
using theme::Theme;
using theme::Token;
using theme::Typography;

namespace {

constexpr int kPadding = 12;
constexpr int kGraphWidth = 84;
constexpr int kSmallestGraph = 24;
constexpr double kStaleOpacity = 0.5;
constexpr int kSwatch = 8;
constexpr int kCountGap = 12;

}  // namespace

Card::Card(const QString &icon, const QString &label, QWidget *parent)
    : QFrame(parent),
      m_icon(icon),
      m_label(label),
      m_figure(core::Format::unknown())
{
    setObjectName(u"panel"_s);
    setFixedHeight(Typography::scaled(kHeight));
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    describe();
}

void Card::setFigure(const QString &figure, const QString &unit)
{
    m_figure = figure;
    m_unit = unit;
    describe();
}

void Card::setParts(const QList<Part> &parts)
{
    m_parts = parts;
    update();
}

void Card::setLine(const QList<double> &values, Token token)
{
    m_line = values;
    m_lineToken = token;
    update();
}

void Card::setCounts(const QList<Count> &counts)
{
    m_counts = counts;
    describe();
}

void Card::setStale(bool stale)
{
    m_stale = stale;
    update();
}

void Card::describe()
{
    QStringList words{u"%1: %2 %3"_s.arg(m_label, m_figure, m_unit).trimmed()};
    for (const Count &count : m_counts)
        words << count.text;
    setAccessibleName(words.join(u", "_s));
    setToolTip(words.join(u", "_s));
    update();
}

QSize Card::sizeHint() const
{
    return {232, Typography::scaled(kHeight)};
}

QSize Card::minimumSizeHint() const
{
    return {136, Typography::scaled(kHeight)};
}

void Card::paintEvent(QPaintEvent *event)
{
    QFrame::paintEvent(event);
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const int left = kPadding;
    const int right = width() - kPadding;

    theme::IconLoader::paint(&painter, QRect(left, Typography::scaled(8), 16, Typography::scaled(18)), m_icon,
                             Token::Muted, 15);
    painter.setFont(Typography::font(Typography::Role::Cell));
    painter.setPen(Theme::color(Token::Muted));
    painter.drawText(QRect(left + 22, Typography::scaled(8), right - left - 22, Typography::scaled(18)),
                     Qt::AlignVCenter | Qt::AlignLeft, m_label);

    const QRect middle(left, Typography::scaled(25), right - left, Typography::scaled(30));
    const QFont figureFont = Typography::font(Typography::Role::Figure);
    painter.setFont(figureFont);
    painter.setPen(Theme::color(m_stale ? Token::Muted : Token::Text));
    painter.drawText(middle, Qt::AlignVCenter | Qt::AlignLeft, m_figure);
    const int figureWidth = QFontMetrics(figureFont).horizontalAdvance(m_figure);
    const QFont unitFont = Typography::font(Typography::Role::Cell);
    const int unitWidth = QFontMetrics(unitFont).horizontalAdvance(m_unit);
    // The graph takes what figure and unit leave; where that is next to nothing, it goes.
    const int left2 = left + figureWidth + 6 + unitWidth + 10;
    const int graphWidth = std::min(kGraphWidth, right - left2);
    const bool hasGraph = (!m_parts.isEmpty() || !m_line.isEmpty()) && graphWidth >= kSmallestGraph;
    painter.setFont(unitFont);
    painter.setPen(Theme::color(Token::Muted));
    painter.drawText(QRect(left + figureWidth + 6, middle.top() + Typography::scaled(4),
                           right - left - figureWidth - 6, middle.height() - Typography::scaled(4)),
                     Qt::AlignVCenter | Qt::AlignLeft, m_unit);
    painter.setOpacity(m_stale ? kStaleOpacity : 1);
    if (hasGraph)
        paintGraph(&painter, QRectF(right - graphWidth, middle.top(), graphWidth, middle.height()));
    paintCounts(&painter);
}

void Card::paintGraph(QPainter *painter, const QRectF &area) const
{
    if (!m_line.isEmpty()) {
        SparklineDelegate::paintLine(painter, area.adjusted(0, 2, -2, -4), m_line, m_lineToken, true);
        return;
    }
    double sum = 0;
    for (const Part &part : m_parts)
        sum += part.share;
    const QRectF bar(area.left(), area.center().y() - 3, area.width(), 6);
    const auto shown = std::ranges::count_if(m_parts, [](const Part &part) { return part.share > 0; });
    const double room = bar.width() - 2.0 * static_cast<double>(std::max<std::ptrdiff_t>(0, shown - 1));
    painter->setPen(Qt::NoPen);
    double x = bar.left();
    for (const Part &part : m_parts) {
        if (part.share <= 0 || sum <= 0)
            continue;
        const double partWidth = std::max(4.0, room * part.share / sum);
        painter->setBrush(Theme::color(part.token));
        painter->drawRoundedRect(QRectF(x, bar.top(), std::min(partWidth, bar.right() - x), bar.height()),
                                 2.5, 2.5);
        x += partWidth + 2;
    }
    if (shown == 0) {
        painter->setBrush(Theme::color(Token::Track));
        painter->drawRoundedRect(bar, 3, 3);
    }
}

void Card::paintCounts(QPainter *painter) const
{
    const QFont font = Typography::font(Typography::Role::Caption);
    const QFontMetrics metrics(font);
    const auto isMarked = [](const Count &count) {
        return count.status != theme::Status::None || count.hasSwatch;
    };
    int needed = -kCountGap;
    for (const Count &count : m_counts)
        needed += kCountGap + metrics.horizontalAdvance(count.text) +
                  (isMarked(count) ? StatusShape::kSide + 5 : 0);
    const bool brief = needed > width() - 2 * kPadding;
    const int right = width() - kPadding;
    const QRect line(kPadding, Typography::scaled(57), right - kPadding, Typography::scaled(16));
    painter->setFont(font);
    int x = line.left();
    for (const Count &count : m_counts) {
        const QString text = brief && !count.shortText.isEmpty() ? count.shortText : count.text;
        const int textLeft = x + (isMarked(count) ? StatusShape::kSide + 5 : 0);
        // What has no room is left out whole; the tooltip and the accessible name have it.
        if (x > line.left() && textLeft + metrics.horizontalAdvance(text) > right)
            break;
        painter->setOpacity(m_stale ? kStaleOpacity : 1);
        if (count.status != theme::Status::None) {
            StatusShape::paint(painter, QRectF(x, line.top(), StatusShape::kSide, line.height()),
                               count.status);
        } else if (count.hasSwatch) {
            painter->setPen(Qt::NoPen);
            painter->setBrush(Theme::color(count.swatch));
            painter->drawRoundedRect(QRectF(x + 1, line.center().y() - kSwatch / 2.0 + 0.5, kSwatch, kSwatch),
                                     2, 2);
        }
        painter->setOpacity(1);
        x = textLeft;
        painter->setPen(Theme::color(Token::Text2));
        painter->drawText(QRect(x, line.top(), right - x, line.height()), Qt::AlignVCenter | Qt::AlignLeft,
                          metrics.elidedText(text, Qt::ElideRight, right - x));
        x += metrics.horizontalAdvance(text) + kCountGap;
    }
}

}  // namespace maxiofs::widgets
