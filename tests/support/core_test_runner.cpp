// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/test_runner.h"

#include <QCoreApplication>

int main(int argc, char **argv)
{
    QCoreApplication application(argc, argv);
    return maxiofs::test::runAll(argc, argv);
}
