// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/test_runner.h"

#include "fake_console.h"
#include "window_harness.h"

#include "core/item_roles.h"
#include "widgets/check_list.h"
#include "widgets/data_table.h"
#include "widgets/fingerprint_view.h"

#include <QAbstractButton>
#include <QCheckBox>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QMessageBox>
#include <QTableView>

#include <algorithm>

namespace maxiofs::test {

using namespace Qt::StringLiterals;

// What happens over the life of a session: signing in, losing the node, coming back, keeping a password.
class SessionTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void bucketsAreListedWithObjectsAndSize();
    void bucketsThatAreMadeAppear();
    void eventsArriveWhileTheyHappen();
    void lostNodeLeavesItsLastValuesMuted();
    void endedSessionIsBegunAgainWithThePassword();
    void sessionThatEndsInUseIsRenewedWithoutAQuestion();
    void wrongPasswordIsAskedForAgain();
    void lockoutIsExplainedAndNotTriedAgain();
    void tenThousandBucketsAreListedByPages();
    void changedCertificateShowsOldAndNewAndCanBeTrusted();
    void connectionTestNamesEachStep();
    void keptPasswordOpensAfterARestart();
    void keysReachPagesAndFilter();
    void removedConnectionIsForgotten();
    void signingOutStopsAsking();

private:
    void connectFromForm(bool keep = false);

    std::unique_ptr<FakeConsole> m_console;
    std::unique_ptr<WindowHarness> m_harness;
};

namespace {

constexpr int kSlowMs = 20'000;

template <typename Condition>
bool eventually(Condition condition)
{
    return QTest::qWaitFor(condition, kSlowMs);
}

}  // namespace

void SessionTest::init()
{
    m_console = std::make_unique<FakeConsole>();
    m_console->makeCertificate();
    fillSmall(*m_console);
    QVERIFY(m_console->start());
    m_harness = std::make_unique<WindowHarness>();
}

void SessionTest::cleanup()
{
    m_harness.reset();
    m_console.reset();
}

void SessionTest::connectFromForm(bool keep)
{
    m_harness->window().go({}, u"connections"_s);
    m_harness->type(u"address"_s, m_console->address().toString());
    m_harness->type(u"user"_s, m_console->user);
    m_harness->type(u"password"_s, m_console->password);
    m_harness->type(u"name"_s, u"lab"_s);
    if (keep)
        m_harness->find<QCheckBox>(u"keepPassword"_s)->setChecked(true);
    m_harness->click(u"connectButton"_s);
}

void SessionTest::bucketsAreListedWithObjectsAndSize()
{
    m_harness->connectTo(*m_console);
    m_harness->window().go(u"test"_s, u"buckets"_s);
    QVERIFY(eventually([&] { return m_harness->has<QTableView>(u"bucketsTable"_s); }));
    auto *table = m_harness->find<QTableView>(u"bucketsTable"_s);

    QVERIFY(eventually([&] { return table->model()->rowCount() == 2; }));
    const auto cell = [table](int row, int column) {
        return table->model()->index(row, column).data().toString();
    };
    QCOMPARE(cell(0, 0), u"backups"_s);
    QCOMPARE(cell(0, 1), u"18,204"_s);
    QCOMPARE(cell(0, 2), u"81.7 GiB"_s);
    QCOMPARE(cell(0, 3), u"lab-1"_s);
}

void SessionTest::bucketsThatAreMadeAppear()
{
    m_harness->connectTo(*m_console);
    auto &buckets = m_harness->workspace()->cluster().buckets();
    QVERIFY(eventually([&] { return buckets.rowCount() == 2 && m_console->streams() > 0; }));

    protocol::ClusterBucket fresh;
    fresh.name = "fresh";
    fresh.primaryNode = m_console->nodes.front().id;
    m_console->buckets.push_back(fresh);
    m_console->send(
        {"n-1", "bucket", {1'700'000'000'000}, {{u"name"_s, u"fresh"_s}, {u"change"_s, u"created"_s}}});

    QVERIFY(eventually([&] { return buckets.rowCount() == 3; }));
}

void SessionTest::eventsArriveWhileTheyHappen()
{
    m_harness->connectTo(*m_console);
    QVERIFY(eventually([&] { return m_console->streams() > 0; }));

    m_console->send({"n-7",
                     "alert",
                     {1'700'000'000'000},
                     {{u"message"_s, u"The disk of lab-1 is full."_s}, {u"severity"_s, u"critical"_s}}});

    auto *events = m_harness->find<QListView>(u"eventsList"_s);
    QVERIFY(eventually([&] { return events->model()->rowCount() == 1; }));
    QCOMPARE(events->model()->index(0, 0).data().toString(), u"The disk of lab-1 is full."_s);
}

