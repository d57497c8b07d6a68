// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/fingerprint_view.h"

#include "theme/theme.h"
#include "theme/typography.h"

#include <QFontMetrics>
#include <QPainter>

#include <algorithm>

namespace maxiofs::widgets {

using theme::Theme;
using theme::Token;
using theme::Typography;

namespace {

constexpr int kPairsInRow = 16;
constexpr int kMiddleGap = 10;
constexpr int kSmallestGap = 8;

}  // namespace

FingerprintView::FingerprintView(const QString &fingerprint, const QString &compareWith, QWidget *parent)
    : QWidget(parent),
      m_fingerprint(fingerprint.toUpper()),
      m_compareWith(compareWith.toUpper())
{
    setFont(Typography::font(Typography::Role::Mono));
    setAccessibleName(tr("SHA-256 fingerprint"));
    setAccessibleDescription(m_fingerprint);
}

int FingerprintView::pairWidth() const
{
    const int pair = fontMetrics().horizontalAdvance(QStringLiteral("00"));
    const int room = (width() - kMiddleGap - kPairsInRow * pair) / (kPairsInRow - 1);
    return pair + std::max(kSmallestGap, room);
}

int FingerprintView::rowHeight() const
{
    return fontMetrics().height() + 5;
}

QSize FingerprintView::sizeHint() const
{
    const int pair = fontMetrics().horizontalAdvance(QStringLiteral("00"));
    return {kPairsInRow * pair + (kPairsInRow - 1) * kSmallestGap + kMiddleGap, 2 * rowHeight()};
}

void FingerprintView::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    for (int i = 0; i * 2 + 1 < m_fingerprint.size(); ++i) {
        const int column = i % kPairsInRow;
        const QString pair = m_fingerprint.mid(i * 2, 2);
        const bool differs = !m_compareWith.isEmpty() && m_compareWith.mid(i * 2, 2) != pair;
        painter.setPen(Theme::color(differs ? Token::BadText : Token::Text));
        painter.drawText(column * pairWidth() + (column >= kPairsInRow / 2 ? kMiddleGap : 0),
                         i / kPairsInRow * rowHeight() + fontMetrics().ascent() + 2, pair);
    }
}

}  // namespace maxiofs::widgets
