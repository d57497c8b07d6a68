// SPDX-License-Identifier: GPL-3.0-or-later
// Fills the real window from a console in this process and takes its pictures, at several sizes and in both
// palettes: `maxiofs_screenshots FOLDER`. Fails where text is cut off or widgets lie over each other.
#include "layout_check.h"
#include "window_harness.h"

#include "charts/latency_chart.h"
#include "pages/connections_page.h"
#include "theme/theme.h"
#include "theme/typography.h"

#include <QAbstractButton>
#include <QApplication>
#include <QCheckBox>
#include <QComboBox>
#include <QDir>
#include <QLabel>
#include <QLineEdit>
#include <QPainter>
#include <QProcess>
#include <QTableView>
#include <QTest>

#include <algorithm>
#include <cstdio>

using namespace Qt::StringLiterals;
using namespace maxiofs;

namespace {

struct Shooting {
    QDir folder;
    QSize size;
    QString suffix;  // of the files' names
    int problems = 0;
};

// A dialog is a window of its own: it is put where it would stand, in the frame that a system would draw.
void drawFramed(QPixmap &picture, QDialog &dialog, const QPoint &at)
{
    constexpr int kTitleHeight = 32;
    using theme::Theme;
    using theme::Token;
    QPainter painter(&picture);
    const QRect title(at.x(), at.y() - kTitleHeight, dialog.width(), kTitleHeight);
    painter.fillRect(title, Theme::color(Token::Chrome));
    painter.setPen(Theme::color(Token::Text2));
    painter.setFont(theme::Typography::font(theme::Typography::Role::Body));
    painter.drawText(title.adjusted(12, 0, -12, 0), Qt::AlignVCenter | Qt::AlignLeft, dialog.windowTitle());
    painter.drawPixmap(at, dialog.grab());
    painter.setPen(Theme::color(Token::Strong));
    painter.drawRect(title.adjusted(-1, -1, 0, dialog.height()));
}

void shoot(Shooting &shooting, test::WindowHarness &harness, const QString &name)
{
    QWidget &window = harness.window();
    QCoreApplication::processEvents();
    QWidget *shown = &window;
    for (const QString &problem : test::layoutProblems(window)) {
        std::fprintf(stderr, "%s%s: %s\n", qUtf8Printable(name), qUtf8Printable(shooting.suffix),
                     qUtf8Printable(problem));
        ++shooting.problems;
    }
    QPixmap picture = shown->grab();
    QDialog *dialog = harness.flow();
    if (!dialog && harness.workspace())
        dialog = harness.dialog();
    if (dialog) {
        for (const QString &problem : test::layoutProblems(*dialog)) {
            std::fprintf(stderr, "%s%s: %s\n", qUtf8Printable(name), qUtf8Printable(shooting.suffix),
                         qUtf8Printable(problem));
            ++shooting.problems;
        }
        drawFramed(picture, *dialog,
                   QPoint((window.width() - dialog->width()) / 2 + 160,
                          (window.height() - dialog->height()) / 2 + 80));
    }
    const QString path = shooting.folder.filePath(u"%1%2.png"_s.arg(name, shooting.suffix));
    if (!picture.save(path)) {
        std::fprintf(stderr, "%s cannot be written\n", qUtf8Printable(path));
        ++shooting.problems;
    }
}

template <typename T>
T *in(test::WindowHarness &harness, const QString &name)
{
    return harness.find<T>(name, harness.dialog());
}

void closeDialog(test::WindowHarness &harness)
{
    if (harness.dialog())
        harness.dialog()->reject();
    (void)QTest::qWaitFor([&] { return harness.dialog() == nullptr; });
}

void shootDialogs(Shooting &shooting, test::WindowHarness &harness, test::FakeConsole &console)
{
    const auto accept = [&] { in<QAbstractButton>(harness, u"formAccept"_s)->click(); };
    for (const bool dark : {false, true}) {
        const QString theme = dark ? u"dark"_s : u"light"_s;
        harness.trigger(u"theme-"_s + theme);
        harness.window().go(u"test"_s, u"nodes"_s);
        harness.trigger(u"addNodeAction"_s);
        in<QLineEdit>(harness, u"addEndpoint"_s)->setText(u"https://ber-1.example.net:8080"_s);
        in<QLineEdit>(harness, u"nodeName"_s)->setText(u"ber-1"_s);
        in<QLineEdit>(harness, u"nodeRegion"_s)->setText(u"Berlin"_s);
        accept();
        auto *compared = harness.nodeDialog()->findChild<QCheckBox *>(u"addCompared"_s);
        (void)QTest::qWaitFor([&] { return compared->isVisible(); }, 20'000);
        shoot(shooting, harness, u"add-seen-"_s + theme);
        compared->setChecked(true);
        in<QLineEdit>(harness, u"addPassword"_s)->setText(u"correct horse"_s);
        console.refuseJoin = [](const protocol::NodeRequest &) {
            return test::FakeConsole::Refusal{
                403,
                "WrongRemoteCredentials",
                "The node at ber-1.example.net:8080 does not know this user and password.",
                {}};
        };
        accept();
        auto *problem = harness.nodeDialog()->findChild<QLabel *>(u"addPasswordProblem"_s);
        (void)QTest::qWaitFor([&] { return problem->isVisible(); }, 20'000);
        shoot(shooting, harness, u"add-refused-"_s + theme);
        console.refuseJoin = {};
        closeDialog(harness);

        auto *table = harness.find<QTableView>(u"allNodesTable"_s);
        table->selectRow(1);
        table->setFocus();
        harness.workspace()->nodeActions().edit(u"ams-2-id"_s, &harness.window());
        shoot(shooting, harness, u"edit-"_s + theme);
        closeDialog(harness);
        harness.workspace()->nodeActions().remove(u"waw-1-id"_s, &harness.window());
        shoot(shooting, harness, u"remove-"_s + theme);
        closeDialog(harness);
        harness.trigger(u"rotateAction"_s);
        accept();
        (void)QTest::qWaitFor(
            [&] { return harness.nodeDialog() && harness.nodeDialog()->objectName() == u"tokenDialog"_s; },
            20'000);
        shoot(shooting, harness, u"token-"_s + theme);
        in<QCheckBox>(harness, u"tokenKept"_s)->setChecked(true);
        closeDialog(harness);
    }
}

void shootReplication(Shooting &shooting, test::WindowHarness &harness, test::FakeConsole &console)
{
    auto &replication = harness.workspace()->replication();
    (void)QTest::qWaitFor([&] { return replication.rules().rowCount() == 10; }, 20'000);
    // An hour of what the program saw.
    const std::int64_t now = QDateTime::currentMSecsSinceEpoch();
    std::vector<protocol::ReplicationRule> past = console.replication.rules;
    for (int i = 0; i < 720; ++i) {
        for (protocol::ReplicationRule &rule : past)
            rule.state.lagObjects =
                i < 380 ? 20 + (i / 9 * 7) % 25 : 40 + (i - 380) * 1'244 / 340 + (i / 11 * 5) % 30;
        replication.history().add(past, now - 3'600'000 + i * 4'990LL);
    }
    for (const bool dark : {false, true}) {
        const QString theme = dark ? u"dark"_s : u"light"_s;
        harness.window().go(u"test"_s, u"replication"_s);
        harness.trigger(u"theme-"_s + theme);
        harness.find<QTableView>(u"rulesTable"_s)->selectRow(2);
        (void)QTest::qWaitFor([&] { return replication.queue().rowCount() == 6; }, 20'000);
        harness.find<QTableView>(u"queueTable"_s)->selectRow(2);
        shoot(shooting, harness, u"replication-"_s + theme);
        auto &actions = harness.workspace()->replicationActions();
        actions.create(&harness.window());
        auto *bucket = in<QComboBox>(harness, u"ruleBucket"_s);
        bucket->setCurrentIndex(bucket->findText(u"media-originals"_s));
        in<QComboBox>(harness, u"ruleMode"_s)->setCurrentIndex(0);
        shoot(shooting, harness, u"rule-new-"_s + theme);
        in<QComboBox>(harness, u"ruleDestination"_s)->setCurrentIndex(1);
        in<QLineEdit>(harness, u"ruleName"_s)->setText(u"media-copy"_s);
        in<QComboBox>(harness, u"ruleMode"_s)->setCurrentIndex(6);
        console.replication.refuse = [](const QByteArray &, const QJsonObject &) {
            return test::FakeConsole::Refusal{409,
                                              "BucketElsewhere",
                                              "The bucket media-copy belongs to the node par-1: a copy needs "
                                              "a bucket of its destination, or a name that is free.",
                                              {}};
        };
        in<QAbstractButton>(harness, u"formAccept"_s)->click();
        auto *problem = harness.dialog()->findChild<QLabel *>(u"ruleNameProblem"_s);
        (void)QTest::qWaitFor([&] { return problem->isVisible(); }, 20'000);
        console.replication.refuse = {};
        shoot(shooting, harness, u"rule-refused-"_s + theme);
        closeDialog(harness);
        actions.remove(u"rule-media-originals"_s, &harness.window());
        shoot(shooting, harness, u"rule-remove-"_s + theme);
        closeDialog(harness);
        console.replication.verifications = {{.state = protocol::ReplicationVerifyState::Done,
                                              .startedAt = protocol::Time{now - 90'000},
                                              .finishedAt = protocol::Time{now - 60'000},
                                              .versionsCompared = 96'412,
                                              .versionsMissing = 3,
                                              .versionsRepaired = 3,
                                              .error = {}}};
        actions.verify(u"rule-media-originals"_s, &harness.window());
        auto *facts = harness.dialog()->findChild<QWidget *>(u"verifyFacts"_s);
        (void)QTest::qWaitFor([&] { return facts->isVisible(); }, 20'000);
        shoot(shooting, harness, u"verify-"_s + theme);
        closeDialog(harness);
        actions.bulk(&harness.window());
        in<QComboBox>(harness, u"bulkSource"_s)->setCurrentIndex(0);
        shoot(shooting, harness, u"bulk-"_s + theme);
        in<QComboBox>(harness, u"ruleDestination"_s)->setCurrentIndex(1);
        console.replication.skipped = {{"media-originals", "It has a rule to ams-1 already."},
                                       {"thumbnails", "ams-1 has a bucket of its own with this name."}};
        const auto rules = console.replication.rules;
        in<QAbstractButton>(harness, u"formAccept"_s)->click();
        (void)QTest::qWaitFor(
            [&] { return harness.dialog() && harness.dialog()->objectName() == u"bulkResultDialog"_s; },
            20'000);
        shoot(shooting, harness, u"bulk-result-"_s + theme);
        closeDialog(harness);
        console.replication.rules = rules;
        replication.refresh();
        (void)QTest::qWaitFor([&] { return replication.rules().rowCount() == 10; }, 20'000);
    }
}

void shootFailover(Shooting &shooting, test::WindowHarness &harness, test::FakeConsole &console)
{
    auto &failover = harness.workspace()->failoverActions();
    auto &conflicts = harness.workspace()->conflicts().conflicts();
    (void)QTest::qWaitFor([&] { return conflicts.rowCount() == 3; }, 20'000);
    harness.window().go(u"test"_s, u"replication"_s);
    const auto views = harness.find<QWidget>(u"replicationViews"_s)->findChildren<QAbstractButton *>();
    const auto shown = [&](const QString &name) {
        auto *widget = harness.dialog()->findChild<QWidget *>(name);
        return QTest::qWaitFor([&] { return widget->isVisible(); }, 20'000);
    };
    views.last()->click();
    for (const bool dark : {false, true}) {
        const QString theme = dark ? u"dark"_s : u"light"_s;
        harness.trigger(u"theme-"_s + theme);
        auto *table = harness.find<QTableView>(u"conflictsTable"_s);
        table->selectRow(1);
        table->setFocus();
        shoot(shooting, harness, u"conflicts-"_s + theme);
        table->selectAll();
        harness.find<QAbstractButton>(u"restoreConflicts"_s)->click();
        shoot(shooting, harness, u"restore-"_s + theme);
        closeDialog(harness);
        failover.promote(u"media-originals"_s, u"par-1-id"_s, &harness.window());
        (void)shown(u"promoteForce"_s);
        shoot(shooting, harness, u"promote-"_s + theme);
        closeDialog(harness);
        failover.promote(u"telemetry-raw"_s, {}, &harness.window());
        (void)shown(u"promoteAwaited"_s);
        shoot(shooting, harness, u"promote-lost-"_s + theme);
        closeDialog(harness);
        failover.choosePolicy(u"media-originals"_s, &harness.window());
        (void)QTest::qWaitFor([&] { return !in<QLabel>(harness, u"failoverMeaning"_s)->text().isEmpty(); },
                              20'000);
        shoot(shooting, harness, u"failover-"_s + theme);
        closeDialog(harness);
        const auto known = std::exchange(console.failover.conflicts, {});
        harness.workspace()->conflicts().refresh();
        (void)QTest::qWaitFor([&] { return conflicts.rowCount() == 0; }, 20'000);
        shoot(shooting, harness, u"conflicts-none-"_s + theme);
        console.failover.conflicts = known;
        harness.workspace()->conflicts().refresh();
        (void)QTest::qWaitFor([&] { return conflicts.rowCount() == 3; }, 20'000);
    }
    views.first()->click();
}

void shootAlone(Shooting &shooting)
{
    test::FakeConsole console;
    console.makeCertificate();
    test::fillSmall(console);
    console.start();
    test::WindowHarness harness;
    harness.window().resize(shooting.size);
    harness.connectTo(console);
    harness.window().go(u"test"_s, u"nodes"_s);
    (void)QTest::qWaitFor([&] { return harness.workspace()->nodeActions().refusal().isEmpty(); }, 20'000);
    for (const bool dark : {false, true}) {
        const QString theme = dark ? u"dark"_s : u"light"_s;
        harness.trigger(u"theme-"_s + theme);
        shoot(shooting, harness, u"alone-"_s + theme);
        harness.window().go(u"test"_s, u"replication"_s);
        shoot(shooting, harness, u"replication-none-"_s + theme);
        harness.window().go(u"test"_s, u"nodes"_s);
        harness.trigger(u"initializeAction"_s);
        shoot(shooting, harness, u"initialize-"_s + theme);
        closeDialog(harness);
        harness.trigger(u"joinAction"_s);
        in<QLineEdit>(harness, u"joinEndpoint"_s)->setText(u"https://node1:8080"_s);
        in<QLineEdit>(harness, u"joinToken"_s)->setText(u"5d1f0c6f no token"_s);
        shoot(shooting, harness, u"join-"_s + theme);
        closeDialog(harness);
    }
}

void shootAll(Shooting &shooting)
{
    test::FakeConsole console;
    console.makeCertificate();
    test::fillLikeThePictures(console);
    test::fillReplication(console);
    test::fillFailover(console);
    console.start();
    test::WindowHarness harness;
    harness.window().resize(shooting.size);
    harness.connectTo(console);
    auto &cluster = harness.workspace()->cluster();
    // The pictures show what is there once everything has been fetched.
    const bool filled = QTest::qWaitFor(
        [&] {
            const auto *row = cluster.nodes().find(u"fra-1-id"_s);
            return row && !row->lastHour.isEmpty() && cluster.hasBuckets() &&
                   cluster.events().rowCount() >= 5;
        },
        20'000);
    if (!filled) {
        std::fprintf(stderr, "the window was not filled\n");
        ++shooting.problems;
        return;
    }
    for (const auto &[id, type, payload] :
         {std::tuple("n-1", "node",
                     QJsonObject{{u"name"_s, u"ams-2"_s},
                                 {u"health_status"_s, u"degraded"_s},
                                 {u"reason"_s, u"1,210 ms"_s}}),
          std::tuple("n-2", "node",
                     QJsonObject{{u"name"_s, u"waw-1"_s},
                                 {u"health_status"_s, u"unavailable"_s},
                                 {u"reason"_s, u"no answer on port 8080"_s}}),
          std::tuple("n-3", "alert",
                     QJsonObject{{u"message"_s, u"Scrub of par-1 finished: nothing damaged"_s},
                                 {u"severity"_s, u"info"_s}})}) {
        const std::int64_t ago = id == std::string("n-1") ? 27 : id == std::string("n-2") ? 34 : 320;
        console.send({id, type, {QDateTime::currentMSecsSinceEpoch() - ago * 60'000}, payload});
    }
    (void)QTest::qWaitFor([&] { return cluster.events().rowCount() >= 8; });
    auto *nodes = harness.find<QTableView>(u"nodesTable"_s);
    (void)QTest::qWaitFor(
        [&] {
            const auto &lines = harness.find<charts::LatencyChart>(u"latencyChart"_s)->lines();
            return lines.size() == 6 &&
                   std::ranges::all_of(
                       lines, [](const charts::LatencyLine &line) { return line.samples.size() > 1000; }) &&
                   lines.first().samples.size() > 3000;
        },
        20'000);
    nodes->selectRow(1);
    for (const bool dark : {false, true}) {
        const QString theme = dark ? u"dark"_s : u"light"_s;
        harness.window().go(u"test"_s, u"overview"_s);
        harness.trigger(u"theme-"_s + theme);
        shoot(shooting, harness, u"overview-"_s + theme);
        harness.window().go(u"test"_s, u"nodes"_s);
        harness.find<QTableView>(u"allNodesTable"_s)->selectRow(1);
        shoot(shooting, harness, u"nodes-"_s + theme);
        harness.window().go(u"test"_s, u"buckets"_s);
        shoot(shooting, harness, u"buckets-"_s + theme);
        harness.window().go({}, u"preferences"_s);
        shoot(shooting, harness, u"preferences-"_s + theme);
    }

    shootReplication(shooting, harness, console);
    shootFailover(shooting, harness, console);

    // The connections, with a test that has met an unknown certificate.
    for (const auto &[name, tag] : {std::pair(u"lab"_s, u"LOCAL"_s), std::pair(u"backup-us"_s, u"PROD"_s),
                                    std::pair(u"staging-eu"_s, u"STAGE"_s)}) {
        core::Profile profile;
        profile.id = name;
        profile.name = name;
        profile.tag = tag;
        profile.user = u"maria"_s;
        profile.address = QUrl(u"https://%1.example.net:8081"_s.arg(name));
        profile.lastUsedMs = QDateTime::currentMSecsSinceEpoch() - 86'400'000LL * 5;
        profile.lastNodeCount = 6;
        profile.lastUsedBytes = 37'274'000'000'000;
        harness.settings().saveProfile(profile);
    }
    for (const bool dark : {false, true}) {
        const QString theme = dark ? u"dark"_s : u"light"_s;
        harness.trigger(u"theme-"_s + theme);
        harness.window().go({}, u"connections"_s);
        harness.type(u"address"_s, console.address().toString());
        harness.type(u"user"_s, u"admin"_s);
        harness.type(u"password"_s, u"correct horse"_s);
        harness.type(u"name"_s, u"staging-us"_s);
        harness.click(u"testConnection"_s);
        (void)QTest::qWaitFor([&] { return harness.flow() != nullptr; }, 20'000);
        shoot(shooting, harness, u"connect-"_s + theme);
        if (QDialog *prompt = harness.flow())
            prompt->reject();
        (void)QTest::qWaitFor([&] { return harness.flow() == nullptr; });
    }

    shootDialogs(shooting, harness, console);

    // The node is gone: last values, greyed, with the cause.
    harness.trigger(u"theme-light"_s);
    harness.window().go(u"test"_s, u"overview"_s);
    console.stop();
    (void)QTest::qWaitFor([&] { return !harness.workspace()->connection().isConnected(); }, 20'000);
    shoot(shooting, harness, u"lost-light"_s);
}

}  // namespace

int main(int argc, char **argv)
{
    QApplication application(argc, argv);
    const QStringList arguments = QCoreApplication::arguments();
    if (arguments.size() < 2) {
        std::fprintf(stderr, "usage: maxiofs_screenshots FOLDER\n");
        return 2;
    }
    if (!QDir().mkpath(arguments[1])) {
        std::fprintf(stderr, "%s cannot be made\n", qUtf8Printable(arguments[1]));
        return 1;
    }
    const QDir folder(arguments[1]);
    if (arguments.contains(u"--dense"_s)) {
        Shooting dense{.folder = folder, .size = {1440, 900}, .suffix = u"-2880x1800"_s};
        shootAll(dense);
        shootAlone(dense);
        return dense.problems > 0 ? 1 : 0;
    }
    int problems = 0;
    for (auto shooting : {Shooting{.folder = folder, .size = {1440, 900}, .suffix = {}},
                          Shooting{.folder = folder, .size = {1024, 700}, .suffix = u"-1024x700"_s}}) {
        shootAll(shooting);
        shootAlone(shooting);
        problems += shooting.problems;
    }
    // The scale of a screen is fixed at start.
    QProcess dense;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(u"QT_SCALE_FACTOR"_s, u"2"_s);
    dense.setProcessEnvironment(environment);
    dense.setProcessChannelMode(QProcess::ForwardedChannels);
    dense.start(QCoreApplication::applicationFilePath(), {arguments[1], u"--dense"_s});
    constexpr int kTimeoutMs = 120'000;
    if (!dense.waitForFinished(kTimeoutMs) || dense.exitCode() != 0)
        ++problems;
    return problems > 0 ? 1 : 0;
}
