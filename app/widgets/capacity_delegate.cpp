// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/capacity_delegate.h"

#include "core/item_roles.h"
#include "theme/status_shape.h"
#include "theme/theme.h"
#include "theme/typography.h"

#include <QPainter>
#include <QPainterPath>

#include <algorithm>

namespace maxiofs::widgets {

using theme::StatusShape;
using theme::Theme;
using theme::Token;
using theme::Typography;

void CapacityDelegate::paintBar(QPainter *painter, const QRectF &bar, double fraction, bool stale)
{
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    QPainterPath shape;
    shape.addRoundedRect(bar, 3, 3);
    painter->setClipPath(shape);
    painter->fillRect(bar, Theme::color(Token::Track));
    const Token fill = stale                 ? Token::Unk
                       : fraction >= kBadAt  ? Token::Bad
                       : fraction >= kWarnAt ? Token::Warn
                                             : Token::Fill;
    if (fraction > 0)
        painter->fillRect(QRectF(bar.left(), bar.top(), bar.width() * std::min(fraction, 1.0), bar.height()),
                          Theme::color(fill));
    painter->fillRect(QRectF(bar.left() + bar.width() * kWarnAt, bar.top(), 1, bar.height()),
                      Theme::color(Token::Panel));
    painter->restore();
}

void CapacityDelegate::paintCell(QPainter *painter, const QRect &area, const QStyleOptionViewItem &,
                                 const QModelIndex &index) const
{
    constexpr int kBarWidth = 92;
    constexpr int kBarHeight = 6;
    constexpr int kGap = 10;
    const double fraction = index.data(core::FractionRole).toDouble();
    if (fraction < 0) {
        paintText(painter, area, Qt::AlignLeft, index.data().toString(),
                  Typography::font(Typography::Role::Cell), Token::Muted);
        return;
    }
    const bool stale = isStale(index);
    paintBar(painter, QRectF(area.left(), area.center().y() - kBarHeight / 2.0 + 0.5, kBarWidth, kBarHeight),
             fraction, stale);
    const QRect words = area.adjusted(kBarWidth + kGap, 0, 0, 0);
    const int used = paintText(painter, words, Qt::AlignLeft, index.data().toString(),
                               Typography::font(Typography::Role::Cell), stale ? Token::Muted : Token::Text);
    if (fraction >= kWarnAt && used + kGap + StatusShape::kSide <= words.width()) {
        StatusShape::paint(painter,
                           QRectF(words.left() + used + 8, area.top(), StatusShape::kSide, area.height()),
                           fraction >= kBadAt ? theme::Status::Bad : theme::Status::Warn);
    }
}

}  // namespace maxiofs::widgets
