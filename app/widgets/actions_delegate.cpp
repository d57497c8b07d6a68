// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/actions_delegate.h"

#include "theme/icon_loader.h"
#include "theme/theme.h"
#include "theme/typography.h"

#include <QAbstractItemView>
#include <QHelpEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>

namespace maxiofs::widgets {

using theme::Theme;
using theme::Token;

namespace {

constexpr int kIconSide = 14;

int side()
{
    return theme::Typography::scaled(24);
}

}  // namespace

ActionsDelegate::ActionsDelegate(const QList<Action> &actions, QObject *parent)
    : RowDelegate(parent),
      m_actions(actions)
{
}

int ActionsDelegate::width() const
{
    constexpr int kLeft = 4;
    return kLeft + static_cast<int>(m_actions.size()) * side() + kCellPadding;
}

QRect ActionsDelegate::placeOf(const QRect &cell, int which) const
{
    const int fromRight = static_cast<int>(m_actions.size()) - which;
    return {cell.right() + 1 - kCellPadding - fromRight * side(), cell.center().y() + 1 - side() / 2, side(),
            side()};
}

int ActionsDelegate::actionAt(const QRect &cell, const QPoint &at) const
{
    for (int i = 0; i < m_actions.size(); ++i) {
        if (placeOf(cell, i).contains(at))
            return m_actions[i].id;
    }
    return -1;
}

bool ActionsDelegate::editorEvent(QEvent *event, QAbstractItemModel *, const QStyleOptionViewItem &option,
                                  const QModelIndex &index)
{
    if (event->type() != QEvent::MouseButtonRelease)
        return false;
    const auto *mouse = static_cast<QMouseEvent *>(event);
    const int action = actionAt(option.rect, mouse->position().toPoint());
    const auto *view = qobject_cast<const QAbstractItemView *>(option.widget);
    if (action < 0 || !view || mouse->button() != Qt::LeftButton)
        return false;
    Q_EMIT triggered(
        action, index,
        view->viewport()->mapToGlobal(QPoint(option.rect.right() - width(), option.rect.bottom())));
    return true;
}

bool ActionsDelegate::helpEvent(QHelpEvent *event, QAbstractItemView *view,
                                const QStyleOptionViewItem &option, const QModelIndex &)
{
    const int id = event->type() == QEvent::ToolTip ? actionAt(option.rect, event->pos()) : -1;
    for (const Action &action : m_actions) {
        if (action.id == id)
            QToolTip::showText(event->globalPos(), action.name, view);
    }
    return id >= 0;
}

void ActionsDelegate::paintCell(QPainter *painter, const QRect &area, const QStyleOptionViewItem &option,
                                const QModelIndex &index) const
{
    const auto *view = qobject_cast<const QAbstractItemView *>(option.widget);
    const QPoint mouse =
        view && view->underMouse() ? view->viewport()->mapFromGlobal(QCursor::pos()) : QPoint(-1, -1);
    for (int i = 0; i < m_actions.size(); ++i) {
        const QRect place = placeOf(option.rect, i);
        const bool hovered = place.contains(mouse);
        if (hovered) {
            painter->setRenderHint(QPainter::Antialiasing);
            painter->setPen(Qt::NoPen);
            painter->setBrush(Theme::color(Token::Track));
            painter->drawRoundedRect(place.adjusted(1, 1, -1, -1), 4, 4);
        }
        theme::IconLoader::paint(painter, place, m_actions[i].icon,
                                 isStale(index) ? Token::Disabled
                                 : hovered      ? Token::Text
                                                : Token::Text2,
                                 kIconSide);
    }
    Q_UNUSED(area);
}

}  // namespace maxiofs::widgets
