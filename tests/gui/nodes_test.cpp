// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/test_runner.h"

#include "fake_console.h"
#include "layout_check.h"
#include "window_harness.h"

#include "core/item_roles.h"
#include "models/nodes_model.h"
#include "widgets/data_table.h"
#include "widgets/fingerprint_view.h"

#include <QAbstractButton>
#include <QApplication>
#include <QCheckBox>
#include <QClipboard>
#include <QContextMenuEvent>
#include <QGuiApplication>
#include <QJsonArray>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QPointer>

namespace maxiofs::test {

using namespace Qt::StringLiterals;
using models::NodesModel;

// The page of the nodes and its dialogs: forming a cluster, joining, adding, editing, removing, a new token.
class NodesTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void allNodesAreListedWithTheirState();
    void aNodeAloneIsOfferedACluster();
    void initializingShowsTheTokenOnceAndForgetsIt();
    void theTokenIsNotLostByOneKeyPress();
    void joiningSendsWhatWasEnteredAndStaysSignedIn();
    void whatIsWrongWithAJoinStandsAtItsField();
    void takenNamesAreListedAndCanBeAccepted();
    void noPasswordLeavesBeforeTheCertificateWasCompared();
    void anotherAddressAsksForItsOwnCertificate();
    void aNodeThatKnowsTheTokenNeedsNoPassword();
    void editingSendsOnlyWhatChanged();
    void aNodeWithBucketsIsRemovedByForceOnly();
    void leavingLeavesTheNodeAlone();
    void rotatingShowsTheNewToken();
    void keysAndMenusReachEveryAction();
    void readersCanChangeNothingAndAreToldWhy();
    void dialogsFitAndHaveNames();

private:
    void open();
    template <typename T>
    T *in(const QString &name)
    {
        return m_harness->find<T>(name, m_harness->nodeDialog());
    }
    void press(const QString &name) { QTest::mouseClick(in<QAbstractButton>(name), Qt::LeftButton); }
    void enter(const QString &name, const QString &text)
    {
        in<QLineEdit>(name)->clear();
        QTest::keyClicks(in<QLineEdit>(name), text);
    }
    [[nodiscard]] QString problemAt(const QString &field);
    [[nodiscard]] bool opens(const QString &dialog);

    std::unique_ptr<FakeConsole> m_console;
    std::unique_ptr<WindowHarness> m_harness;
};

namespace {

constexpr int kPatience = 60'000;

template <typename Condition>
bool soon(Condition condition)
{
    return QTest::qWaitFor(condition, kPatience);
}

const QString kToken = QString(64, u'a');
const std::string kPeer = "3a9f41c07e12b8d5602bf49ce71583aa0d6ec93851f2947bb61ce05f82a73d49";

// Where a text still stands, in widgets that live.
QStringList placesOf(const QString &secret)
{
    QStringList places;
    for (const QWidget *widget : QApplication::allWidgets()) {
        const auto *field = qobject_cast<const QLineEdit *>(widget);
        const auto *label = qobject_cast<const QLabel *>(widget);
        if ((field && field->text().contains(secret)) || (label && label->text().contains(secret)) ||
            widget->toolTip().contains(secret) || widget->accessibleDescription().contains(secret))
            places << widget->objectName();
    }
    return places;
}

}  // namespace

void NodesTest::init()
{
    m_console = std::make_unique<FakeConsole>();
    m_console->makeCertificate();
    fillSmall(*m_console);
    m_console->peerFingerprint = kPeer;
    QVERIFY(m_console->start());
    m_harness = std::make_unique<WindowHarness>();
}

void NodesTest::cleanup()
{
    m_harness.reset();
    m_console.reset();
}

void NodesTest::open()
{
    m_harness->connectTo(*m_console);
    m_harness->window().go(u"test"_s, u"nodes"_s);
    QVERIFY(soon([&] { return m_harness->workspace()->nodeActions().refusal().isEmpty(); }));
    QVERIFY(soon([&] { return m_harness->workspace()->cluster().hasBuckets(); }));
}

QString NodesTest::problemAt(const QString &field)
{
    auto *label = m_harness->nodeDialog()->findChild<QLabel *>(field + u"Problem"_s);
    return label && label->isVisible() ? label->text() : QString();
}

