// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/segmented_control.h"

#include "theme/typography.h"

#include <QHBoxLayout>
#include <QToolButton>
#include <QVariant>

namespace maxiofs::widgets {

using namespace Qt::StringLiterals;

SegmentedControl::SegmentedControl(const QStringList &words, const QString &name, QWidget *parent)
    : QWidget(parent)
{
    setAccessibleName(name);
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(0);
    for (int i = 0; i < words.size(); ++i) {
        auto *button = new QToolButton;
        button->setText(words[i]);
        button->setCheckable(true);
        button->setFont(theme::Typography::font(theme::Typography::Role::Control));
        button->setFocusPolicy(Qt::TabFocus);
        button->setProperty("segment", i == 0 ? u"first"_s : i + 1 == words.size() ? u"last"_s : u"mid"_s);
        button->setFixedHeight(theme::Typography::scaled(24));
        button->setObjectName(u"segment%1"_s.arg(i));
        button->setAccessibleName(u"%1 %2"_s.arg(name, words[i]));
        m_group.addButton(button, i);
        row->addWidget(button);
    }
    m_group.setExclusive(true);
    connect(&m_group, &QButtonGroup::idClicked, this, &SegmentedControl::chosen);
    setCurrent(0);
}

void SegmentedControl::setWords(const QStringList &words)
{
    for (int i = 0; i < words.size(); ++i) {
        if (QAbstractButton *button = m_group.button(i); button && button->text() != words[i]) {
            button->setText(words[i]);
            button->setAccessibleName(u"%1 %2"_s.arg(accessibleName(), words[i]));
        }
    }
}

void SegmentedControl::setCurrent(int index)
{
    if (QAbstractButton *button = m_group.button(index))
        button->setChecked(true);
}

}  // namespace maxiofs::widgets
