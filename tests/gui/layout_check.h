// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringList>

class QWidget;

namespace maxiofs::test {

/// What is wrong with the geometry of a window's visible widgets: text that does not fit, widgets that lie
/// over each other or out of their parent. One sentence each.
[[nodiscard]] QStringList layoutProblems(QWidget &window);

/// Views, fields and icon buttons without an accessible name or an object name.
[[nodiscard]] QStringList namelessControls(QWidget &window);

}  // namespace maxiofs::test