bool NodesTest::opens(const QString &dialog)
{
    return soon([&] {
        const QDialog *open = m_harness->nodeDialog();
        return open && open->isVisible() && open->objectName() == dialog;
    });
}

void NodesTest::allNodesAreListedWithTheirState()
{
    fillLikeThePictures(*m_console);
    open();
    auto *table = m_harness->find<widgets::DataTable>(u"allNodesTable"_s);
    QVERIFY(soon([&] { return table->model()->rowCount() == 6; }));

    const auto cell = [table](int row, int column) {
        return table->model()->index(row, column).data().toString();
    };
    QCOMPARE(cell(1, NodesModel::Name), u"ams-2"_s);
    QCOMPARE(cell(1, NodesModel::Health), u"Degraded"_s);
    QCOMPARE(cell(1, NodesModel::Priority), u"20"_s);
    QCOMPARE(cell(1, NodesModel::Version), u"0.1.0"_s);
    table->selectRow(1);
    QVERIFY(m_harness->find<QLabel>(u"detailsReason"_s)->text().contains(u"scrub rate"_s));
    QCOMPARE(m_harness->find<QLabel>(u"detailsClock"_s)->text(), u"+0.3 s"_s);
    QVERIFY(!m_harness->has<QAbstractButton>(u"emptyAction"_s));
    QVERIFY(!table->csv().section(u'\n', 0, 0).trimmed().endsWith(u','));
}

void NodesTest::aNodeAloneIsOfferedACluster()
{
    open();

    QCOMPARE(m_harness->find<QAbstractButton>(u"emptyAction"_s)->text(), u"Initialize cluster…"_s);
    QCOMPARE(m_harness->find<QAbstractButton>(u"emptySecondAction"_s)->text(), u"Join a cluster…"_s);
    QVERIFY(!m_harness->has<QAbstractButton>(u"addNode"_s));
}

void NodesTest::initializingShowsTheTokenOnceAndForgetsIt()
{
    open();
    const int logins = m_console->timesAsked("POST /api/v1/auth/login");
    m_harness->click(u"emptyAction"_s);
    QVERIFY(opens(u"initializeDialog"_s));
    enter(u"nodeName"_s, u"node-east-1"_s);
    enter(u"nodeRegion"_s, u"us-east-1"_s);
    press(u"formAccept"_s);

    QVERIFY(opens(u"tokenDialog"_s));
    const QString token = QString::fromStdString(m_console->clusterToken);
    QCOMPARE(in<QLineEdit>(u"tokenText"_s)->text(), token);
    QVERIFY(!in<QAbstractButton>(u"tokenDone"_s)->isEnabled());
    press(u"tokenCopy"_s);
    QCOMPARE(QGuiApplication::clipboard()->text(), token);
    QGuiApplication::clipboard()->clear();
    in<QCheckBox>(u"tokenKept"_s)->setChecked(true);
    const QPointer<QLineEdit> field = in<QLineEdit>(u"tokenText"_s);
    press(u"tokenDone"_s);

    QVERIFY(!field || field->text().isEmpty());
    QCOMPARE(placesOf(token), QStringList());
    QVERIFY(soon([&] { return m_harness->workspace()->cluster().isCluster(); }));
    QVERIFY(soon([&] { return m_harness->has<QAbstractButton>(u"addNode"_s); }));
    QVERIFY(!m_harness->has<QAbstractButton>(u"emptyAction"_s));
    QCOMPARE(m_console->timesAsked("POST /api/v1/auth/login"), logins);
    QVERIFY(m_harness->workspace()->connection().isConnected());
}

void NodesTest::theTokenIsNotLostByOneKeyPress()
{
    open();
    m_harness->click(u"emptyAction"_s);
    QVERIFY(opens(u"initializeDialog"_s));
    press(u"formAccept"_s);
    QVERIFY(opens(u"tokenDialog"_s));

    QTest::keyClick(m_harness->nodeDialog(), Qt::Key_Escape);
    QVERIFY(m_harness->nodeDialog() && m_harness->nodeDialog()->isVisible());
    QVERIFY(in<QLabel>(u"tokenNote"_s)->text().contains(u"Close again"_s));

    QTest::keyClick(m_harness->nodeDialog(), Qt::Key_Escape);
    QVERIFY(soon([&] { return !m_harness->nodeDialog(); }));
    QCOMPARE(placesOf(QString::fromStdString(m_console->clusterToken)), QStringList());
}

