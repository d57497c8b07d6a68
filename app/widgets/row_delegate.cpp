// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/row_delegate.h"

#include "core/item_roles.h"
#include "theme/icon_loader.h"
#include "theme/theme.h"
#include "theme/typography.h"
#include "widgets/badge.h"
#include "widgets/data_table.h"

#include <QHeaderView>
#include <QPainter>

namespace maxiofs::widgets {

using theme::Theme;
using theme::Token;
using theme::Typography;

void RowDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    painter->save();
    const auto *table = qobject_cast<const DataTable *>(option.widget);
    const bool selected = option.state & QStyle::State_Selected;
    const bool hovered = table && table->hoveredRow() == index.row();
    const int visual = table ? table->horizontalHeader()->visualIndex(index.column()) : index.column();
    if (selected || hovered)
        painter->fillRect(option.rect, Theme::color(selected ? Token::Sel : Token::Hover));
    painter->fillRect(QRect(option.rect.left(), option.rect.bottom(), option.rect.width(), 1),
                      Theme::color(Token::Line));
    if (selected && visual == 0)
        painter->fillRect(QRect(option.rect.left(), option.rect.top(), 3, option.rect.height()),
                          Theme::color(Token::Accent));
    if (table && table->hasFocus() && table->currentIndex().row() == index.row()) {
        const QColor accent = Theme::color(Token::Accent);
        painter->fillRect(QRect(option.rect.left(), option.rect.top(), option.rect.width(), 1), accent);
        painter->fillRect(QRect(option.rect.left(), option.rect.bottom(), option.rect.width(), 1), accent);
        const QList<int> columns = table->visibleColumns();
        if (index.column() == columns.first())
            painter->fillRect(QRect(option.rect.left(), option.rect.top(), 1, option.rect.height()), accent);
        if (index.column() == columns.last())
            painter->fillRect(QRect(option.rect.right(), option.rect.top(), 1, option.rect.height()), accent);
    }
    const int left = visual == 0 ? kFirstCellPadding : kCellPadding;
    paintCell(painter, option.rect.adjusted(left, 0, -kCellPadding, -1), option, index);
    painter->restore();
}

QSize RowDelegate::sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    return {QStyledItemDelegate::sizeHint(option, index).width(), Typography::scaled(30)};
}

bool RowDelegate::isStale(const QModelIndex &index)
{
    return index.data(core::StaleRole).toBool();
}

int RowDelegate::paintText(QPainter *painter, const QRect &area, Qt::Alignment alignment, const QString &text,
                           const QFont &font, Token token, Qt::TextElideMode elide)
{
    const QFontMetrics metrics(font);
    const QString shown = metrics.elidedText(text, elide, area.width());
    painter->setFont(font);
    painter->setPen(Theme::color(token));
    painter->drawText(area, static_cast<int>(alignment | Qt::AlignVCenter | Qt::TextSingleLine), shown);
    return metrics.horizontalAdvance(shown);
}

void RowDelegate::paintCell(QPainter *painter, const QRect &area, const QStyleOptionViewItem &,
                            const QModelIndex &index) const
{
    const QFont font =
        Typography::font(m_role.value_or(m_strong ? Typography::Role::CellStrong : Typography::Role::Cell));
    const auto alignment = Qt::Alignment(index.data(Qt::TextAlignmentRole).toInt());
    const bool right = alignment & Qt::AlignRight;
    const Token token = isStale(index) ? Token::Muted : m_token;
    const QString tag = index.data(core::TagRole).toString();
    const int used =
        paintText(painter, area.adjusted(0, 0, tag.isEmpty() ? 0 : -Badge::tagWidth(tag) - 8, 0),
                  right ? Qt::AlignRight : Qt::AlignLeft, index.data().toString(), font, token, m_elide);
    if (right)
        return;
    int x = area.left() + used;
    if (!tag.isEmpty())
        x += 8 + Badge::paintTag(painter, QRect(x + 8, area.top(), area.width(), area.height()), tag);
    if (const QString icon = index.data(core::IconRole).toString(); !icon.isEmpty()) {
        constexpr int kIcon = 13;
        theme::IconLoader::paint(painter, QRect(x + 5, area.top(), kIcon, area.height()), icon, Token::Muted,
                                 kIcon);
        x += 5 + kIcon;
    }
    const QString second = index.data(core::SecondaryRole).toString();
    if (!second.isEmpty() && x + 5 < area.right()) {
        paintText(painter, QRect(x + 5, area.top(), area.right() - x - 4, area.height()), Qt::AlignLeft,
                  second, Typography::font(Typography::Role::Cell), Token::Muted);
    }
}

}  // namespace maxiofs::widgets
