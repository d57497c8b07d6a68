// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "theme/token.h"

#include <QColor>
#include <QIcon>
#include <QPixmap>
#include <QString>

namespace maxiofs::theme {

// The program's own icons (resources/icons), drawn in one colour. The colour is put into the SVG text, since
// QtSvg paints `currentColor` black. Pictures are kept per name, colour, size and device pixel ratio until
// the theme changes. GUI thread only.
class IconLoader {
public:
    /// A picture of `size` px at `ratio` device pixels a px. A name that does not exist is a bug: it ends the
    /// program.
    [[nodiscard]] static QPixmap pixmap(const QString &name, const QColor &color, int size, qreal ratio);
    /// An icon that follows the theme: `normal`, `checked` while on, Token::Disabled while disabled.
    [[nodiscard]] static QIcon icon(const QString &name, Token normal = Token::Text2,
                                    Token checked = Token::AccentText);
    /// Paints the icon into the middle of `rect`.
    static void paint(QPainter *painter, const QRect &rect, const QString &name, Token token, int size);
    static void dropCache();
};

}  // namespace maxiofs::theme
