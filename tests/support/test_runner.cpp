// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/test_runner.h"

#include <cstdio>
#include <map>
#include <string>

namespace maxiofs::test {

namespace {

std::map<std::string, MakeTest> &registry()
{
    static std::map<std::string, MakeTest> tests;
    return tests;
}

}  // namespace

bool registerTest(const char *name, MakeTest make)
{
    return registry().emplace(name, std::move(make)).second;
}

int runAll(int argc, char **argv)
{
    int failed = 0;
    int run = 0;
    for (const auto &[name, make] : registry()) {
        if (argc > 1 && name != argv[1])
            continue;
        ++run;
        const auto test = make();
        QStringList arguments{QString::fromLocal8Bit(argv[0])};
        for (int i = 2; i < argc; ++i)
            arguments << QString::fromLocal8Bit(argv[i]);
        failed += QTest::qExec(test.get(), arguments) != 0 ? 1 : 0;
    }
    if (run == 0)
        std::fprintf(stderr, "no test class matches\n");
    return failed != 0 || run == 0 ? 1 : 0;
}

}  // namespace maxiofs::test