void SessionTest::lostNodeLeavesItsLastValuesMuted()
{
    m_harness->connectTo(*m_console);
    auto *nodes = m_harness->find<QTableView>(u"nodesTable"_s);
    QVERIFY(!nodes->model()->index(0, 0).data(core::StaleRole).toBool());

    m_console->stop();

    QVERIFY(eventually([&] { return m_harness->has<QLabel>(u"messageText"_s); }));
    QCOMPARE(nodes->model()->rowCount(), 1);
    QVERIFY(nodes->model()->index(0, 0).data(core::StaleRole).toBool());
    const auto &state = m_harness->workspace()->connection().state();
    QCOMPARE(state.problem()->kind, core::Problem::Kind::ConnectionRefused);
    QVERIFY(m_harness->find<QLabel>(u"messageText"_s)->text().contains(u"connection refused"_s));
    QVERIFY(eventually([&] { return state.secondsToRetry().has_value(); }));
    QVERIFY(!m_harness->find<QAbstractButton>(u"checkNow"_s)->isEnabled());

    QVERIFY(m_console->start());
    QVERIFY(eventually([&] { return !nodes->model()->index(0, 0).data(core::StaleRole).toBool(); }));
}

void SessionTest::endedSessionIsBegunAgainWithThePassword()
{
    m_harness->connectTo(*m_console);
    m_console->stop();
    QVERIFY(eventually([&] { return !m_harness->workspace()->connection().isConnected(); }));
    const int logins = m_console->timesAsked("POST /api/v1/auth/login");

    m_console->endSessions();
    QVERIFY(m_console->start());

    QVERIFY(eventually([&] { return m_harness->workspace()->connection().isConnected(); }));
    QCOMPARE(m_console->timesAsked("POST /api/v1/auth/login"), logins + 1);
    QVERIFY(!m_harness->flow());
}

void SessionTest::sessionThatEndsInUseIsRenewedWithoutAQuestion()
{
    m_harness->connectTo(*m_console);
    const int logins = m_console->timesAsked("POST /api/v1/auth/login");
    const int asked = m_console->timesAsked("POST /api/v1/cluster/health/refresh");

    m_console->endSessions();
    m_harness->trigger(u"check"_s);

    QVERIFY(eventually([&] { return m_console->timesAsked("POST /api/v1/auth/login") == logins + 1; }));
    QVERIFY(!m_harness->flow());
    QVERIFY(m_harness->workspace()->connection().isConnected());
    m_harness->trigger(u"check"_s);
    QVERIFY(eventually(
        [&] { return m_console->timesAsked("POST /api/v1/cluster/health/refresh") == asked + 2; }));
    QVERIFY(!m_harness->has<QLabel>(u"messageText"_s));
}

void SessionTest::wrongPasswordIsAskedForAgain()
{
    core::Profile profile;
    profile.id = u"test"_s;
    profile.name = u"lab"_s;
    profile.address = m_console->address();
    profile.user = m_console->user;
    profile.fingerprint = m_console->fingerprint();
    m_harness->window().connectTo(profile, u"wrong"_s);
    QVERIFY(eventually([&] { return m_harness->flow() != nullptr; }));
    QCOMPARE(m_harness->flow()->objectName(), u"signInDialog"_s);

    QTest::keyClicks(m_harness->find<QLineEdit>(u"signInPassword"_s, m_harness->flow()), m_console->password);
    QTest::mouseClick(m_harness->find<QAbstractButton>(u"signInAccept"_s, m_harness->flow()), Qt::LeftButton);

    QVERIFY(eventually([&] { return m_harness->workspace()->connection().isConnected(); }));
}

void SessionTest::lockoutIsExplainedAndNotTriedAgain()
{
    m_console->lockedMessage = "Too many wrong passwords: try again in 60 s.";
    core::Profile profile;
    profile.id = u"test"_s;
    profile.name = u"lab"_s;
    profile.address = m_console->address();
    profile.user = m_console->user;
    profile.fingerprint = m_console->fingerprint();
    m_harness->window().connectTo(profile, u"wrong"_s);
    QVERIFY(eventually([&] { return m_harness->flow() != nullptr; }));
    QStringList said;
    for (const QLabel *label : m_harness->flow()->findChildren<QLabel *>())
        said << label->text();
    QVERIFY2(said.contains(u"Too many wrong passwords: try again in 60 s."_s),
             qUtf8Printable(said.join(u'|')));
    QVERIFY(!m_harness->workspace()->connection().state().secondsToRetry());
    QCOMPARE(m_console->timesAsked("POST /api/v1/auth/login"), 1);

    m_console->lockedMessage.clear();
    QTest::keyClicks(m_harness->find<QLineEdit>(u"signInPassword"_s, m_harness->flow()), m_console->password);
    QTest::mouseClick(m_harness->find<QAbstractButton>(u"signInAccept"_s, m_harness->flow()), Qt::LeftButton);

    QVERIFY(eventually([&] { return m_harness->workspace()->connection().isConnected(); }));
}