void NodesTest::joiningSendsWhatWasEnteredAndStaysSignedIn()
{
    open();
    const int logins = m_console->timesAsked("POST /api/v1/auth/login");
    m_harness->click(u"emptySecondAction"_s);
    QVERIFY(opens(u"joinDialog"_s));
    QVERIFY(!in<QAbstractButton>(u"formAccept"_s)->isEnabled());
    enter(u"joinEndpoint"_s, u"node1"_s);
    in<QLineEdit>(u"joinToken"_s)->setText(u"  "_s + kToken + u"\n"_s);
    enter(u"nodeName"_s, u"node-2"_s);
    enter(u"nodePriority"_s, u"70"_s);
    enter(u"nodeMetadata"_s, u"rack=4"_s);
    press(u"formAccept"_s);

    QVERIFY(soon([&] { return m_console->joins.size() == 1; }));
    const protocol::NodeRequest &sent = m_console->joins.front();
    QCOMPARE(sent.endpoint, std::string("https://node1:8080"));
    QCOMPARE(sent.nodeToken, kToken.toStdString());
    QCOMPARE(sent.name, std::string("node-2"));
    QCOMPARE(sent.priority, std::optional<std::int64_t>(70));
    QCOMPARE(sent.metadata, std::optional(QJsonObject{{u"rack"_s, u"4"_s}}));
    QVERIFY(!sent.acceptRenames && sent.remotePassword.empty());
    QVERIFY(soon([&] { return m_harness->workspace()->cluster().nodes().rowCount() == 2; }));
    QCOMPARE(m_console->timesAsked("POST /api/v1/auth/login"), logins);
    QVERIFY(soon([&] { return placesOf(kToken).isEmpty(); }));
}

void NodesTest::whatIsWrongWithAJoinStandsAtItsField()
{
    FakeConsole::Refusal refusal;
    m_console->refuseJoin = [&refusal](const protocol::NodeRequest &) { return refusal; };
    open();
    m_harness->click(u"emptySecondAction"_s);
    QVERIFY(opens(u"joinDialog"_s));
    enter(u"joinEndpoint"_s, u"no address"_s);
    QVERIFY(!problemAt(u"joinEndpoint"_s).isEmpty());
    enter(u"joinEndpoint"_s, u"node1:8080"_s);
    QCOMPARE(problemAt(u"joinEndpoint"_s), QString());
    enter(u"joinToken"_s, u"xyz"_s);
    QVERIFY(!problemAt(u"joinToken"_s).isEmpty());
    enter(u"joinToken"_s, kToken);
    enter(u"nodeMetadata"_s, u"rack"_s);
    QVERIFY(!problemAt(u"nodeMetadata"_s).isEmpty());
    QVERIFY(!in<QAbstractButton>(u"formAccept"_s)->isEnabled());
    enter(u"nodeMetadata"_s, QString());

    for (const auto &[code, field] :
         {std::pair("WrongToken", u"joinToken"_s), std::pair("PeerUnreachable", u"joinEndpoint"_s),
          std::pair("ClockSkew", u"form"_s)}) {
        refusal = {409, code, std::string("This is ") + code + ".", {}};
        press(u"formAccept"_s);
        QVERIFY2(soon([&] { return problemAt(field).contains(QLatin1StringView(code)); }), code);
        QVERIFY(in<QLineEdit>(u"joinToken"_s)->isEnabled());
    }
    QVERIFY(!m_harness->workspace()->cluster().isCluster());
}

void NodesTest::takenNamesAreListedAndCanBeAccepted()
{
    m_console->refuseJoin = [](const protocol::NodeRequest &wish) {
        return wish.acceptRenames ? FakeConsole::Refusal()
                                  : FakeConsole::Refusal{409,
                                                         "NameClashes",
                                                         "Names are taken.",
                                                         {{u"names"_s, QJsonArray{u"ann"_s, u"media"_s}}}};
    };
    open();
    m_harness->click(u"emptySecondAction"_s);
    QVERIFY(opens(u"joinDialog"_s));
    enter(u"joinEndpoint"_s, u"node1"_s);
    enter(u"joinToken"_s, kToken);
    QVERIFY(!m_harness->nodeDialog()->findChild<QCheckBox *>(u"acceptRenames"_s)->isVisible());
    press(u"formAccept"_s);
    QVERIFY(soon([&] { return problemAt(u"form"_s).contains(u"ann, media"_s); }));

    in<QCheckBox>(u"acceptRenames"_s)->setChecked(true);
    press(u"formAccept"_s);

    QVERIFY(soon([&] { return m_harness->workspace()->cluster().isCluster(); }));
    QVERIFY(m_console->joins.back().acceptRenames);
}

