// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/panel.h"

#include "theme/typography.h"
#include "widgets/text_label.h"

#include <QHBoxLayout>
#include <QVBoxLayout>

namespace maxiofs::widgets {

using namespace Qt::StringLiterals;
using theme::Typography;

Panel::Panel(const QString &title, QWidget *parent)
    : QFrame(parent),
      m_header(new QWidget),
      m_headerRow(new QHBoxLayout(m_header)),
      m_title(new TextLabel(Typography::Role::PanelTitle)),
      m_caption(new TextLabel(Typography::Role::Cell, TextLabel::Tone::Muted)),
      m_body(new QVBoxLayout)
{
    setObjectName(u"panel"_s);
    setAccessibleName(title);
    m_header->setFixedHeight(Typography::scaled(36));
    m_headerRow->setContentsMargins(12, 0, 10, 0);
    m_headerRow->setSpacing(8);
    m_headerRow->addWidget(m_title);
    m_headerRow->addWidget(m_caption, 1);
    m_caption->setElided(true);

    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(1, 1, 1, 1);
    column->setSpacing(0);
    column->addWidget(m_header);
    m_body->setContentsMargins(0, 0, 0, 0);
    m_body->setSpacing(0);
    column->addLayout(m_body, 1);
    setTitle(title);
}

void Panel::setTitle(const QString &title)
{
    m_title->setFullText(title);
    m_header->setVisible(!title.isEmpty());
}

void Panel::setCaption(const QString &caption)
{
    m_caption->setFullText(caption);
}

void Panel::addAction(QWidget *control)
{
    m_headerRow->addWidget(control);
}

}  // namespace maxiofs::widgets
