// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/test_runner.h"

#include "nodes_fixture.h"

#include "core/item_roles.h"
#include "models/nodes_model.h"
#include "widgets/data_table.h"

#include <QApplication>
#include <QCheckBox>
#include <QContextMenuEvent>
#include <QLabel>
#include <QMenu>
#include <QPointer>

namespace maxiofs::test {

using namespace Qt::StringLiterals;
using models::NodesModel;

// The page of the nodes: what it shows, and editing, removing, leaving and a new token.
class NodesTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { m_page = std::make_unique<NodesFixture>(); }
    void cleanup() { m_page.reset(); }

    void allNodesAreListedWithTheirState();
    void aNodeAloneIsOfferedACluster();
    void editingSendsOnlyWhatChanged();
    void aNodeWithBucketsIsRemovedByForceOnly();
    void leavingLeavesTheNodeAlone();
    void rotatingShowsTheNewToken();
    void keysAndMenusReachEveryAction();
    void readersCanChangeNothingAndAreToldWhy();

private:
    std::unique_ptr<NodesFixture> m_page;
};

void NodesTest::allNodesAreListedWithTheirState()
{
    fillLikeThePictures(*m_page->console);
    QVERIFY(m_page->open());
    auto *table = m_page->harness->find<widgets::DataTable>(u"allNodesTable"_s);
    QVERIFY(NodesFixture::soon([&] { return table->model()->rowCount() == 6; }));

    const auto cell = [table](int row, int column) {
        return table->model()->index(row, column).data().toString();
    };
    QCOMPARE(cell(1, NodesModel::Name), u"ams-2"_s);
    QCOMPARE(cell(1, NodesModel::Health), u"Degraded"_s);
    QCOMPARE(cell(1, NodesModel::Priority), u"20"_s);
    QCOMPARE(cell(1, NodesModel::Version), u"0.1.0"_s);
    table->selectRow(1);
    QVERIFY(m_page->harness->find<QLabel>(u"detailsReason"_s)->text().contains(u"scrub rate"_s));
    QCOMPARE(m_page->harness->find<QLabel>(u"detailsClock"_s)->text(), u"+0.3 s"_s);
    QVERIFY(!m_page->harness->has<QAbstractButton>(u"emptyAction"_s));
    QVERIFY(!table->csv().section(u'\n', 0, 0).trimmed().endsWith(u','));
}

void NodesTest::aNodeAloneIsOfferedACluster()
{
    QVERIFY(m_page->open());

    QCOMPARE(m_page->harness->find<QAbstractButton>(u"emptyAction"_s)->text(), u"Initialize cluster…"_s);
    QCOMPARE(m_page->harness->find<QAbstractButton>(u"emptySecondAction"_s)->text(), u"Join a cluster…"_s);
    QVERIFY(!m_page->harness->has<QAbstractButton>(u"addNode"_s));
}

void NodesTest::editingSendsOnlyWhatChanged()
{
    QVERIFY(m_page->open());
    auto *table = m_page->harness->find<widgets::DataTable>(u"allNodesTable"_s);
    QVERIFY(NodesFixture::soon([&] { return table->model()->rowCount() == 1; }));
    table->selectRow(0);
    table->setFocus();
    QTest::keyClick(table, Qt::Key_F2);
    QVERIFY(m_page->opens(u"editNodeDialog"_s));
    QVERIFY(m_page->in<QLineEdit>(u"nodeEndpoint"_s)->isReadOnly());
    QVERIFY(!m_page->in<QAbstractButton>(u"formAccept"_s)->isEnabled());
    m_page->enter(u"nodeRegion"_s, u"Gera"_s);
    m_page->enter(u"nodePriority"_s, u"7"_s);
    m_page->press(u"formAccept"_s);

    QVERIFY(NodesFixture::soon([&] {
        return table->model()->index(0, NodesModel::Region).data().toString() == u"Gera"_s &&
               table->model()->index(0, NodesModel::Priority).data().toString() == u"7"_s;
    }));
    QCOMPARE(m_page->console->nodes.front().name, std::string("lab-1"));
}

void NodesTest::aNodeWithBucketsIsRemovedByForceOnly()
{
    fillLikeThePictures(*m_page->console);
    QVERIFY(m_page->open());
    auto *table = m_page->harness->find<widgets::DataTable>(u"allNodesTable"_s);
    QVERIFY(NodesFixture::soon([&] { return table->model()->rowCount() == 6; }));
    // What the desktop does not know of yet, the node tells.
    protocol::ClusterBucket late;
    late.name = "late";
    late.primaryNode = "waw-1-id";
    m_page->console->buckets.push_back(late);
    table->setCurrentIndex(table->model()->index(5, 0));
    table->setFocus();
    QTest::keyClick(table, Qt::Key_Delete);
    QVERIFY(m_page->opens(u"removeNodeDialog"_s));
    QVERIFY(m_page->in<QLabel>(u"removeBuckets"_s)->text().contains(u"telemetry-2025"_s));
    QVERIFY(!m_page->in<QAbstractButton>(u"formAccept"_s)->isEnabled());
    m_page->in<QCheckBox>(u"removeForce"_s)->setChecked(true);
    m_page->press(u"formAccept"_s);

    QVERIFY(NodesFixture::soon([&] { return m_page->console->nodes.size() == 5; }));
    QVERIFY(NodesFixture::soon([&] { return table->model()->rowCount() == 5; }));
    QVERIFY(m_page->harness->workspace()->connection().isConnected());
}

