// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/test_runner.h"

#include "fake_console.h"
#include "layout_check.h"
#include "window_harness.h"

#include <QAbstractButton>
#include <QCheckBox>
#include <QHeaderView>
#include <QLabel>
#include <QTableView>

namespace maxiofs::test {

using namespace Qt::StringLiterals;

// What a person does with the window: clicks and keys, against a console over real sockets.
class WindowTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void firstContactAsksForTrustAndThenShowsTheNode();
    void refusedTrustConnectsNowhere();
    void aKilledNodeIsShownWithItsCauseAndComesBack();
    void aChangedCertificateIsNotAcceptedSilently();
    void paletteIsSwitchedFromTheMenu();
    void everyViewAndButtonHasAName();
    void nothingIsCutOffInEitherPalette();
    void longNamesStayInTheirPlaces();
    void columnsThatFoldComeBackWhereThereIsRoom();
};

namespace {

constexpr int kPatienceMs = 20'000;

void fillForm(WindowHarness &harness, const FakeConsole &console, const QString &password)
{
    harness.window().go({}, u"connections"_s);
    harness.type(u"address"_s, console.address().toString());
    harness.type(u"user"_s, console.user);
    harness.type(u"password"_s, password);
    harness.type(u"name"_s, u"lab"_s);
}

bool waitForPrompt(WindowHarness &harness)
{
    return QTest::qWaitFor([&] { return harness.flow() != nullptr; }, kPatienceMs);
}

bool waitForConnection(WindowHarness &harness, bool connected)
{
    return QTest::qWaitFor([&] { return harness.workspace()->connection().isConnected() == connected; },
                           kPatienceMs);
}

}  // namespace

void WindowTest::firstContactAsksForTrustAndThenShowsTheNode()
{
    FakeConsole console;
    console.makeCertificate();
    fillSmall(console);
    QVERIFY(console.start());
    WindowHarness harness;
    fillForm(harness, console, console.password);

    harness.click(u"connectButton"_s);
    QVERIFY(waitForPrompt(harness));
    auto *trust = harness.find<QAbstractButton>(u"trustAndConnect"_s, harness.flow());
    QVERIFY(!trust->isEnabled());
    QTest::mouseClick(harness.find<QCheckBox>(u"fingerprintCompared"_s, harness.flow()), Qt::LeftButton, {},
                      QPoint(6, 8));
    QVERIFY(trust->isEnabled());
    QTest::mouseClick(trust, Qt::LeftButton);

    QVERIFY(QTest::qWaitFor([&] { return harness.has<QTableView>(u"nodesTable"_s); }, kPatienceMs));
    auto *nodes = harness.find<QTableView>(u"nodesTable"_s);
    QVERIFY(QTest::qWaitFor([&] { return nodes->model()->rowCount() == 1; }, kPatienceMs));
}

void WindowTest::refusedTrustConnectsNowhere()
{
    FakeConsole console;
    console.makeCertificate();
    fillSmall(console);
    QVERIFY(console.start());
    WindowHarness harness;
    fillForm(harness, console, console.password);
    harness.click(u"connectButton"_s);
    QVERIFY(waitForPrompt(harness));

    QTest::mouseClick(harness.find<QAbstractButton>(u"cancelTrust"_s, harness.flow()), Qt::LeftButton);

    QVERIFY(QTest::qWaitFor([&] { return harness.flow() == nullptr; }, kPatienceMs));
    QCOMPARE(console.timesAsked("POST /api/v1/auth/login"), 0);
}

void WindowTest::aKilledNodeIsShownWithItsCauseAndComesBack()
{
    FakeConsole console;
    console.makeCertificate();
    fillSmall(console);
    QVERIFY(console.start());
    WindowHarness harness;
    harness.connectTo(console);

    console.stop();
    QVERIFY(waitForConnection(harness, false));
    QVERIFY(QTest::qWaitFor([&] { return harness.has<QLabel>(u"messageText"_s); }, kPatienceMs));
    const QString cause = harness.find<QLabel>(u"messageText"_s)->text();
    QVERIFY2(cause.contains(QString::number(console.port())), qUtf8Printable(cause));

    QVERIFY(console.start());
    QVERIFY(waitForConnection(harness, true));
    QVERIFY(QTest::qWaitFor([&] { return !harness.has<QLabel>(u"messageText"_s); }, kPatienceMs));
}

void WindowTest::aChangedCertificateIsNotAcceptedSilently()
{
    FakeConsole console;
    console.makeCertificate();
    fillSmall(console);
    QVERIFY(console.start());
    WindowHarness harness;
    harness.connectTo(console);
    console.stop();
    QVERIFY(waitForConnection(harness, false));
    const int asked = console.timesAsked("GET /api/v1/cluster/nodes");

    console.makeCertificate();
    QVERIFY(console.start());

    QVERIFY(waitForPrompt(harness));
    QVERIFY(!harness.workspace()->connection().isConnected());
    QCOMPARE(console.timesAsked("GET /api/v1/cluster/nodes"), asked);
}

