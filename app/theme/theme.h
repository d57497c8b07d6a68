// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "theme/token.h"

#include <QColor>
#include <QObject>
#include <QPalette>
#include <QString>

#include <array>

namespace maxiofs::theme {

// The colours of the program: two palettes, one of them in use. There is one theme, made at first use; it
// belongs to the GUI thread. changed() is sent after a new palette is in use and the application has it.
class Theme : public QObject {
    Q_OBJECT
public:
    enum class Mode { System, Light, Dark };

    [[nodiscard]] static Theme &instance();
    /// The only way to a colour.
    [[nodiscard]] static QColor color(Token token);

    [[nodiscard]] Mode mode() const { return m_mode; }
    void setMode(Mode mode);
    /// What the desktop environment asks for; used in Mode::System.
    void setSystemDark(bool dark);
    [[nodiscard]] bool isDark() const { return m_dark; }

    [[nodiscard]] QPalette palette() const;
    /// The style sheet with the palette's colours in it.
    [[nodiscard]] QString styleSheet() const;
    /// Gives the application its style, palette, fonts and style sheet, now and after each change.
    void install();

    /// The palette `dark` or light, in order of Token; for tests of the palettes themselves.
    using Colors = std::array<QColor, kTokenCount>;
    [[nodiscard]] static const Colors &colors(bool dark);

Q_SIGNALS:
    void changed();

private:
    Theme();
    void apply();

    Mode m_mode = Mode::System;
    bool m_systemDark = false;
    bool m_dark = false;
    bool m_installed = false;
};

}  // namespace maxiofs::theme
