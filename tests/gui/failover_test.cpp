// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/test_runner.h"

#include "layout_check.h"
#include "nodes_fixture.h"

#include "core/item_roles.h"
#include "models/conflicts_model.h"
#include "models/events_model.h"
#include "widgets/data_table.h"
#include "widgets/empty_state.h"
#include "widgets/segmented_control.h"

#include <QCheckBox>
#include <QComboBox>
#include <QLabel>
#include <QMenu>

namespace maxiofs::test {

using namespace Qt::StringLiterals;
using models::ConflictsModel;

// Conflicts and what becomes of them, replicas that become owners, and whether they do so by themselves.
class FailoverTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_page = std::make_unique<NodesFixture>();
        fillLikeThePictures(*m_page->console);
        fillReplication(*m_page->console);
        fillFailover(*m_page->console);
        QVERIFY(m_page->open());
        m_page->harness->window().go(u"test"_s, u"replication"_s);
        QVERIFY(NodesFixture::soon([&] {
            return conflicts().rowCount() == 3 &&
                   m_page->harness->workspace()->replication().rules().rowCount() == 10;
        }));
    }
    void cleanup() { m_page.reset(); }

    void conflictsAreListedTheNewestFirst();
    void whatLostIsRestored();
    void manyAreDiscardedAtOnceAndEachNoIsTold();
    void closingTheDialogChangesNothing();
    void conflictsThatAreNotKnownAreNotNone();
    void readersDecideNothing();
    void aTakeoverBringsNews();
    void theDestinationOfARuleBecomesTheOwner();
    void whatIsAtRiskHasToBeAccepted();
    void aNoOfThePromotionCanBeOverruled();
    void aBucketWithoutReplicaCannotBePromoted();
    void aBucketsPolicyIsChosen();
    void theClustersPolicyIsChosen();
    void everyControlHasANameAndFits();

private:
    [[nodiscard]] ConflictsModel &conflicts()
    {
        return m_page->harness->workspace()->conflicts().conflicts();
    }
    void showConflicts();
    [[nodiscard]] widgets::DataTable *table()
    {
        return m_page->harness->find<widgets::DataTable>(u"conflictsTable"_s);
    }
    [[nodiscard]] QString cell(int row, int column)
    {
        return table()->model()->index(row, column).data().toString();
    }
    void selectRule(const QString &bucket);
    /// Chooses an action of a row's menu.
    void choose(const QString &menu, const QString &action);
    void accept() { m_page->press(u"formAccept"_s); }
    [[nodiscard]] bool canAccept() { return m_page->in<QAbstractButton>(u"formAccept"_s)->isEnabled(); }
    [[nodiscard]] const QList<QPair<QByteArray, QJsonObject>> &asked() const
    {
        return m_page->console->failover.asked;
    }
    [[nodiscard]] QString message();

    std::unique_ptr<NodesFixture> m_page;
};

void FailoverTest::showConflicts()
{
    auto *views = m_page->harness->find<widgets::SegmentedControl>(u"replicationViews"_s);
    QTest::mouseClick(views->findChildren<QAbstractButton *>().last(), Qt::LeftButton);
}

void FailoverTest::selectRule(const QString &bucket)
{
    auto *rules = m_page->harness->find<widgets::DataTable>(u"rulesTable"_s);
    for (int row = 0; row < rules->model()->rowCount(); ++row) {
        if (rules->model()->index(row, 0).data().toString() == bucket)
            rules->selectRow(row);
    }
}

void FailoverTest::choose(const QString &menu, const QString &action)
{
    auto *open = m_page->harness->find<QMenu>(menu);
    auto *chosen = open->findChild<QAction *>(action);
    QVERIFY(chosen && chosen->isEnabled());
    chosen->trigger();
    open->close();
}

QString FailoverTest::message()
{
    auto *page = m_page->harness->find<QWidget>(u"replicationPage"_s);
    for (const QLabel *label : page->findChildren<QLabel *>(u"messageText"_s)) {
        if (label->isVisible())
            return label->text();
    }
    return {};
}

void FailoverTest::conflictsAreListedTheNewestFirst()
{
    showConflicts();

    QCOMPARE(cell(0, ConflictsModel::Object), u"2026/11/19/shoot-berlin/IMG_2214.CR3"_s);
    QCOMPARE(cell(0, ConflictsModel::Bucket), u"media-originals"_s);
    QCOMPARE(cell(0, ConflictsModel::Node), u"waw-1"_s);
    QCOMPARE(cell(0, ConflictsModel::Lost), u"31.0 MiB"_s);
    QVERIFY(cell(0, ConflictsModel::Current).startsWith(u"32.0 MiB, "_s));
    QCOMPARE(cell(1, ConflictsModel::Current), u"nothing"_s);
    QCOMPARE(cell(2, ConflictsModel::Lost), u"deletion"_s);
    const auto *views = m_page->harness->find<widgets::SegmentedControl>(u"replicationViews"_s);
    QCOMPARE(views->findChildren<QAbstractButton *>().last()->text(), u"Conflicts 3"_s);
    // Nothing is chosen, so nothing can be decided.
    const auto *restore = m_page->harness->find<QAbstractButton>(u"restoreConflicts"_s);
    QVERIFY(!restore->isEnabled());
    QCOMPARE(restore->toolTip(), u"No conflict is selected."_s);
}

