// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QStringList>

#include <functional>

class QWidget;

namespace maxiofs::pages {

/// Asks where to save, then writes what `content` gives for the chosen name. A failure is shown in the
/// dialog's place, with the cause.
void saveToFile(QWidget *parent, const QString &title, const QString &suggestedName,
                const QStringList &filters, const std::function<QByteArray(const QString &path)> &content);

}  // namespace maxiofs::pages