void SessionTest::tenThousandBucketsAreListedByPages()
{
    m_console->buckets.clear();
    for (int i = 0; i < 10'003; ++i) {
        protocol::ClusterBucket bucket;
        bucket.name = u"bucket-%1"_s.arg(i, 5, 10, QLatin1Char('0')).toStdString();
        bucket.primaryNode = m_console->nodes.front().id;
        m_console->buckets.push_back(bucket);
    }
    m_harness->connectTo(*m_console);
    m_harness->window().go(u"test"_s, u"buckets"_s);
    auto &cluster = m_harness->workspace()->cluster();
    QVERIFY(eventually([&] { return cluster.hasBuckets(); }));

    // What is not listed is said, and the list is not begun anew with each answer.
    QCOMPARE(cluster.buckets().rowCount(), 10'000);
    QVERIFY(cluster.bucketsCut());
    auto *table = m_harness->find<QTableView>(u"bucketsTable"_s);
    table->selectRow(42);
    m_harness->type(u"bucketsFilter"_s, u"bucket-0123"_s);
    QCOMPARE(table->model()->rowCount(), 10);
    m_harness->type(u"bucketsFilter"_s, QString());
    m_console->stop();
    QVERIFY(eventually([&] { return table->model()->index(9'999, 0).data(core::StaleRole).toBool(); }));
    QVERIFY(cluster.bucketsCut());
}

void SessionTest::changedCertificateShowsOldAndNewAndCanBeTrusted()
{
    m_harness->connectTo(*m_console);
    const QString before = m_console->fingerprint();
    m_console->stop();
    m_console->makeCertificate();
    QVERIFY(m_console->start());
    QVERIFY(eventually([&] { return m_harness->flow() != nullptr; }));

    QStringList shown;
    for (const QWidget *view : m_harness->flow()->findChildren<widgets::FingerprintView *>())
        shown << view->accessibleDescription().toLower();
    QCOMPARE(shown, (QStringList{before, m_console->fingerprint()}));

    m_harness->find<QCheckBox>(u"fingerprintCompared"_s, m_harness->flow())->setChecked(true);
    QTest::mouseClick(m_harness->find<QAbstractButton>(u"trustAndConnect"_s, m_harness->flow()),
                      Qt::LeftButton);

    QVERIFY(eventually([&] { return m_harness->workspace()->connection().isConnected(); }));
    QCOMPARE(m_harness->workspace()->profile().fingerprint, m_console->fingerprint());
}

void SessionTest::connectionTestNamesEachStep()
{
    m_harness->window().go({}, u"connections"_s);
    m_harness->type(u"address"_s, m_console->address().toString());
    m_harness->type(u"user"_s, m_console->user);
    m_harness->type(u"password"_s, m_console->password);
    m_harness->click(u"testConnection"_s);
    QVERIFY(eventually([&] { return m_harness->flow() != nullptr; }));
    m_harness->find<QCheckBox>(u"fingerprintCompared"_s, m_harness->flow())->setChecked(true);
    QTest::mouseClick(m_harness->find<QAbstractButton>(u"trustAndConnect"_s, m_harness->flow()),
                      Qt::LeftButton);

    auto *steps = m_harness->find<widgets::CheckList>(u"connectionTest"_s);
    QVERIFY(eventually([&] {
        return std::ranges::all_of(steps->lines(), [](const widgets::CheckList::Line &line) {
            return line.status == theme::Status::Ok;
        });
    }));
    QCOMPARE(steps->lines().size(), 6);
    QCOMPARE(steps->lines()[3].finding, u"MaxIOFS 0.1.0"_s);
}

void SessionTest::keptPasswordOpensAfterARestart()
{
    connectFromForm(true);
    QVERIFY(eventually([&] { return m_harness->flow() != nullptr; }));
    QCOMPARE(m_harness->flow()->objectName(), u"passphraseDialog"_s);
    const auto enter = [this](const QString &name) {
        QTest::keyClicks(m_harness->find<QLineEdit>(name, m_harness->flow()), u"staple battery"_s);
    };
    enter(u"passphrase"_s);
    enter(u"passphraseAgain"_s);
    QTest::mouseClick(m_harness->find<QAbstractButton>(u"passphraseAccept"_s, m_harness->flow()),
                      Qt::LeftButton);
    QVERIFY(m_harness->keeper().store().isLasting());
    QVERIFY(
        eventually([&] { return m_harness->flow() && m_harness->flow()->objectName() == u"trustPrompt"_s; }));
    m_harness->find<QCheckBox>(u"fingerprintCompared"_s, m_harness->flow())->setChecked(true);
    QTest::mouseClick(m_harness->find<QAbstractButton>(u"trustAndConnect"_s, m_harness->flow()),
                      Qt::LeftButton);
    QVERIFY(eventually([&] { return m_harness->workspace()->connection().isConnected(); }));

    m_harness->restart();
    QVERIFY(m_harness->window().openNamed(u"lab"_s));
    QVERIFY(eventually(
        [&] { return m_harness->flow() && m_harness->flow()->objectName() == u"passphraseDialog"_s; }));
    enter(u"passphrase"_s);
    QTest::mouseClick(m_harness->find<QAbstractButton>(u"passphraseAccept"_s, m_harness->flow()),
                      Qt::LeftButton);

    QVERIFY(eventually([&] { return m_harness->workspace()->connection().isConnected(); }));
}

void SessionTest::keysReachPagesAndFilter()
{
    m_harness->connectTo(*m_console);
    QWidget &window = m_harness->window();
    window.activateWindow();
    QVERIFY(QTest::qWaitForWindowActive(&window));

    QTest::keyClick(&window, Qt::Key_3, Qt::ControlModifier);
    QVERIFY(eventually([&] { return m_harness->has<QTableView>(u"bucketsTable"_s); }));
    auto *table = m_harness->find<QTableView>(u"bucketsTable"_s);
    QTest::keyClick(&window, Qt::Key_F, Qt::ControlModifier);
    auto *filter = m_harness->find<QLineEdit>(u"bucketsFilter"_s);
    QVERIFY(eventually([&] { return filter->hasFocus(); }));
    QTest::keyClicks(filter, u"med"_s);
    QCOMPARE(table->model()->rowCount(), 1);
    QTest::keyClick(filter, Qt::Key_Escape);
    QCOMPARE(table->model()->rowCount(), 2);

    QTest::keyClick(&window, Qt::Key_1, Qt::ControlModifier);
    QVERIFY(m_harness->has<QTableView>(u"nodesTable"_s));
    QTest::keyClick(&window, Qt::Key_F5);
    QVERIFY(eventually([&] { return m_console->timesAsked("POST /api/v1/cluster/health/refresh") == 1; }));
}

void SessionTest::removedConnectionIsForgotten()
{
    core::Profile profile;
    profile.id = u"saved"_s;
    profile.name = u"lab"_s;
    profile.address = m_console->address();
    profile.user = u"admin"_s;
    m_harness->settings().saveProfile(profile);
    auto *table = m_harness->find<QTableView>(u"connectionsTable"_s);
    table->selectRow(0);
    m_harness->click(u"removeConnection"_s);
    QVERIFY(eventually(
        [&] { return m_harness->window().findChild<QMessageBox *>(u"removeQuestion"_s) != nullptr; }));

    auto *question = m_harness->window().findChild<QMessageBox *>(u"removeQuestion"_s);
    QTest::mouseClick(question->findChild<QAbstractButton *>(u"confirmRemove"_s), Qt::LeftButton);

    QVERIFY(eventually([&] { return m_harness->settings().profiles().isEmpty(); }));
    QCOMPARE(table->model()->rowCount(), 0);
}

void SessionTest::signingOutStopsAsking()
{
    m_harness->connectTo(*m_console);

    m_harness->trigger(u"signOut"_s);

    QVERIFY(eventually([&] { return m_console->timesAsked("POST /api/v1/auth/logout") == 1; }));
    QVERIFY(eventually([&] { return m_console->streams() == 0; }));
    QCOMPARE(m_harness->workspace()->connection().state().state(), core::ConnectionState::State::SignedOut);
    QVERIFY(m_harness->has<QLabel>(u"messageText"_s));
}

}  // namespace maxiofs::test

using maxiofs::test::SessionTest;
MAXIOFS_TEST(SessionTest)
#include "session_test.moc"