void FailoverTest::whatLostIsRestored()
{
    showConflicts();
    table()->selectRow(0);
    m_page->harness->click(u"restoreConflicts"_s);
    QVERIFY(m_page->opens(u"settleDialog"_s));
    QVERIFY(m_page->in<QLabel>(u"formSentence"_s)->text().contains(u"overwritten"_s));
    QVERIFY(asked().isEmpty());
    accept();

    QVERIFY(NodesFixture::soon([&] { return conflicts().rowCount() == 2; }));
    QCOMPARE(asked().size(), 1);
    QCOMPARE(asked().first().first, "POST /cluster/conflicts/conflict-34/restore");
    QVERIFY(NodesFixture::soon([&] { return !m_page->harness->dialog(); }));
    QVERIFY(m_page->harness->find<QLabel>(u"conflictsFooter"_s)->text().contains(u"1 version restored."_s));
}

void FailoverTest::manyAreDiscardedAtOnceAndEachNoIsTold()
{
    m_page->console->failover.refuse = [](const QByteArray &what) {
        return what.contains("conflict-36")
                   ? FakeConsole::Refusal{503, "BucketUnavailable", "fra-1 cannot be reached.", {}}
                   : FakeConsole::Refusal{};
    };
    showConflicts();
    table()->selectRow(0);
    table()->selectAll();
    QTest::keyClick(table(), Qt::Key_Delete);
    QVERIFY(m_page->opens(u"settleDialog"_s));
    accept();

    QVERIFY(NodesFixture::soon([&] { return conflicts().rowCount() == 1; }));
    QCOMPARE(asked().size(), 3);
    QVERIFY(asked().last().first.endsWith("/discard"));
    QVERIFY(NodesFixture::soon([&] { return message().contains(u"1 of 3 conflicts stay"_s); }));
    QVERIFY(message().contains(u"selection.json: fra-1 cannot be reached."_s));
}

void FailoverTest::closingTheDialogChangesNothing()
{
    showConflicts();
    table()->selectRow(0);
    m_page->harness->click(u"discardConflicts"_s);
    QVERIFY(m_page->opens(u"settleDialog"_s));

    m_page->press(u"formCancel"_s);

    QVERIFY(NodesFixture::soon([&] { return !m_page->harness->dialog(); }));
    QVERIFY(asked().isEmpty());
    QCOMPARE(conflicts().rowCount(), 3);
}

void FailoverTest::conflictsThatAreNotKnownAreNotNone()
{
    m_page->console->failover.listStatus = 500;
    m_page->harness->workspace()->conflicts().refresh();
    showConflicts();
    QVERIFY(NodesFixture::soon([&] { return message().contains(u"The disk of fra-1"_s); }));
    QCOMPARE(conflicts().rowCount(), 3);

    m_page->console->failover.listStatus = 0;
    m_page->console->failover.conflicts.clear();
    m_page->harness->workspace()->conflicts().refresh();

    QVERIFY(NodesFixture::soon([&] { return conflicts().rowCount() == 0; }));
    QCOMPARE(message(), QString());
    auto *view = m_page->harness->find<QWidget>(u"conflictsView"_s);
    QCOMPARE(view->findChild<widgets::EmptyState *>()->title(), u"No conflicts"_s);
}

void FailoverTest::readersDecideNothing()
{
    m_page = std::make_unique<NodesFixture>();
    fillLikeThePictures(*m_page->console);
    fillReplication(*m_page->console);
    fillFailover(*m_page->console);
    m_page->console->roles = {protocol::Role::ReadOnly};
    m_page->harness->connectTo(*m_page->console);
    m_page->harness->window().go(u"test"_s, u"replication"_s);
    QVERIFY(NodesFixture::soon([&] { return conflicts().rowCount() == 3; }));
    showConflicts();
    table()->selectRow(0);
    table()->selectAll();

    const auto *discard = m_page->harness->find<QAbstractButton>(u"discardConflicts"_s);
    QVERIFY(!discard->isEnabled());
    QVERIFY(discard->toolTip().contains(u"role admin"_s));
    QTest::keyClick(table(), Qt::Key_Delete);
    QVERIFY(!m_page->harness->dialog());
}

