// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/check_list.h"

#include "core/format.h"
#include "theme/icon_loader.h"
#include "theme/status_shape.h"
#include "theme/theme.h"
#include "theme/typography.h"

#include <QHelpEvent>
#include <QPainter>
#include <QToolTip>

#include <algorithm>

namespace maxiofs::widgets {

using namespace Qt::StringLiterals;
using theme::StatusShape;
using theme::Theme;
using theme::Token;
using theme::Typography;

CheckList::CheckList(QWidget *parent) : QWidget(parent)
{
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

void CheckList::setLines(const QList<Line> &lines)
{
    m_lines = lines;
    QStringList words;
    for (const Line &line : lines)
        words << u"%1 %2"_s.arg(line.name, line.finding).trimmed();
    setAccessibleDescription(words.join(u", "_s));
    updateGeometry();
    update();
}

int CheckList::lineHeight() const
{
    return Typography::scaled(25);
}

QSize CheckList::sizeHint() const
{
    return {276, lineHeight() * static_cast<int>(m_lines.size())};
}

QSize CheckList::minimumSizeHint() const
{
    return {180, sizeHint().height()};
}

bool CheckList::event(QEvent *event)
{
    if (event->type() == QEvent::ToolTip) {
        const auto *help = static_cast<QHelpEvent *>(event);
        const int row = help->pos().y() / lineHeight();
        QToolTip::showText(help->globalPos(), row < m_lines.size() ? m_lines[row].finding : QString(), this);
        return true;
    }
    return QWidget::event(event);
}

void CheckList::paintEvent(QPaintEvent *)
{
    constexpr int kMark = 14;
    QPainter painter(this);
    const QFont strong = Typography::font(Typography::Role::CellStrong);
    int nameWidth = Typography::scaled(58);
    for (const Line &line : m_lines)
        nameWidth = std::max(nameWidth, QFontMetrics(strong).horizontalAdvance(line.name) + 8);
    const QFont plain = Typography::font(Typography::Role::Cell);
    const QFontMetrics metrics(plain);
    for (int i = 0; i < m_lines.size(); ++i) {
        const Line &line = m_lines[i];
        const QRect row(0, i * lineHeight(), width(), lineHeight());
        const QRect mark(0, row.top(), kMark, row.height());
        if (line.status == theme::Status::Ok)
            theme::IconLoader::paint(&painter, mark, u"check"_s, Token::Ok, kMark);
        else
            StatusShape::paint(&painter, mark, line.status);
        painter.setFont(strong);
        painter.setPen(Theme::color(Token::Text));
        painter.drawText(QRect(kMark + 8, row.top(), nameWidth, row.height()),
                         Qt::AlignVCenter | Qt::AlignLeft, line.name);
        painter.setFont(plain);
        int timeWidth = 0;
        if (line.milliseconds) {
            const QString time = core::Format::milliseconds(static_cast<double>(*line.milliseconds));
            timeWidth = metrics.horizontalAdvance(time) + 10;
            painter.setPen(Theme::color(Token::Muted));
            painter.drawText(row, Qt::AlignVCenter | Qt::AlignRight, time);
        }
        const QRect words(kMark + 8 + nameWidth, row.top(), row.width() - kMark - 8 - nameWidth - timeWidth,
                          row.height());
        const bool bad = line.status == theme::Status::Bad;
        painter.setPen(Theme::color(bad ? Token::BadText : Token::Text2));
        painter.drawText(words, Qt::AlignVCenter | Qt::AlignLeft,
                         metrics.elidedText(line.finding, Qt::ElideRight, words.width()));
    }
}

}  // namespace maxiofs::widgets
