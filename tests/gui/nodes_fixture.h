// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "fake_console.h"
#include "window_harness.h"

#include <QAbstractButton>
#include <QLineEdit>
#include <QTest>

#include <memory>

namespace maxiofs::test {

// The page of the nodes of a lone node, in a window of its own, and its dialogs, for tests.
class NodesFixture {
public:
    static constexpr int kPatience = 60'000;

    /// A console that runs and a window that is not connected to it yet.
    NodesFixture();
    ~NodesFixture();

    /// Shows the page; false where it does not come to life.
    [[nodiscard]] bool open();
    template <typename T>
    T *in(const QString &name)
    {
        return harness->find<T>(name, harness->dialog());
    }
    void press(const QString &name) { QTest::mouseClick(in<QAbstractButton>(name), Qt::LeftButton); }
    void enter(const QString &name, const QString &text)
    {
        in<QLineEdit>(name)->clear();
        QTest::keyClicks(in<QLineEdit>(name), text);
    }
    /// What stands below a field of the dialog, or with "form" above its buttons.
    [[nodiscard]] QString problemAt(const QString &field);
    /// Waits for the dialog.
    [[nodiscard]] bool opens(const QString &dialog);
    template <typename Condition>
    [[nodiscard]] static bool soon(Condition condition)
    {
        return QTest::qWaitFor(condition, kPatience);
    }
    /// Where a text still stands, in widgets that live.
    [[nodiscard]] static QStringList placesOf(const QString &secret);
    [[nodiscard]] static QString token() { return QString(64, u'a'); }
    /// The certificate that any other node shows.
    [[nodiscard]] static std::string peer();

    std::unique_ptr<FakeConsole> console;
    std::unique_ptr<WindowHarness> harness;
};

}  // namespace maxiofs::test
