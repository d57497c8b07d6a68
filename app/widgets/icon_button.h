// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QToolButton>

namespace maxiofs::widgets {

// A button of 24x24 with an icon of the theme. Its name is what a screen reader says; the tooltip has the key
// too.
class IconButton : public QToolButton {
    Q_OBJECT
public:
    IconButton(const QString &icon, const QString &name, const QString &key = {}, QWidget *parent = nullptr);
};

}  // namespace maxiofs::widgets
