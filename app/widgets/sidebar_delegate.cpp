// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/sidebar_delegate.h"

#include "core/item_roles.h"
#include "theme/icon_loader.h"
#include "theme/status_shape.h"
#include "theme/theme.h"
#include "theme/typography.h"
#include "widgets/badge.h"

#include <QPainter>
#include <QTreeView>

namespace maxiofs::widgets {

using namespace Qt::StringLiterals;
using theme::StatusShape;
using theme::Theme;
using theme::Token;
using theme::Typography;

namespace {

constexpr int kSide = 8;       // between the row's ground and the sidebar's edge
constexpr int kIconLeft = 16;  // of a row on the first level
constexpr int kPageIconLeft = 34;
constexpr int kIcon = 16;
constexpr int kIconGap = 8;
constexpr int kShapeRight = 16;

}  // namespace

void SidebarDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option,
                            const QModelIndex &index) const
{
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    // The tree indents its rows itself; this delegate paints over the whole width.
    const int width = option.widget
                          ? static_cast<const QAbstractScrollArea *>(option.widget)->viewport()->width()
                          : option.rect.right();
    const QRect row(0, option.rect.top(), width, option.rect.height());
    const bool selected = option.state & QStyle::State_Selected;
    const QString icon = index.data(core::IconRole).toString();
    const bool isCluster = icon.isEmpty();

    const QRectF ground = QRectF(row).adjusted(kSide, 0.5, -kSide, -0.5);
    painter->setPen(Qt::NoPen);
    if (selected || option.state & QStyle::State_MouseOver) {
        painter->setBrush(Theme::color(selected ? Token::Sel : Token::Hover));
        painter->drawRoundedRect(ground, 5, 5);
    }
    if (selected) {
        painter->setBrush(Theme::color(Token::Accent));
        painter->drawRoundedRect(QRectF(kSide - 1, row.top() + 4, 3, row.height() - 8), 1.5, 1.5);
    }
    if (selected && option.state & QStyle::State_HasFocus) {
        painter->setBrush(Qt::NoBrush);
        painter->setPen(QPen(Theme::color(Token::Accent), 1));
        painter->drawRoundedRect(ground, 5, 5);
    }

    const auto status = static_cast<theme::Status>(index.data(core::StatusRole).toInt());
    if (m_folded) {
        const QRect middle(0, row.top(), width, row.height());
        if (isCluster)
            StatusShape::paint(painter, middle, status);
        else
            theme::IconLoader::paint(painter, middle, icon, selected ? Token::AccentText : Token::Muted,
                                     kIcon);
        painter->restore();
        return;
    }

    int right = width - kShapeRight;
    if (status != theme::Status::None)
        StatusShape::paint(
            painter, QRectF(right - StatusShape::kSide, row.top(), StatusShape::kSide, row.height()), status);
    right -= StatusShape::kSide + 8;
    const QString count = index.data(core::CountRole).toString();
    if (!count.isEmpty()) {
        const QFont font = Typography::font(Typography::Role::Caption);
        painter->setFont(font);
        painter->setPen(Theme::color(Token::Muted));
        painter->drawText(QRect(0, row.top(), right, row.height()), Qt::AlignVCenter | Qt::AlignRight, count);
        right -= QFontMetrics(font).horizontalAdvance(count) + 8;
    }

    int left = kIconLeft;
    QFont font = Typography::font(Typography::Role::Body);
    if (isCluster) {
        const auto *tree = qobject_cast<const QTreeView *>(option.widget);
        const bool expanded = tree && tree->isExpanded(index);
        if (index.model()->hasChildren(index)) {
            theme::IconLoader::paint(painter, QRect(left - 4, row.top(), kIcon, row.height()),
                                     expanded ? u"chevron-down"_s : u"chevron-right"_s, Token::Muted, 14);
        }
        left += kIcon;
        font.setWeight(QFont::Medium);
    } else {
        if (index.parent().isValid())
            left = kPageIconLeft;
        theme::IconLoader::paint(painter, QRect(left, row.top(), kIcon, row.height()), icon,
                                 selected ? Token::AccentText : Token::Muted, kIcon);
        left += kIcon + kIconGap;
    }
    const QString tag = index.data(core::TagRole).toString();
    const int tagRoom = tag.isEmpty() ? 0 : Badge::tagWidth(tag) + 8;
    const QFontMetrics metrics(font);
    const QString shown = metrics.elidedText(index.data().toString(), Qt::ElideRight, right - left - tagRoom);
    painter->setFont(font);
    painter->setPen(Theme::color(Token::Text));
    painter->drawText(QRect(left, row.top(), right - left, row.height()), Qt::AlignVCenter | Qt::AlignLeft,
                      shown);
    Badge::paintTag(
        painter, QRect(left + metrics.horizontalAdvance(shown) + 8, row.top(), tagRoom, row.height()), tag);
    painter->restore();
}

QSize SidebarDelegate::sizeHint(const QStyleOptionViewItem &, const QModelIndex &) const
{
    return {100, Typography::scaled(28)};
}

}  // namespace maxiofs::widgets
