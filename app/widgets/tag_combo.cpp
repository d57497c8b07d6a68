// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/tag_combo.h"

#include "theme/theme.h"
#include "widgets/badge.h"

#include <QStyleOptionComboBox>
#include <QStylePainter>

namespace maxiofs::widgets {

using namespace Qt::StringLiterals;

TagCombo::TagCombo(QWidget *parent) : QComboBox(parent)
{
    addItem(tr("no tag"), QString());
    for (const QString &tag : {u"PROD"_s, u"STAGE"_s, u"LOCAL"_s})
        addItem(tag, tag);
}

void TagCombo::paintEvent(QPaintEvent *)
{
    QStylePainter painter(this);
    QStyleOptionComboBox option;
    initStyleOption(&option);
    painter.drawComplexControl(QStyle::CC_ComboBox, option);
    const QRect area = rect().adjusted(9, 0, -26, 0);
    const QString tag = currentData().toString();
    if (!tag.isEmpty()) {
        Badge::paintTag(&painter, area, tag);
        return;
    }
    painter.setPen(theme::Theme::color(theme::Token::Muted));
    painter.drawText(area, Qt::AlignVCenter | Qt::AlignLeft, currentText());
}

}  // namespace maxiofs::widgets
