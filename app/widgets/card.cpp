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
constexpr int kSmallGraphWidth = 56;
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

int Card::graphWidth() const
{
    return width() < 200 ? kSmallGraphWidth : kGraphWidth;
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
    const bool hasGraph = !m_parts.isEmpty() || !m_line.isEmpty();
    const int graphLeft = hasGraph ? right - graphWidth() : right;
    const QFont unitFont = Typography::font(Typography::Role::Cell);
    painter.setFont(unitFont);
    painter.setPen(Theme::color(Token::Muted));
    const QRect unitArea(left + figureWidth + 6, middle.top() + Typography::scaled(4),
                         graphLeft - left - figureWidth - 12, middle.height() - Typography::scaled(4));
    painter.drawText(unitArea, Qt::AlignVCenter | Qt::AlignLeft,
                     QFontMetrics(unitFont).elidedText(m_unit, Qt::ElideRight, unitArea.width()));

    const double muted = m_stale ? 0.5 : 1;
    painter.setOpacity(muted);
    if (!m_line.isEmpty()) {
        SparklineDelegate::paintLine(
            &painter, QRectF(graphLeft, middle.top() + 2, graphWidth() - 2, middle.height() - 6), m_line,
            m_lineToken, true);
    } else if (!m_parts.isEmpty()) {
        double sum = 0;
        for (const Part &part : m_parts)
            sum += part.share;
        const QRectF bar(graphLeft, middle.center().y() - 3, graphWidth(), 6);
        const auto shown = std::ranges::count_if(m_parts, [](const Part &part) { return part.share > 0; });
        double x = bar.left();
        const double room = bar.width() - 2.0 * static_cast<double>(std::max<std::ptrdiff_t>(0, shown - 1));
        painter.setPen(Qt::NoPen);
        for (const Part &part : m_parts) {
            if (part.share <= 0 || sum <= 0)
                continue;
            const double partWidth = std::max(3.0, room * part.share / sum);
            painter.setBrush(Theme::color(part.token));
            painter.drawRoundedRect(QRectF(x, bar.top(), partWidth, bar.height()), 2.5, 2.5);
            x += partWidth + 2;
        }
        if (shown == 0) {
            painter.setBrush(Theme::color(Token::Track));
            painter.drawRoundedRect(bar, 3, 3);
        }
    }
    painter.setOpacity(1);

    const QFont captionFont = Typography::font(Typography::Role::Caption);
    const QFontMetrics metrics(captionFont);
    painter.setFont(captionFont);
    int x = left;
    const QRect bottom(left, Typography::scaled(57), right - left, Typography::scaled(16));
    for (const Count &count : m_counts) {
        const bool marked = count.status != theme::Status::None || count.hasSwatch;
        const int needed = metrics.horizontalAdvance(count.text) + (marked ? StatusShape::kSide + 5 : 0);
        if (x > left && x + needed > right)
            break;  // the tooltip and the accessible name have all of them
        painter.setOpacity(muted);
        if (count.status != theme::Status::None) {
            StatusShape::paint(&painter, QRectF(x, bottom.top(), StatusShape::kSide, bottom.height()),
                               count.status);
        } else if (count.hasSwatch) {
            painter.setPen(Qt::NoPen);
            painter.setBrush(Theme::color(count.swatch));
            painter.drawRoundedRect(
                QRectF(x + 1, bottom.center().y() - kSwatch / 2.0 + 0.5, kSwatch, kSwatch), 2, 2);
        }
        painter.setOpacity(1);
        const int textLeft = x + (marked ? StatusShape::kSide + 5 : 0);
        painter.setPen(Theme::color(Token::Text2));
        painter.drawText(QRect(textLeft, bottom.top(), right - textLeft, bottom.height()),
                         Qt::AlignVCenter | Qt::AlignLeft,
                         metrics.elidedText(count.text, Qt::ElideRight, right - textLeft));
        x += needed + kCountGap;
    }
}

}  // namespace maxiofs::widgets
