// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/icon_button.h"

#include "theme/icon_loader.h"
#include "theme/typography.h"

namespace maxiofs::widgets {

using namespace Qt::StringLiterals;

IconButton::IconButton(const QString &icon, const QString &name, const QString &key, QWidget *parent)
    : QToolButton(parent)
{
    setIcon(theme::IconLoader::icon(icon, theme::Token::Muted));
    setIconSize({15, 15});
    setFixedSize(theme::Typography::scaled(24), theme::Typography::scaled(24));
    setAccessibleName(name);
    setToolTip(key.isEmpty() ? name : u"%1  (%2)"_s.arg(name, key));
    setFocusPolicy(Qt::TabFocus);
}

}  // namespace maxiofs::widgets
