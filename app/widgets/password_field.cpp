// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/password_field.h"

#include "theme/icon_loader.h"

#include <QAction>
#include <QCoreApplication>
#include <QLineEdit>

namespace maxiofs::widgets {

using namespace Qt::StringLiterals;

void makePasswordField(QLineEdit *field)
{
    field->setEchoMode(QLineEdit::Password);
    auto *eye =
        field->addAction(theme::IconLoader::icon(u"eye"_s, theme::Token::Muted), QLineEdit::TrailingPosition);
    eye->setObjectName(u"showPassword"_s);
    eye->setText(QCoreApplication::translate("maxiofs::widgets", "Show the password"));
    eye->setToolTip(eye->text());
    eye->setCheckable(true);
    QObject::connect(eye, &QAction::toggled, field, [field](bool shown) {
        field->setEchoMode(shown ? QLineEdit::Normal : QLineEdit::Password);
    });
}

}  // namespace maxiofs::widgets
