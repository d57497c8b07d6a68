// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

class QLineEdit;

namespace maxiofs::widgets {

/// Hides what is typed; the eye at its end shows it.
void makePasswordField(QLineEdit *field);

}  // namespace maxiofs::widgets
