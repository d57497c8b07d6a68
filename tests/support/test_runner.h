// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QTest>

#include <functional>
#include <memory>

namespace maxiofs::test {

// One binary holds all test classes of a library. Each class registers itself with MAXIOFS_TEST below its
// definition; the runner's main() runs them in order of name and fails if one fails or none is registered.
using MakeTest = std::function<std::unique_ptr<QObject>()>;
bool registerTest(const char *name, MakeTest make);

/// What the runners' main() does: `test_x [Class [Qt Test's arguments]]` runs one class, no argument all of
/// them.
int runAll(int argc, char **argv);

}  // namespace maxiofs::test

#define MAXIOFS_TEST(Class)                                                                                  \
    [[maybe_unused]] static const bool registered##Class =                                                   \
        maxiofs::test::registerTest(#Class, [] { return std::make_unique<Class>(); });