void NodesTest::noPasswordLeavesBeforeTheCertificateWasCompared()
{
    m_console->clusterToken = kToken.toStdString();
    open();
    m_harness->click(u"addNode"_s);
    QVERIFY(opens(u"addNodeDialog"_s));
    QVERIFY(!m_harness->nodeDialog()->findChild<QLineEdit *>(u"addPassword"_s)->isVisible());
    enter(u"addEndpoint"_s, u"node2"_s);
    enter(u"nodeName"_s, u"node-west-1"_s);
    QCOMPARE(in<QAbstractButton>(u"formAccept"_s)->text(), u"Next"_s);
    press(u"formAccept"_s);

    QVERIFY(
        soon([&] { return !m_harness->nodeDialog()->findChildren<widgets::FingerprintView *>().isEmpty(); }));
    QCOMPARE(
        m_harness->nodeDialog()->findChild<widgets::FingerprintView *>()->accessibleDescription().toLower(),
        QString::fromStdString(kPeer));
    QCOMPARE(m_console->joins.size(), std::size_t(1));
    QVERIFY(m_console->joins.front().remotePassword.empty());
    QVERIFY(!m_harness->nodeDialog()->findChild<QLineEdit *>(u"addPassword"_s)->isVisible());
    QVERIFY(!in<QAbstractButton>(u"formAccept"_s)->isEnabled());
    in<QCheckBox>(u"addCompared"_s)->setChecked(true);
    enter(u"addPassword"_s, u"their secret"_s);
    press(u"formAccept"_s);

    QVERIFY(soon([&] { return m_console->joins.size() == 2; }));
    QCOMPARE(m_console->joins.back().remotePassword, std::string("their secret"));
    QCOMPARE(m_console->joins.back().remoteFingerprint, kPeer);
    QVERIFY(soon([&] { return m_harness->workspace()->cluster().nodes().rowCount() == 2; }));
    QVERIFY(soon([&] { return placesOf(u"their secret"_s).isEmpty(); }));
}

void NodesTest::anotherAddressAsksForItsOwnCertificate()
{
    m_console->clusterToken = kToken.toStdString();
    open();
    m_harness->trigger(u"addNodeAction"_s);
    QVERIFY(opens(u"addNodeDialog"_s));
    enter(u"addEndpoint"_s, u"node2"_s);
    enter(u"nodeName"_s, u"x"_s);
    press(u"formAccept"_s);
    QVERIFY(
        soon([&] { return m_harness->nodeDialog()->findChild<widgets::FingerprintView *>() != nullptr; }));
    in<QCheckBox>(u"addCompared"_s)->setChecked(true);
    enter(u"addPassword"_s, u"their secret"_s);

    enter(u"addEndpoint"_s, u"node3"_s);

    QVERIFY(!m_harness->nodeDialog()->findChild<widgets::FingerprintView *>());
    QCOMPARE(placesOf(u"their secret"_s), QStringList());
    QCOMPARE(in<QAbstractButton>(u"formAccept"_s)->text(), u"Next"_s);
}

void NodesTest::aNodeThatKnowsTheTokenNeedsNoPassword()
{
    m_console->clusterToken = kToken.toStdString();
    open();
    m_harness->click(u"addNode"_s);
    QVERIFY(opens(u"addNodeDialog"_s));
    enter(u"addEndpoint"_s, u"node2"_s);
    enter(u"nodeName"_s, u"node-2"_s);
    QTest::mouseClick(in<QAbstractButton>(u"segment1"_s), Qt::LeftButton);
    QVERIFY(!in<QAbstractButton>(u"formAccept"_s)->isEnabled());
    enter(u"addToken"_s, kToken);
    press(u"formAccept"_s);

    QVERIFY(soon([&] { return m_harness->workspace()->cluster().nodes().rowCount() == 2; }));
    QVERIFY(m_console->joins.back().remoteUsername.empty());
    QCOMPARE(m_console->joins.back().nodeToken, kToken.toStdString());
}

