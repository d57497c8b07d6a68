// SPDX-License-Identifier: GPL-3.0-or-later
#include "theme/status_shape.h"

#include "theme/theme.h"

#include <QPainter>
#include <QPainterPath>

namespace maxiofs::theme {

Token StatusShape::shapeToken(Status status)
{
    switch (status) {
    case Status::Ok: return Token::Ok;
    case Status::Warn: return Token::Warn;
    case Status::Bad: return Token::Bad;
    case Status::Running: return Token::AccentText;
    case Status::None:
    case Status::Pending:
    case Status::Unknown: break;
    }
    return Token::Unk;
}

Token StatusShape::textToken(Status status)
{
    switch (status) {
    case Status::None:
    case Status::Ok: return Token::Text;
    case Status::Warn: return Token::WarnText;
    case Status::Bad: return Token::BadText;
    case Status::Running: return Token::AccentText;
    case Status::Pending:
    case Status::Unknown: break;
    }
    return Token::UnkText;
}

Token StatusShape::tintToken(Status status)
{
    switch (status) {
    case Status::Ok: return Token::OkTint;
    case Status::Warn: return Token::WarnTint;
    case Status::Bad: return Token::BadTint;
    case Status::Running: return Token::AccentTint;
    case Status::None:
    case Status::Pending:
    case Status::Unknown: break;
    }
    return Token::UnkTint;
}

void StatusShape::paint(QPainter *painter, const QRectF &rect, Status status)
{
    if (status == Status::None)
        return;
    const QColor color = Theme::color(shapeToken(status));
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->translate(rect.center().x() - kSide / 2.0, rect.center().y() - kSide / 2.0);
    painter->setPen(Qt::NoPen);
    painter->setBrush(color);
    switch (status) {
    case Status::Ok: painter->drawEllipse(QRectF(0.75, 0.75, 8.5, 8.5)); break;
    case Status::Warn: {
        // Rounded by a thin pen of the same colour; the corners of a bare triangle look frayed at 10 px.
        painter->setPen(QPen(color, 1.2, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
        painter->drawPolygon(QPolygonF({QPointF(5, 1.3), QPointF(9.2, 8.7), QPointF(0.8, 8.7)}));
        break;
    }
    case Status::Bad: painter->drawRoundedRect(QRectF(0.75, 0.75, 8.5, 8.5), 1.4, 1.4); break;
    case Status::Unknown: painter->drawRoundedRect(QRectF(0.5, 3.5, 9, 3), 1, 1); break;
    case Status::Pending:
    case Status::Running:
        painter->setBrush(Qt::NoBrush);
        painter->setPen(QPen(color, 1.5));
        painter->drawEllipse(QRectF(1.25, 1.25, 7.5, 7.5));
        if (status == Status::Running) {
            painter->setPen(Qt::NoPen);
            painter->setBrush(color);
            painter->drawPie(QRectF(1.25, 1.25, 7.5, 7.5), -90 * 16, 180 * 16);
        }
        break;
    case Status::None: break;
    }
    painter->restore();
}

}  // namespace maxiofs::theme
