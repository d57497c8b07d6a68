// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/text_label.h"

#include <QFontMetrics>
#include <QStyle>
#include <QVariant>

namespace maxiofs::widgets {

using namespace Qt::StringLiterals;

TextLabel::TextLabel(theme::Typography::Role role, Tone tone, QWidget *parent) : QLabel(parent)
{
    setFont(theme::Typography::font(role));
    setTextFormat(Qt::PlainText);
    setTone(tone);
}

TextLabel::TextLabel(const QString &text, theme::Typography::Role role, Tone tone, QWidget *parent)
    : TextLabel(role, tone, parent)
{
    setFullText(text);
}

void TextLabel::setTone(Tone tone)
{
    static const QString names[] = {QString(), u"secondary"_s, u"muted"_s, u"warn"_s, u"bad"_s};
    if (tone == m_tone && property("tone").isValid())
        return;
    m_tone = tone;
    setProperty("tone", names[static_cast<int>(tone)]);
    style()->unpolish(this);
    style()->polish(this);
}

void TextLabel::setElided(bool elided)
{
    m_elided = elided;
    elide();
}

void TextLabel::setFullText(const QString &text)
{
    if (text == m_full)
        return;
    m_full = text;
    elide();
    updateGeometry();
}

QSize TextLabel::sizeHint() const
{
    if (!m_elided)
        return QLabel::sizeHint();
    return {fontMetrics().horizontalAdvance(m_full) + 2, QLabel::sizeHint().height()};
}

QSize TextLabel::minimumSizeHint() const
{
    if (!m_elided)
        return QLabel::minimumSizeHint();
    return {fontMetrics().horizontalAdvance(u"…"_s), QLabel::minimumSizeHint().height()};
}

void TextLabel::resizeEvent(QResizeEvent *event)
{
    QLabel::resizeEvent(event);
    elide();
}

void TextLabel::elide()
{
    if (!m_elided) {
        setText(m_full);
        return;
    }
    const QString shown = fontMetrics().elidedText(m_full, Qt::ElideRight, width());
    setText(shown);
    setToolTip(shown == m_full ? QString() : m_full);
}

}  // namespace maxiofs::widgets
