// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

class QCoreApplication;

namespace maxiofs::core {

/// Gives the application its words in the user's language, and English plural forms where there is no
/// translation. Before the first widget.
void installTranslations(QCoreApplication &application);

}  // namespace maxiofs::core
