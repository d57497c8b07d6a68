// SPDX-License-Identifier: GPL-3.0-or-later
#include "window_harness.h"

#include "core/translation.h"
#include "theme/theme.h"

#include <QAbstractButton>
#include <QAction>
#include <QLineEdit>
#include <QTest>

namespace maxiofs::test {

using namespace Qt::StringLiterals;

WindowHarness::WindowHarness()
{
    // No test asks the key store of whoever runs it.
    qputenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent");
    qunsetenv("XDG_CURRENT_DESKTOP");
    QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates));
    static const bool translated = (core::installTranslations(*QCoreApplication::instance()), true);
    Q_UNUSED(translated);
    theme::Theme::instance().setMode(theme::Theme::Mode::Light);
    theme::Theme::instance().install();
    restart();
}

WindowHarness::~WindowHarness() = default;

void WindowHarness::restart()
{
    m_window.reset();
    m_settings = std::make_unique<core::Settings>(m_folder.filePath(u"settings.ini"_s));
    m_history = std::make_unique<history::LatencyHistory>();
    if (!m_history->open(m_folder.filePath(u"history.sqlite"_s)))
        qFatal("The history cannot be opened.");
    m_keeper = std::make_unique<secrets::Keeper>(m_folder.filePath(u"secrets.vault"_s));
    m_window = std::make_unique<pages::MainWindow>(pages::Services{*m_settings, *m_keeper, *m_history});
    m_window->show();
    m_keeper->begin();
    if (!QTest::qWaitFor([this] { return m_keeper->isReady(); }) ||
        !QTest::qWaitForWindowExposed(m_window.get()))
        qFatal("The window does not appear.");
}

void WindowHarness::click(const QString &buttonName)
{
    auto *button = find<QAbstractButton>(buttonName);
    if (!button->isEnabled())
        qFatal("The button %s is disabled: %s", qUtf8Printable(buttonName),
               qUtf8Printable(button->toolTip()));
    QTest::mouseClick(button, Qt::LeftButton);
}

void WindowHarness::type(const QString &fieldName, const QString &text)
{
    auto *field = find<QLineEdit>(fieldName);
    field->setFocus();
    field->selectAll();
    QTest::keyClick(field, Qt::Key_Delete);
    QTest::keyClicks(field, text);
}

void WindowHarness::trigger(const QString &actionName)
{
    auto *action = m_window->findChild<QAction *>(actionName);
    if (!action || !action->isEnabled())
        qFatal("The action %s cannot be taken.", qUtf8Printable(actionName));
    action->trigger();
}

pages::Workspace *WindowHarness::workspace()
{
    const auto all = m_window->findChildren<QWidget *>(u"overviewPage"_s);
    if (all.isEmpty())
        return nullptr;
    for (const core::Profile &profile : m_settings->profiles()) {
        if (auto *open = m_window->workspace(profile.id))
            return open;
    }
    return m_window->workspace(u"test"_s);
}

void WindowHarness::connectTo(const FakeConsole &console)
{
    core::Profile profile;
    profile.id = u"test"_s;
    profile.name = u"prod-eu"_s;
    profile.tag = u"PROD"_s;
    profile.address = console.address();
    profile.user = console.user;
    profile.fingerprint = console.fingerprint();
    m_window->connectTo(profile, console.password);
    const auto count = static_cast<int>(console.nodes.size());
    if (!QTest::qWaitFor([&] { return workspace()->cluster().nodes().rowCount() == count; }))
        qFatal("The window does not connect.");
}

}  // namespace maxiofs::test
