// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/attention_list.h"

#include "core/item_roles.h"
#include "theme/status_shape.h"
#include "theme/theme.h"
#include "theme/typography.h"

#include <QListView>
#include <QLocale>
#include <QPainter>
#include <QStyledItemDelegate>
#include <QVBoxLayout>

#include <algorithm>

namespace maxiofs::widgets {

using namespace Qt::StringLiterals;
using theme::StatusShape;
using theme::Theme;
using theme::Token;
using theme::Typography;

namespace {

constexpr int kPadding = 12;
constexpr int kRowsShown = 5;

class AttentionDelegate : public QStyledItemDelegate {
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override
    {
        painter->save();
        if (option.state & (QStyle::State_Selected | QStyle::State_MouseOver)) {
            painter->fillRect(
                option.rect, Theme::color(option.state & QStyle::State_Selected ? Token::Sel : Token::Hover));
        }
        painter->fillRect(QRect(option.rect.left(), option.rect.top(), option.rect.width(), 1),
                          Theme::color(Token::Line));
        const QRect area = option.rect.adjusted(kPadding, 1, -kPadding, 0);
        StatusShape::paint(painter, QRectF(area.left(), area.top(), StatusShape::kSide, area.height()),
                           static_cast<theme::Status>(index.data(core::StatusRole).toInt()));
        const auto text = [&](const QRect &where, Qt::Alignment alignment, const QString &words,
                              const QFont &font, Token token) {
            const QFontMetrics metrics(font);
            painter->setFont(font);
            painter->setPen(Theme::color(token));
            const QString shown = metrics.elidedText(words, Qt::ElideRight, where.width());
            painter->drawText(where, static_cast<int>(alignment | Qt::AlignVCenter | Qt::TextSingleLine),
                              shown);
            return metrics.horizontalAdvance(shown);
        };
        const QFont plain = Typography::font(Typography::Role::Cell);
        QFont strong = plain;
        strong.setWeight(QFont::DemiBold);
        int x = area.left() + StatusShape::kSide + 9;
        const int timeWidth =
            text(area, Qt::AlignRight, index.data(core::TimeRole).toString(), plain, Token::Muted);
        x += text(QRect(x, area.top(), area.width() / 3, area.height()), Qt::AlignLeft,
                  index.data().toString(), strong, Token::Text) +
             16;
        const int room = area.right() - timeWidth - 24 - x;
        if (room > 0) {
            text(QRect(x, area.top(), room, area.height()), Qt::AlignLeft,
                 index.data(core::SecondaryRole).toString(), plain, Token::Text2);
        }
        painter->restore();
    }

    [[nodiscard]] QSize sizeHint(const QStyleOptionViewItem &, const QModelIndex &) const override
    {
        return {200, Typography::scaled(28)};
    }
};

}  // namespace

AttentionList::AttentionList(QWidget *parent) : Panel(tr("Needs attention"), parent), m_view(new QListView)
{
    m_view->setObjectName(u"attentionList"_s);
    m_view->setAccessibleName(tr("Needs attention"));
    m_view->setItemDelegate(new AttentionDelegate(m_view));
    m_view->setMouseTracking(true);
    m_view->setUniformItemSizes(true);
    m_view->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_view->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    m_view->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    body()->addWidget(m_view);
    body()->addSpacing(4);
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    hide();
}

void AttentionList::setModel(QAbstractItemModel *model)
{
    m_view->setModel(model);
    connect(model, &QAbstractItemModel::rowsInserted, this, &AttentionList::fit);
    connect(model, &QAbstractItemModel::rowsRemoved, this, &AttentionList::fit);
    connect(model, &QAbstractItemModel::modelReset, this, &AttentionList::fit);
    fit();
}

void AttentionList::fit()
{
    const int rows = m_view->model()->rowCount();
    setVisible(rows > 0);
    setCaption(rows > 0 ? QLocale().toString(rows) : QString());
    m_view->setFixedHeight(std::clamp(rows, 1, kRowsShown) * Typography::scaled(28));
}

}  // namespace maxiofs::widgets