void NodesTest::editingSendsOnlyWhatChanged()
{
    open();
    auto *table = m_harness->find<widgets::DataTable>(u"allNodesTable"_s);
    QVERIFY(soon([&] { return table->model()->rowCount() == 1; }));
    table->selectRow(0);
    table->setFocus();
    QTest::keyClick(table, Qt::Key_F2);
    QVERIFY(opens(u"editNodeDialog"_s));
    QVERIFY(in<QLineEdit>(u"nodeEndpoint"_s)->isReadOnly());
    QVERIFY(!in<QAbstractButton>(u"formAccept"_s)->isEnabled());
    enter(u"nodeRegion"_s, u"Gera"_s);
    enter(u"nodePriority"_s, u"7"_s);
    press(u"formAccept"_s);

    QVERIFY(soon([&] {
        return table->model()->index(0, NodesModel::Region).data().toString() == u"Gera"_s &&
               table->model()->index(0, NodesModel::Priority).data().toString() == u"7"_s;
    }));
    QCOMPARE(m_console->nodes.front().name, std::string("lab-1"));
}

void NodesTest::aNodeWithBucketsIsRemovedByForceOnly()
{
    fillLikeThePictures(*m_console);
    open();
    auto *table = m_harness->find<widgets::DataTable>(u"allNodesTable"_s);
    QVERIFY(soon([&] { return table->model()->rowCount() == 6; }));
    // What the desktop does not know of yet, the node tells.
    protocol::ClusterBucket late;
    late.name = "late";
    late.primaryNode = "waw-1-id";
    m_console->buckets.push_back(late);
    table->setCurrentIndex(table->model()->index(5, 0));
    table->setFocus();
    QTest::keyClick(table, Qt::Key_Delete);
    QVERIFY(opens(u"removeNodeDialog"_s));
    QVERIFY(in<QLabel>(u"removeBuckets"_s)->text().contains(u"telemetry-2025"_s));
    QVERIFY(!in<QAbstractButton>(u"formAccept"_s)->isEnabled());
    in<QCheckBox>(u"removeForce"_s)->setChecked(true);
    press(u"formAccept"_s);

    QVERIFY(soon([&] { return m_console->nodes.size() == 5; }));
    QVERIFY(soon([&] { return table->model()->rowCount() == 5; }));
    QVERIFY(m_harness->workspace()->connection().isConnected());
}

void NodesTest::leavingLeavesTheNodeAlone()
{
    fillLikeThePictures(*m_console);
    m_console->buckets.clear();
    open();
    QVERIFY(soon([&] { return m_harness->workspace()->cluster().isCluster(); }));
    const int logins = m_console->timesAsked("POST /api/v1/auth/login");
    m_harness->trigger(u"leaveAction"_s);
    QVERIFY(opens(u"removeNodeDialog"_s));
    // A bucket that is made right now is not overlooked.
    protocol::ClusterBucket late;
    late.name = "late";
    late.primaryNode = "fra-1-id";
    m_console->buckets.push_back(late);
    press(u"formAccept"_s);
    QVERIFY(soon([&] { return m_harness->has<QCheckBox>(u"removeForce"_s); }));
    QVERIFY(in<QLabel>(u"removeBuckets"_s)->text().contains(u"late"_s));
    in<QCheckBox>(u"removeForce"_s)->setChecked(true);
    press(u"formAccept"_s);

    QVERIFY(soon([&] { return m_harness->has<QAbstractButton>(u"emptyAction"_s); }));
    QVERIFY(soon([&] { return m_harness->workspace()->cluster().nodes().rowCount() == 1; }));
    QCOMPARE(m_console->timesAsked("POST /api/v1/auth/login"), logins);
}

