// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/page_header.h"

#include "theme/typography.h"
#include "widgets/badge.h"
#include "widgets/data_age.h"
#include "widgets/text_label.h"

#include <QHBoxLayout>

namespace maxiofs::widgets {

using namespace Qt::StringLiterals;
using theme::Typography;

PageHeader::PageHeader(const QString &title, QWidget *parent)
    : QFrame(parent),
      m_row(new QHBoxLayout(this)),
      m_chip(new Badge(Badge::Kind::Chip)),
      m_second(new Badge(Badge::Kind::Chip)),
      m_caption(new TextLabel(Typography::Role::Cell, TextLabel::Tone::Muted)),
      m_age(new DataAge)
{
    setObjectName(u"pageHeader"_s);
    setFixedHeight(Typography::scaled(48));
    m_row->setContentsMargins(16, 0, 16, 0);
    m_row->setSpacing(10);
    m_row->addWidget(new TextLabel(title, Typography::Role::Title));
    m_row->addWidget(m_chip);
    m_row->addWidget(m_second);
    m_second->setStatus(theme::Status::None, {});
    m_caption->setElided(true);
    m_row->addWidget(m_caption, 1);
    m_row->addWidget(m_age);
}

void PageHeader::setStatus(theme::Status status, const QString &word)
{
    m_chip->setStatus(status, word);
}

void PageHeader::setSecondStatus(theme::Status status, const QString &word)
{
    m_second->setStatus(status, word);
}

void PageHeader::setCaption(const QString &caption)
{
    m_caption->setFullText(caption);
}

void PageHeader::addControl(QWidget *control)
{
    m_row->addWidget(control);
}

}  // namespace maxiofs::widgets
