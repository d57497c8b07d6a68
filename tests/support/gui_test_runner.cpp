// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/test_runner.h"

#include <QApplication>
#include <QStandardPaths>

// Tests of widgets: a QApplication, and files of the program only in places made for tests.
int main(int argc, char **argv)
{
    QStandardPaths::setTestModeEnabled(true);
    QApplication application(argc, argv);
    QCoreApplication::setOrganizationName(QStringLiteral("maxiofs"));
    QCoreApplication::setApplicationName(QStringLiteral("maxiofs-desktop-tests"));
    return maxiofs::test::runAll(argc, argv);
}