void FailoverTest::aTakeoverBringsNews()
{
    m_page->console->failover.conflicts.pop_back();
    m_page->console->send({"n-90",
                           "alert",
                           {QDateTime::currentMSecsSinceEpoch()},
                           {{"severity"_L1, u"warning"_s},
                            {"bucket"_L1, u"telemetry-raw"_s},
                            {"message"_L1, u"ams-1 took over telemetry-raw: waw-1 does not answer."_s}}});

    QVERIFY(NodesFixture::soon([&] { return conflicts().rowCount() == 2; }));
    const models::EventsModel &events = m_page->harness->workspace()->cluster().events();
    const QModelIndex newest = events.index(0, 0);
    QCOMPARE(newest.data().toString(), u"ams-1 took over telemetry-raw: waw-1 does not answer."_s);
    QCOMPARE(newest.data(core::StatusRole).toInt(), static_cast<int>(theme::Status::Warn));
}

void FailoverTest::theDestinationOfARuleBecomesTheOwner()
{
    selectRule(u"media-originals"_s);
    m_page->harness->click(u"promoteRule"_s);
    QVERIFY(m_page->opens(u"promoteDialog"_s));
    auto *node = m_page->in<QComboBox>(u"promoteNode"_s);
    QVERIFY(NodesFixture::soon([&] { return node->count() == 3; }));
    QCOMPARE(m_page->in<QLabel>(u"promoteOwner"_s)->text(), u"fra-1"_s);
    QCOMPARE(node->currentText(), u"ams-2  ·  4 min 10 s behind, degraded"_s);
    QVERIFY(canAccept());
    accept();

    QVERIFY(NodesFixture::soon([&] { return !asked().isEmpty(); }));
    QCOMPARE(asked().first().first, "POST /cluster/buckets/media-originals/promote");
    QCOMPARE(asked().first().second, (QJsonObject{{"node_id"_L1, u"ams-2-id"_s}, {"force"_L1, false}}));
    QVERIFY(NodesFixture::soon([&] {
        const auto *row = m_page->harness->workspace()->cluster().buckets().find(u"media-originals"_s);
        return row && row->bucket.primaryNode == "ams-2-id";
    }));
    QVERIFY(
        m_page->harness->find<QLabel>(u"rulesFooter"_s)->text().contains(u"ams-2 owns media-originals"_s));
}

void FailoverTest::whatIsAtRiskHasToBeAccepted()
{
    selectRule(u"telemetry-raw"_s);
    m_page->harness->workspace()->failoverActions().promote(u"telemetry-raw"_s, {},
                                                            &m_page->harness->window());
    QVERIFY(m_page->opens(u"promoteDialog"_s));
    auto *force = m_page->harness->dialog()->findChild<QCheckBox *>(u"promoteForce"_s);
    QVERIFY(NodesFixture::soon([&] { return force->isVisible(); }));
    QVERIFY(m_page->in<QLabel>(u"promoteRisk"_s)->text().startsWith(u"waw-1 does not answer"_s));
    QVERIFY(m_page->in<QLabel>(u"promoteAwaited"_s)->text().startsWith(u"par-1 owned the bucket"_s));
    QVERIFY(!canAccept());

    force->setChecked(true);
    QVERIFY(canAccept());
    accept();

    QVERIFY(NodesFixture::soon([&] { return !asked().isEmpty(); }));
    QCOMPARE(asked().first().second, (QJsonObject{{"node_id"_L1, QString()}, {"force"_L1, true}}));
}

void FailoverTest::aNoOfThePromotionCanBeOverruled()
{
    m_page->console->failover.refuse = [this](const QByteArray &) {
        return asked().last().second.value("force"_L1).toBool()
                   ? FakeConsole::Refusal{}
                   : FakeConsole::Refusal{409, "ReplicaBehind", "ams-2 cannot catch up: fra-1 is gone.", {}};
    };
    selectRule(u"media-originals"_s);
    m_page->harness->click(u"promoteRule"_s);
    QVERIFY(m_page->opens(u"promoteDialog"_s));
    QVERIFY(NodesFixture::soon([&] { return canAccept(); }));
    accept();
    auto *force = m_page->harness->dialog()->findChild<QCheckBox *>(u"promoteForce"_s);
    QVERIFY(NodesFixture::soon([&] { return force->isVisible(); }));
    QCOMPARE(m_page->in<QLabel>(u"promoteRisk"_s)->text(), u"ams-2 cannot catch up: fra-1 is gone."_s);
    QVERIFY(!canAccept());

    force->setChecked(true);
    accept();

    QVERIFY(NodesFixture::soon([&] { return !m_page->harness->dialog(); }));
    QCOMPARE(asked().size(), 2);
}

