// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"

#include <QCoreApplication>
#include <QString>
#include <QStringList>
#include <QUrl>

namespace maxiofs::core {

// What the program was started with. Passwords come from a file, never from the command line, which every
// user of the computer can read.
struct CommandLine {
    Q_DECLARE_TR_FUNCTIONS(maxiofs::core::CommandLine)
public:
    bool showHelp = false;
    bool showVersion = false;
    QUrl connectTo;       // empty: none
    QString user;         //
    QString password;     // what the password file holds, without the line's end
    QString fingerprint;  // 64 lower-case hex; empty: none
    QString profile;      // the name of a saved connection

    /// `arguments` begins with the program's name. Reads the password file.
    [[nodiscard]] static Result<CommandLine> parse(const QStringList &arguments);
    [[nodiscard]] static QString helpText();
};

/// 64 lower-case hex digits from a fingerprint as people write it, with colons or spaces; empty if it is
/// none.
[[nodiscard]] QString normalFingerprint(const QString &text);

}  // namespace maxiofs::core