void NodesTest::leavingLeavesTheNodeAlone()
{
    fillLikeThePictures(*m_page->console);
    m_page->console->buckets.clear();
    QVERIFY(m_page->open());
    QVERIFY(NodesFixture::soon([&] { return m_page->harness->workspace()->cluster().isCluster(); }));
    const int logins = m_page->console->timesAsked("POST /api/v1/auth/login");
    m_page->harness->trigger(u"leaveAction"_s);
    QVERIFY(m_page->opens(u"removeNodeDialog"_s));
    // A bucket that is made right now is not overlooked.
    protocol::ClusterBucket late;
    late.name = "late";
    late.primaryNode = "fra-1-id";
    m_page->console->buckets.push_back(late);
    m_page->press(u"formAccept"_s);
    QVERIFY(NodesFixture::soon([&] { return m_page->harness->has<QCheckBox>(u"removeForce"_s); }));
    QVERIFY(m_page->in<QLabel>(u"removeBuckets"_s)->text().contains(u"late"_s));
    m_page->in<QCheckBox>(u"removeForce"_s)->setChecked(true);
    m_page->press(u"formAccept"_s);

    QVERIFY(NodesFixture::soon([&] { return m_page->harness->has<QAbstractButton>(u"emptyAction"_s); }));
    QVERIFY(
        NodesFixture::soon([&] { return m_page->harness->workspace()->cluster().nodes().rowCount() == 1; }));
    QCOMPARE(m_page->console->timesAsked("POST /api/v1/auth/login"), logins);
}

void NodesTest::rotatingShowsTheNewToken()
{
    m_page->console->clusterToken = NodesFixture::token().toStdString();
    QVERIFY(m_page->open());
    m_page->harness->trigger(u"rotateAction"_s);
    QVERIFY(m_page->opens(u"rotateDialog"_s));
    m_page->press(u"formAccept"_s);

    QVERIFY(m_page->opens(u"tokenDialog"_s));
    const QString token = QString::fromStdString(m_page->console->clusterToken);
    QVERIFY(token != NodesFixture::token());
    QCOMPARE(m_page->in<QLineEdit>(u"tokenText"_s)->text(), token);
    m_page->in<QCheckBox>(u"tokenKept"_s)->setChecked(true);
    m_page->press(u"tokenDone"_s);
    QCOMPARE(NodesFixture::placesOf(token), QStringList());
}

void NodesTest::keysAndMenusReachEveryAction()
{
    fillLikeThePictures(*m_page->console);
    QVERIFY(m_page->open());
    auto *table = m_page->harness->find<widgets::DataTable>(u"allNodesTable"_s);
    QVERIFY(NodesFixture::soon([&] { return table->model()->rowCount() == 6; }));
    const auto menuOf = [&](int row) {
        table->setCurrentIndex(table->model()->index(row, 0));
        QContextMenuEvent asked(QContextMenuEvent::Keyboard, QPoint(), table->mapToGlobal(QPoint()));
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
    QVERIFY(m_page->opens(u"editNodeDialog"_s));
    QCOMPARE(m_page->in<QLineEdit>(u"nodeName"_s)->text(), u"ams-2"_s);
}

void NodesTest::readersCanChangeNothingAndAreToldWhy()
{
    m_page->console->roles = {protocol::Role::ReadOnly};
    m_page->console->clusterToken = NodesFixture::token().toStdString();
    m_page->harness->connectTo(*m_page->console);
    m_page->harness->window().go(u"test"_s, u"nodes"_s);
    QVERIFY(NodesFixture::soon([&] { return m_page->harness->has<QAbstractButton>(u"addNode"_s); }));

    auto *add = m_page->harness->find<QAbstractButton>(u"addNode"_s);
    QVERIFY(!add->isEnabled());
    QVERIFY(add->toolTip().contains(u"administrator"_s));
    QVERIFY(NodesFixture::soon([&] { return m_page->harness->has<QAbstractButton>(u"detailsEdit"_s); }));
    QVERIFY(!m_page->harness->find<QAbstractButton>(u"detailsEdit"_s)->isEnabled());
}

}  // namespace maxiofs::test

using maxiofs::test::NodesTest;
MAXIOFS_TEST(NodesTest)
#include "nodes_test.moc"
