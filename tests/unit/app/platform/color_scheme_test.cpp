// SPDX-License-Identifier: GPL-3.0-or-later
#include "platform/color_scheme.h"

#include "support/test_runner.h"

#include <QGuiApplication>
#include <QPalette>
#include <QSignalSpy>

using maxiofs::platform::ColorScheme;

class ColorSchemeTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void palettesLightnessDecidesWithoutAPortal();
    void portalsWishGoesFirst();
    void changesAreToldOnce();

private:
    QPalette m_before;
};

void ColorSchemeTest::init()
{
    qputenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent");
    m_before = QGuiApplication::palette();
}

void ColorSchemeTest::cleanup()
{
    QGuiApplication::setPalette(m_before);
}

void ColorSchemeTest::palettesLightnessDecidesWithoutAPortal()
{
    QPalette dark;
    dark.setColor(QPalette::Window, Qt::black);
    dark.setColor(QPalette::WindowText, Qt::white);
    QGuiApplication::setPalette(dark);

    QVERIFY(ColorScheme().isDark());

    dark.setColor(QPalette::Window, Qt::white);
    dark.setColor(QPalette::WindowText, Qt::black);
    QGuiApplication::setPalette(dark);
    QVERIFY(!ColorScheme().isDark());
}

void ColorSchemeTest::portalsWishGoesFirst()
{
    QPalette dark;
    dark.setColor(QPalette::Window, Qt::black);
    dark.setColor(QPalette::WindowText, Qt::white);
    QGuiApplication::setPalette(dark);
    ColorScheme scheme;

    scheme.takePortalValue(2);
    QVERIFY(!scheme.isDark());
    scheme.takePortalValue(1);
    QVERIFY(scheme.isDark());
    scheme.takePortalValue(2);
    scheme.takePortalValue(0);
    QVERIFY(scheme.isDark());
}

void ColorSchemeTest::changesAreToldOnce()
{
    ColorScheme scheme;
    scheme.takePortalValue(2);
    QSignalSpy changes(&scheme, &ColorScheme::changed);

    scheme.takePortalValue(1);
    scheme.takePortalValue(1);

    QCOMPARE(changes.count(), 1);
    QCOMPARE(changes.first().first().toBool(), true);
}

MAXIOFS_TEST(ColorSchemeTest)
#include "color_scheme_test.moc"