void WindowTest::paletteIsSwitchedFromTheMenu()
{
    WindowHarness harness;

    harness.trigger(u"theme-dark"_s);
    const QColor dark = harness.window().palette().color(QPalette::Window);
    harness.trigger(u"theme-light"_s);
    const QColor light = harness.window().palette().color(QPalette::Window);

    QVERIFY(dark.lightness() < 60);
    QVERIFY(light.lightness() > 200);
}

void WindowTest::everyViewAndButtonHasAName()
{
    FakeConsole console;
    fillSmall(console);
    QVERIFY(console.start());
    WindowHarness harness;
    harness.connectTo(console);

    for (const QString &page : {u"overview"_s, u"buckets"_s}) {
        harness.window().go(u"test"_s, page);
        for (const QAbstractItemView *view : harness.window().findChildren<QAbstractItemView *>()) {
            if (view->isVisible() && !qobject_cast<const QHeaderView *>(view))
                QVERIFY2(!view->accessibleName().isEmpty(), qUtf8Printable(view->objectName()));
        }
        for (const QAbstractButton *button : harness.window().findChildren<QAbstractButton *>()) {
            // The icon inside a field belongs to the field.
            if (button->isVisible() && button->text().isEmpty() && !button->inherits("QLineEditIconButton"))
                QVERIFY2(!button->accessibleName().isEmpty(), button->metaObject()->className());
        }
    }
}

void WindowTest::nothingIsCutOffInEitherPalette()
{
    FakeConsole console;
    fillSmall(console);
    QVERIFY(console.start());
    WindowHarness harness;
    harness.connectTo(console);

    for (const QSize size : {QSize(1024, 700), QSize(1440, 900)}) {
        harness.window().resize(size);
        for (const QString &theme : {u"theme-light"_s, u"theme-dark"_s}) {
            harness.trigger(theme);
            for (const QString &page : {u"overview"_s, u"buckets"_s}) {
                harness.window().go(u"test"_s, page);
                // Layouts settle in the event loop.
                QStringList problems;
                const bool settled = QTest::qWaitFor(
                    [&] {
                        problems = layoutProblems(harness.window());
                        return problems.isEmpty();
                    },
                    kPatienceMs);
                QVERIFY2(settled, qUtf8Printable(problems.join(u'\n')));
            }
        }
    }
}

void WindowTest::longNamesStayInTheirPlaces()
{
    FakeConsole console;
    fillSmall(console);
    console.nodes.front().name = std::string(255, 'n');
    console.nodes.front().region = std::string(120, 'r');
    console.nodes.front().healthStatus = protocol::HealthStatus::Degraded;
    console.nodes.front().reason = std::string(600, 'w');
    console.buckets.front().name = std::string(63, 'b');
    QVERIFY(console.start());
    WindowHarness harness;
    harness.window().resize(1000, 640);
    harness.connectTo(console);
    harness.window().workspace(u"test"_s)->connection().setProfile([&] {
        core::Profile profile = harness.workspace()->profile();
        profile.name = QString(200, u'c');
        return profile;
    }());

    for (const QString &page : {u"overview"_s, u"buckets"_s}) {
        harness.window().go(u"test"_s, page);
        QStringList problems;
        const bool settled = QTest::qWaitFor(
            [&] {
                problems = layoutProblems(harness.window());
                return problems.isEmpty();
            },
            kPatienceMs);
        QVERIFY2(settled, qUtf8Printable(problems.join(u'\n')));
        QCOMPARE(harness.window().size(), QSize(1000, 640));
    }
}

void WindowTest::columnsThatFoldComeBackWhereThereIsRoom()
{
    FakeConsole console;
    fillSmall(console);
    QVERIFY(console.start());
    WindowHarness harness;
    harness.connectTo(console);
    harness.window().go(u"test"_s, u"buckets"_s);
    auto *table = harness.find<QTableView>(u"bucketsTable"_s);
    const auto hidden = [table] {
        int count = 0;
        for (int column = 0; column < table->model()->columnCount(); ++column)
            count += table->isColumnHidden(column) ? 1 : 0;
        return count;
    };

    QVERIFY(QTest::qWaitFor([&] { return hidden() == 0; }, kPatienceMs));
    table->resize(500, 300);
    QCOMPARE(hidden(), 1);
    table->resize(1100, 300);
    QCOMPARE(hidden(), 0);
}

}  // namespace maxiofs::test

using maxiofs::test::WindowTest;
MAXIOFS_TEST(WindowTest)
#include "window_test.moc"