void FailoverTest::aBucketWithoutReplicaCannotBePromoted()
{
    auto &actions = m_page->harness->workspace()->failoverActions();
    QString without;
    for (const models::BucketRow &row : m_page->harness->workspace()->cluster().buckets().rows()) {
        if (row.bucket.replicaCount == 0)
            without = row.id();
    }
    QVERIFY(!without.isEmpty());
    QCOMPARE(actions.refusalToPromote(without), u"No other node has a replica of %1."_s.arg(without));
    QCOMPARE(actions.refusalToPromote(u"media-originals"_s), QString());
}

void FailoverTest::aBucketsPolicyIsChosen()
{
    m_page->harness->window().go(u"test"_s, u"buckets"_s);
    auto *buckets = m_page->harness->find<widgets::DataTable>(u"bucketsTable"_s);
    Q_EMIT buckets->menuRequested(m_page->harness->workspace()->cluster().buckets().index(0, 0),
                                  buckets->mapToGlobal(QPoint()));
    choose(u"bucketMenu"_s, u"menuFailover"_s);
    QVERIFY(m_page->opens(u"failoverDialog"_s));
    auto *policy = m_page->in<widgets::SegmentedControl>(u"failoverPolicy"_s);
    auto *meaning = m_page->in<QLabel>(u"failoverMeaning"_s);
    QVERIFY(NodesFixture::soon([&] { return meaning->text().startsWith(u"Now automatic."_s); }));
    QVERIFY(!canAccept());

    QTest::mouseClick(policy->findChildren<QAbstractButton *>().last(), Qt::LeftButton);
    QVERIFY(meaning->text().startsWith(u"Writes wait"_s));
    accept();

    QVERIFY(NodesFixture::soon([&] { return !m_page->harness->dialog(); }));
    QCOMPARE(asked().size(), 1);
    QVERIFY(asked().first().first.startsWith("PUT /buckets/"));
    QCOMPARE(asked().first().second, (QJsonObject{{"failover"_L1, u"manual"_s}}));
}

void FailoverTest::theClustersPolicyIsChosen()
{
    m_page->harness->trigger(u"failoverAction"_s);
    QVERIFY(m_page->opens(u"failoverDialog"_s));
    auto *policy = m_page->in<widgets::SegmentedControl>(u"failoverPolicy"_s);
    QCOMPARE(policy->findChildren<QAbstractButton *>().size(), 2);
    QVERIFY(NodesFixture::soon(
        [&] { return m_page->in<QLabel>(u"failoverMeaning"_s)->text().startsWith(u"A full replica"_s); }));
    QTest::mouseClick(policy->findChildren<QAbstractButton *>().last(), Qt::LeftButton);
    accept();

    QVERIFY(NodesFixture::soon([&] { return !m_page->harness->dialog(); }));
    QCOMPARE(asked().first().first, "PUT /settings");
    QCOMPARE(asked().first().second, (QJsonObject{{"failover"_L1, u"manual"_s}}));
}

void FailoverTest::everyControlHasANameAndFits()
{
    showConflicts();
    table()->selectAll();
    for (const QSize &size : {QSize(1440, 900), QSize(1000, 640)}) {
        m_page->harness->window().resize(size);
        QCoreApplication::processEvents();
        QCOMPARE(layoutProblems(m_page->harness->window()).join(u"\n"_s), QString());
    }
    QCOMPARE(namelessControls(*m_page->harness->find<QWidget>(u"conflictsView"_s)).join(u"\n"_s), QString());
    m_page->harness->click(u"discardConflicts"_s);
    QVERIFY(m_page->opens(u"settleDialog"_s));
    QCoreApplication::processEvents();
    QCOMPARE(layoutProblems(*m_page->harness->dialog()).join(u"\n"_s), QString());
    m_page->press(u"formCancel"_s);
    QVERIFY(NodesFixture::soon([&] { return !m_page->harness->dialog(); }));
    m_page->harness->workspace()->failoverActions().promote(u"telemetry-raw"_s, {},
                                                            &m_page->harness->window());
    QVERIFY(m_page->opens(u"promoteDialog"_s));
    QVERIFY(NodesFixture::soon(
        [&] { return m_page->harness->dialog()->findChild<QCheckBox *>(u"promoteForce"_s)->isVisible(); }));
    QCoreApplication::processEvents();
    QCOMPARE(layoutProblems(*m_page->harness->dialog()).join(u"\n"_s), QString());
    QCOMPARE(namelessControls(*m_page->harness->dialog()).join(u"\n"_s), QString());
}

}  // namespace maxiofs::test

using maxiofs::test::FailoverTest;
MAXIOFS_TEST(FailoverTest)
#include "failover_test.moc"
