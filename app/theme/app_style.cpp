// SPDX-License-Identifier: GPL-3.0-or-later
#include "theme/app_style.h"

#include "theme/icon_loader.h"
#include "theme/theme.h"
#include "theme/typography.h"

#include <QApplication>
#include <QCheckBox>
#include <QKeyEvent>
#include <QMenuBar>
#include <QPainter>
#include <QRadioButton>
#include <QStyleOption>

#include <algorithm>

namespace maxiofs::theme {

using namespace Qt::StringLiterals;

namespace {

void paintIndicator(const QStyleOption *option, QPainter *painter, bool round)
{
    const bool on = option->state & (QStyle::State_On | QStyle::State_NoChange);
    const bool enabled = option->state & QStyle::State_Enabled;
    const bool focus = option->state & QStyle::State_HasFocus;
    const QRectF box = QRectF(option->rect).adjusted(0.5, 0.5, -0.5, -0.5);
    const qreal radius = round ? box.width() / 2 : 3;
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    const Token edge = !enabled ? Token::Border : on || focus ? Token::Accent : Token::Strong;
    painter->setPen(QPen(Theme::color(edge), focus ? 1.6 : 1));
    painter->setBrush(Theme::color(on && enabled ? Token::Accent : Token::Field));
    painter->drawRoundedRect(box, radius, radius);
    if (on && round) {
        painter->setPen(Qt::NoPen);
        painter->setBrush(Theme::color(enabled ? Token::OnAccent : Token::Disabled));
        painter->drawEllipse(box.center(), 2.75, 2.75);
    } else if (on) {
        painter->setPen(QPen(Theme::color(enabled ? Token::OnAccent : Token::Disabled), 1.7, Qt::SolidLine,
                             Qt::RoundCap, Qt::RoundJoin));
        painter->translate(box.topLeft());
        painter->drawPolyline(QPolygonF({QPointF(3.2, 6.8), QPointF(5.6, 9.2), QPointF(9.9, 4.2)}));
    }
    painter->restore();
}

void paintComboBox(const QStyleOptionComboBox *option, QPainter *painter)
{
    const bool enabled = option->state & QStyle::State_Enabled;
    const bool focus = option->state & QStyle::State_HasFocus;
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    const qreal width = focus ? 2 : 1;
    painter->setPen(QPen(Theme::color(focus ? Token::Accent : Token::FieldBorder), width));
    painter->setBrush(Theme::color(enabled ? Token::Field : Token::Canvas));
    painter->drawRoundedRect(QRectF(option->rect).adjusted(width / 2, width / 2, -width / 2, -width / 2), 5,
                             5);
    const QRect arrow(option->rect.right() - 24, option->rect.top(), 20, option->rect.height());
    IconLoader::paint(painter, arrow, u"chevron-down"_s, enabled ? Token::Muted : Token::Disabled, 14);
    painter->restore();
}

}  // namespace

AppStyle::AppStyle() : QProxyStyle(u"Fusion"_s) {}

int AppStyle::styleHint(StyleHint hint, const QStyleOption *option, const QWidget *widget,
                        QStyleHintReturn *returnData) const
{
    switch (hint) {
    case SH_UnderlineShortcut: return m_altHeld ? 1 : 0;
    case SH_ItemView_ActivateItemOnSingleClick: return 0;
    case SH_EtchDisabledText: return 0;
    case SH_LineEdit_PasswordCharacter: return 0x2022;  // a bullet
    case SH_Menu_SubMenuPopupDelay: return 120;
    case SH_ToolTip_WakeUpDelay: return 500;
    case SH_DialogButtonBox_ButtonsHaveIcons: return 0;
    default: return QProxyStyle::styleHint(hint, option, widget, returnData);
    }
}

int AppStyle::pixelMetric(PixelMetric metric, const QStyleOption *option, const QWidget *widget) const
{
    switch (metric) {
    case PM_SmallIconSize:
    case PM_ListViewIconSize: return 16;
    case PM_ButtonIconSize: return 15;
    case PM_ToolBarIconSize: return 16;
    case PM_SplitterWidth: return 5;
    case PM_IndicatorWidth:
    case PM_IndicatorHeight:
    case PM_ExclusiveIndicatorWidth:
    case PM_ExclusiveIndicatorHeight: return 14;
    default: return QProxyStyle::pixelMetric(metric, option, widget);
    }
}

void AppStyle::drawPrimitive(PrimitiveElement element, const QStyleOption *option, QPainter *painter,
                             const QWidget *widget) const
{
    if (element == PE_FrameFocusRect) {
        if (qobject_cast<const QCheckBox *>(widget) || qobject_cast<const QRadioButton *>(widget))
            return;  // their indicator shows it
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        painter->setPen(QPen(Theme::color(Token::Accent), 2));
        painter->setBrush(Qt::NoBrush);
        painter->drawRoundedRect(QRectF(option->rect).adjusted(1, 1, -1, -1), 4, 4);
        painter->restore();
        return;
    }
    if (element == PE_IndicatorCheckBox || element == PE_IndicatorRadioButton) {
        paintIndicator(option, painter, element == PE_IndicatorRadioButton);
        return;
    }
    QProxyStyle::drawPrimitive(element, option, painter, widget);
}

void AppStyle::drawComplexControl(ComplexControl control, const QStyleOptionComplex *option,
                                  QPainter *painter, const QWidget *widget) const
{
    if (control == CC_ComboBox) {
        if (const auto *combo = qstyleoption_cast<const QStyleOptionComboBox *>(option)) {
            paintComboBox(combo, painter);
            return;
        }
    }
    QProxyStyle::drawComplexControl(control, option, painter, widget);
}

QSize AppStyle::sizeFromContents(ContentsType type, const QStyleOption *option, const QSize &size,
                                 const QWidget *widget) const
{
    QSize result = QProxyStyle::sizeFromContents(type, option, size, widget);
    if (type == CT_ComboBox)
        result.setHeight(std::max(Typography::scaled(28), size.height() + 8));
    return result;
}

void AppStyle::polish(QApplication *application)
{
    QProxyStyle::polish(application);
    application->installEventFilter(this);
}

void AppStyle::unpolish(QApplication *application)
{
    application->removeEventFilter(this);
    QProxyStyle::unpolish(application);
}

bool AppStyle::eventFilter(QObject *watched, QEvent *event)
{
    const QEvent::Type type = event->type();
    const bool key = type == QEvent::KeyPress || type == QEvent::KeyRelease;
    if (key && static_cast<QKeyEvent *>(event)->key() == Qt::Key_Alt) {
        m_altHeld = type == QEvent::KeyPress;
    } else if (type == QEvent::WindowDeactivate && m_altHeld) {
        m_altHeld = false;
    } else {
        return QProxyStyle::eventFilter(watched, event);
    }
    for (QWidget *window : QApplication::topLevelWidgets())
        window->update();
    for (QWidget *window : QApplication::topLevelWidgets()) {
        for (QMenuBar *bar : window->findChildren<QMenuBar *>())
            bar->update();
    }
    return QProxyStyle::eventFilter(watched, event);
}

}  // namespace maxiofs::theme
