// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFont>

namespace maxiofs::theme {

// The program's type sizes. Fonts are set by role in code, since a font in a style sheet does not reach child
// widgets. GUI thread only.
class Typography {
public:
    enum class Role {
        Figure,         // the number of a card
        Title,          // page and dialog
        Stat,           // a number in a panel
        PanelTitle,     //
        Body,           // sidebar, menus, dialogs
        BodyStrong,     //
        Control,        // buttons, segments, tools
        Field,          // text that a person enters
        Cell,           // table cells, legends, links
        CellStrong,     // names and status words
        Caption,        // second lines, status bar, axes
        CaptionStrong,  // table headers
        KeyCap,
        Tag,
        Mono,
    };

    [[nodiscard]] static QFont font(Role role);

    /// 90, 100, 115 or 130.
    static void setTextSize(int percent);
    [[nodiscard]] static int textSize();
    /// A height or width that holds text, given at 100 %.
    [[nodiscard]] static int scaled(int pixels);

    /// Chooses the families, measures them, and sets the application's fonts.
    static void install();
    /// True where 0 to 9 are equally wide, so that live figures do not jump.
    [[nodiscard]] static bool hasTabularDigits(const QString &family);
};

}  // namespace maxiofs::theme
