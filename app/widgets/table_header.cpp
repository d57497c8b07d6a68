// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/table_header.h"

#include "theme/icon_loader.h"
#include "theme/theme.h"
#include "theme/typography.h"
#include "widgets/row_delegate.h"

#include <QPainter>

namespace maxiofs::widgets {

using namespace Qt::StringLiterals;
using theme::Theme;
using theme::Token;
using theme::Typography;

TableHeader::TableHeader(QWidget *parent) : QHeaderView(Qt::Horizontal, parent)
{
    setSectionsClickable(true);
    setSectionsMovable(true);
    setFirstSectionMovable(false);
    setHighlightSections(false);
    setStretchLastSection(true);
    setSortIndicatorShown(true);
    setMinimumSectionSize(40);
    setFont(Typography::font(Typography::Role::CaptionStrong));
}

QSize TableHeader::sizeHint() const
{
    return {QHeaderView::sizeHint().width(), Typography::scaled(27)};
}

void TableHeader::paintSection(QPainter *painter, const QRect &rect, int logicalIndex) const
{
    constexpr int kArrow = 12;
    painter->save();
    painter->fillRect(rect, Theme::color(Token::Alt));
    painter->fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), Theme::color(Token::Border));
    painter->fillRect(QRect(rect.left(), rect.top(), rect.width(), 1), Theme::color(Token::Line));
    const QString word = model()->headerData(logicalIndex, Qt::Horizontal).toString();
    const auto alignment =
        Qt::Alignment(model()->headerData(logicalIndex, Qt::Horizontal, Qt::TextAlignmentRole).toInt());
    const int left = visualIndex(logicalIndex) == 0 ? kFirstCellPadding : kCellPadding;
    QRect area = rect.adjusted(left, 0, -kCellPadding, 0);
    const bool sorted = isSortIndicatorShown() && sortIndicatorSection() == logicalIndex;
    painter->setFont(font());
    painter->setPen(Theme::color(Token::Muted));
    const QFontMetrics metrics(font());
    const int room = area.width() - (sorted ? kArrow + 3 : 0);
    const QString shown = metrics.elidedText(word, Qt::ElideRight, room);
    const int width = metrics.horizontalAdvance(shown);
    int x = area.left();
    if (alignment & Qt::AlignRight)
        x = area.right() + 1 - width - (sorted ? kArrow + 3 : 0);
    painter->drawText(QRect(x, area.top(), width + 1, area.height()), Qt::AlignVCenter | Qt::AlignLeft,
                      shown);
    if (sorted) {
        theme::IconLoader::paint(painter, QRect(x + width + 3, area.top(), kArrow, area.height()),
                                 sortIndicatorOrder() == Qt::AscendingOrder ? u"chevron-up"_s
                                                                            : u"chevron-down"_s,
                                 Token::Muted, kArrow);
    }
    painter->restore();
}

}  // namespace maxiofs::widgets