void NodesTest::rotatingShowsTheNewToken()
{
    m_console->clusterToken = kToken.toStdString();
    open();
    m_harness->trigger(u"rotateAction"_s);
    QVERIFY(opens(u"rotateDialog"_s));
    press(u"formAccept"_s);

    QVERIFY(opens(u"tokenDialog"_s));
    const QString token = QString::fromStdString(m_console->clusterToken);
    QVERIFY(token != kToken);
    QCOMPARE(in<QLineEdit>(u"tokenText"_s)->text(), token);
    in<QCheckBox>(u"tokenKept"_s)->setChecked(true);
    press(u"tokenDone"_s);
    QCOMPARE(placesOf(token), QStringList());
}

void NodesTest::keysAndMenusReachEveryAction()
{
    fillLikeThePictures(*m_console);
    open();
    auto *table = m_harness->find<widgets::DataTable>(u"allNodesTable"_s);
    QVERIFY(soon([&] { return table->model()->rowCount() == 6; }));
    const auto menuOf = [&](int row) {
        table->setCurrentIndex(table->model()->index(row, 0));
        QContextMenuEvent asked(QContextMenuEvent::Keyboard, QPoint());
        QApplication::sendEvent(table, &asked);
        QStringList names;
        QPointer<QMenu> menu = table->findChild<QMenu *>(u"nodeMenu"_s);
        for (const QAction *action : menu ? menu->actions() : QList<QAction *>()) {
            if (action->isEnabled() && !action->isSeparator())
                names << action->text();
        }
        delete menu;
        return names;
    };
    QCOMPARE(menuOf(1), (QStringList{u"Edit…"_s, u"Copy endpoint"_s, u"Copy node ID"_s, u"Remove…"_s}));
    QCOMPARE(menuOf(2),
             (QStringList{u"Edit…"_s, u"Copy endpoint"_s, u"Copy node ID"_s, u"Leave the cluster…"_s}));

    // The icons at the end of a row.
    const QRect cell = table->visualRect(table->model()->index(1, NodesModel::Actions));
    QTest::mouseClick(table->viewport(), Qt::LeftButton, {}, QPoint(cell.left() + 20, cell.center().y()));
    QVERIFY(opens(u"editNodeDialog"_s));
    QCOMPARE(in<QLineEdit>(u"nodeName"_s)->text(), u"ams-2"_s);
}

void NodesTest::readersCanChangeNothingAndAreToldWhy()
{
    m_console->roles = {protocol::Role::ReadOnly};
    m_console->clusterToken = kToken.toStdString();
    m_harness->connectTo(*m_console);
    m_harness->window().go(u"test"_s, u"nodes"_s);
    QVERIFY(soon([&] { return m_harness->has<QAbstractButton>(u"addNode"_s); }));

    auto *add = m_harness->find<QAbstractButton>(u"addNode"_s);
    QVERIFY(!add->isEnabled());
    QVERIFY(add->toolTip().contains(u"administrator"_s));
    QVERIFY(soon([&] { return m_harness->has<QAbstractButton>(u"detailsEdit"_s); }));
    QVERIFY(!m_harness->find<QAbstractButton>(u"detailsEdit"_s)->isEnabled());
}

void NodesTest::dialogsFitAndHaveNames()
{
    m_console->clusterToken = kToken.toStdString();
    open();
    for (const QString &theme : {u"theme-light"_s, u"theme-dark"_s}) {
        m_harness->trigger(theme);
        m_harness->trigger(u"addNodeAction"_s);
        QVERIFY(opens(u"addNodeDialog"_s));
        enter(u"addEndpoint"_s, u"node2"_s);
        enter(u"nodeName"_s, u"x"_s);
        press(u"formAccept"_s);
        QVERIFY(soon(
            [&] { return m_harness->nodeDialog()->findChild<widgets::FingerprintView *>() != nullptr; }));
        in<QCheckBox>(u"addCompared"_s)->setChecked(true);
        QStringList wrong;
        QVERIFY2(soon([&] { return (wrong = layoutProblems(*m_harness->nodeDialog())).isEmpty(); }),
                 qUtf8Printable(wrong.join(u'\n')));
        QCOMPARE(namelessControls(*m_harness->nodeDialog()), QStringList());
        m_harness->nodeDialog()->reject();
        QVERIFY(soon([&] { return !m_harness->nodeDialog(); }));
    }
}

}  // namespace maxiofs::test

using maxiofs::test::NodesTest;
MAXIOFS_TEST(NodesTest)
#include "nodes_test.moc"
