// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/dialog_frame.h"

#include "theme/typography.h"

#include <QDialog>
#include <QFrame>
#include <QVBoxLayout>

namespace maxiofs::widgets {

using namespace Qt::StringLiterals;

DialogFrame::DialogFrame(QDialog *dialog) : body(new QWidget), column(new QVBoxLayout(body))
{
    constexpr int kFooterHeight = 52;
    dialog->setWindowModality(Qt::WindowModal);
    body->setObjectName(u"dialogBody"_s);
    body->setAttribute(Qt::WA_StyledBackground);
    column->setContentsMargins(20, 16, 20, 16);
    column->setSpacing(10);
    auto *below = new QFrame;
    below->setObjectName(u"dialogFooter"_s);
    below->setFixedHeight(theme::Typography::scaled(kFooterHeight));
    footer = new QHBoxLayout(below);
    footer->setContentsMargins(16, 0, 16, 0);
    footer->setSpacing(8);
    auto *all = new QVBoxLayout(dialog);
    all->setContentsMargins(0, 0, 0, 0);
    all->setSpacing(0);
    all->addWidget(body, 1);
    all->addWidget(below);
}

}  // namespace maxiofs::widgets
