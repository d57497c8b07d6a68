// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QLineEdit>

namespace maxiofs::pages {

/// A compact field that filters a table: an icon, a way to clear it, Esc clears too. Ctrl+F in the same page
/// goes to it.
[[nodiscard]] QLineEdit *makeFilterField(const QString &placeholder);

}  // namespace maxiofs::pages
