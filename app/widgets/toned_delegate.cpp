// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/toned_delegate.h"

#include "core/item_roles.h"
#include "theme/status_shape.h"
#include "theme/typography.h"

namespace maxiofs::widgets {

using theme::Status;
using theme::Token;
using theme::Typography;

void TonedDelegate::paintCell(QPainter *painter, const QRect &area, const QStyleOptionViewItem &,
                              const QModelIndex &index) const
{
    const auto status = static_cast<Status>(index.data(core::StatusRole).toInt());
    const bool figure = Qt::Alignment(index.data(Qt::TextAlignmentRole).toInt()) & Qt::AlignRight;
    const bool troubled = !m_plain && (status == Status::Warn || status == Status::Bad);
    const bool nothing = figure && index.data(core::SortRole).toDouble() <= 0;
    const Token token = isStale(index) || nothing ? Token::Muted
                        : troubled                ? theme::StatusShape::textToken(status)
                        : figure                  ? Token::Text
                                                  : Token::Muted;
    const bool strong = figure && troubled && !nothing;
    paintText(painter, area, figure ? Qt::AlignRight : Qt::AlignLeft, index.data().toString(),
              Typography::font(strong ? Typography::Role::CellStrong : Typography::Role::Cell), token);
}

}  // namespace maxiofs::widgets
