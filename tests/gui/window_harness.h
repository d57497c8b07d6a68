// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "fake_console.h"
#include "pages/main_window.h"
#include "pages/session_flow.h"
#include "pages/workspace.h"

#include <QTemporaryDir>

#include <memory>

namespace maxiofs::test {

// The whole window with everything behind it in a folder of its own, as main() builds it.
class WindowHarness {
public:
    WindowHarness();
    ~WindowHarness();

    /// A new window over the same folder, as after a restart.
    void restart();
    [[nodiscard]] pages::MainWindow &window() { return *m_window; }
    [[nodiscard]] core::Settings &settings() { return *m_settings; }
    [[nodiscard]] secrets::Keeper &keeper() { return *m_keeper; }

    /// A widget that is visible; ends the program where there is none.
    template <typename T>
    T *find(const QString &name, QWidget *in = nullptr)
    {
        T *found = nullptr;
        for (T *candidate : (in ? in : m_window.get())->findChildren<T *>(name)) {
            if (candidate->isVisible())
                found = candidate;
        }
        if (!found)
            qFatal("There is no visible %s.", qUtf8Printable(name));
        return found;
    }
    template <typename T>
    bool has(const QString &name)
    {
        for (T *candidate : m_window->findChildren<T *>(name)) {
            if (candidate->isVisible())
                return true;
        }
        return false;
    }
    /// The dialog that the window asks with; null: none.
    [[nodiscard]] QDialog *flow() { return m_window->flow().dialog(); }
    /// The dialog about nodes that is open in the only workspace; null: none.
    [[nodiscard]] QDialog *nodeDialog() { return workspace()->nodeActions().dialog(); }
    /// The dialog about replication rules that is open in the only workspace; null: none.
    [[nodiscard]] QDialog *ruleDialog() { return workspace()->replicationActions().dialog(); }
    /// The dialog about owners and conflicts that is open in the only workspace; null: none.
    [[nodiscard]] QDialog *failoverDialog() { return workspace()->failoverActions().dialog(); }
    /// Whichever of these is open; null: none.
    [[nodiscard]] QDialog *dialog()
    {
        return nodeDialog() ? nodeDialog() : ruleDialog() ? ruleDialog() : failoverDialog();
    }
    void click(const QString &buttonName);
    void type(const QString &fieldName, const QString &text);
    void trigger(const QString &actionName);
    /// The workspace of the only cluster that is open.
    [[nodiscard]] pages::Workspace *workspace();
    /// Connects as the command line would, with the certificate pinned, and waits for the nodes.
    void connectTo(const FakeConsole &console);

private:
    QTemporaryDir m_folder;
    std::unique_ptr<core::Settings> m_settings;
    std::unique_ptr<history::LatencyHistory> m_history;
    std::unique_ptr<secrets::Keeper> m_keeper;
    std::unique_ptr<pages::MainWindow> m_window;
};

}  // namespace maxiofs::test
