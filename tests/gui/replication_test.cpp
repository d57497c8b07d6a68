// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/test_runner.h"

#include "layout_check.h"
#include "nodes_fixture.h"

#include "core/item_roles.h"
#include "models/replication_model.h"
#include "protocol/envelope.h"
#include "widgets/data_table.h"
#include "widgets/segmented_control.h"

#include <QApplication>
#include <QClipboard>
#include <QLabel>

namespace maxiofs::test {

using namespace Qt::StringLiterals;
using models::ReplicationModel;

// The page of replication: what it shows in each state of the cluster, and what needs no dialog.
class ReplicationTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_page = std::make_unique<NodesFixture>();
        fillLikeThePictures(*m_page->console);
        fillReplication(*m_page->console);
    }
    void cleanup() { m_page.reset(); }

    void rulesAreListedWithTheirStateTheWorstFirst();
    void withoutRulesOneIsOffered();
    void theAnswerIsWaitedForInWords();
    void aFirstFailureIsShownAndCanBeRetried();
    void aLaterFailureKeepsWhatIsKnown();
    void aMalformedAnswerSaysWhatIsWrong();
    void anEndedSessionAsksToSignIn();
    void readersCanChangeNothingAndAreToldWhichRightIsMissing();
    void aLostNodeLeavesTheLastStateInSight();
    void aNodeAloneIsToldThatItNeedsAnother();
    void eventsBringNews();
    void problemsAndPausedRulesAreFiltered();
    void theQueueShowsItsErrors();
    void spacePausesAndResumes();
    void manyRulesAreToldAtOnceAndEachNoIsTold();
    void everyControlHasANameAndFits();

private:
    [[nodiscard]] bool open();
    /// Waits until the rules are shown.
    [[nodiscard]] bool filled();
    [[nodiscard]] widgets::DataTable *table()
    {
        return m_page->harness->find<widgets::DataTable>(u"rulesTable"_s);
    }
    [[nodiscard]] QString cell(const QString &bucket, int column);
    void select(const QStringList &buckets);
    [[nodiscard]] QString message();
    [[nodiscard]] QStringList told() const;

    std::unique_ptr<NodesFixture> m_page;
};

bool ReplicationTest::open()
{
    if (!m_page->open())
        return false;
    m_page->harness->window().go(u"test"_s, u"replication"_s);
    return true;
}

bool ReplicationTest::filled()
{
    return open() && NodesFixture::soon([&] {
               return m_page->harness->has<widgets::DataTable>(u"rulesTable"_s) &&
                      table()->model()->rowCount() == 10 &&
                      cell(u"media-originals"_s, ReplicationModel::Route) == u"fra-1 → ams-2"_s;
           });
}

QString ReplicationTest::cell(const QString &bucket, int column)
{
    const QAbstractItemModel *model = table()->model();
    for (int row = 0; row < model->rowCount(); ++row) {
        if (model->index(row, ReplicationModel::Bucket).data().toString() == bucket)
            return model->index(row, column).data().toString();
    }
    return {};
}

void ReplicationTest::select(const QStringList &buckets)
{
    const QAbstractItemModel *model = table()->model();
    table()->clearSelection();
    for (int row = 0; row < model->rowCount(); ++row) {
        if (!buckets.contains(model->index(row, ReplicationModel::Bucket).data().toString()))
            continue;
        table()->selectionModel()->setCurrentIndex(model->index(row, 0),
                                                   QItemSelectionModel::Select | QItemSelectionModel::Rows);
    }
    table()->setFocus();
}

QString ReplicationTest::message()
{
    // The queue has such a bar too: that of the page comes first.
    auto *page = m_page->harness->find<QWidget>(u"replicationPage"_s);
    for (const QLabel *label : page->findChildren<QLabel *>(u"messageText"_s)) {
        if (label->isVisible())
            return label->text();
    }
    return {};
}

QStringList ReplicationTest::told() const
{
    QStringList all;
    for (const auto &[what, body] : m_page->console->replication.asked)
        all << QString::fromLatin1(what);
    return all;
}

void ReplicationTest::rulesAreListedWithTheirStateTheWorstFirst()
{
    QVERIFY(filled());

    QCOMPARE(cell(u"media-originals"_s, ReplicationModel::Status), u"Behind"_s);
    QCOMPARE(cell(u"media-originals"_s, ReplicationModel::Objects), u"1,284"_s);
    QCOMPARE(cell(u"media-originals"_s, ReplicationModel::Lag), u"4 min 10 s"_s);
    QCOMPARE(cell(u"invoices-2026"_s, ReplicationModel::Mode), u"Synchronous"_s);
    QCOMPARE(cell(u"telemetry-raw"_s, ReplicationModel::LastError),
             u"waw-1: no answer on port 8080 within 5 s"_s);
    QVERIFY(cell(u"ml-datasets"_s, ReplicationModel::LastError).startsWith(u"Paused by jonas"_s));
    QCOMPARE(table()->model()->index(0, ReplicationModel::Status).data().toString(), u"Failing"_s);
    QCOMPARE(table()->model()->index(2, ReplicationModel::Status).data().toString(), u"Behind"_s);
    QCOMPARE(table()->model()->index(9, ReplicationModel::Status).data().toString(), u"In sync"_s);
}

void ReplicationTest::withoutRulesOneIsOffered()
{
    m_page->console->replication.rules.clear();
    QVERIFY(open());

    QVERIFY(NodesFixture::soon([&] { return m_page->harness->has<QAbstractButton>(u"emptyAction"_s); }));
    auto *offer = m_page->harness->find<QAbstractButton>(u"emptyAction"_s);
    QCOMPARE(offer->text(), u"New rule…"_s);
    QVERIFY(NodesFixture::soon([&] { return offer->isEnabled(); }));
    QTest::mouseClick(offer, Qt::LeftButton);
    QVERIFY(m_page->opens(u"newRuleDialog"_s));
}

void ReplicationTest::theAnswerIsWaitedForInWords()
{
    m_page->console->replication.silent = true;
    QVERIFY(open());
    auto &replication = m_page->harness->workspace()->replication();
    QVERIFY(NodesFixture::soon([&] { return !m_page->console->replication.waiting.isEmpty(); }));
    QVERIFY(replication.askedMs() > 0);
    QVERIFY(!replication.hasRules());
    QVERIFY(!m_page->harness->has<QAbstractButton>(u"emptyAction"_s));

    m_page->console->answerWaiting();

    QVERIFY(NodesFixture::soon([&] { return replication.rules().rowCount() == 10; }));
    QCOMPARE(replication.askedMs(), 0);
}

void ReplicationTest::aFirstFailureIsShownAndCanBeRetried()
{
    m_page->console->replication.listStatus = 503;
    m_page->console->replication.listBody =
        protocol::errorText("Busy", "The node is busy: try again.", "0b5b9b2e-req");
    QVERIFY(open());
    QVERIFY(NodesFixture::soon([&] { return m_page->harness->has<QAbstractButton>(u"emptyAction"_s); }));
    QCOMPARE(message(), u"The node is busy: try again."_s);
    auto *retry = m_page->harness->find<QAbstractButton>(u"emptyAction"_s);
    QCOMPARE(retry->text(), u"Retry"_s);
    QVERIFY(m_page->harness->workspace()->replication().pause() > models::LiveReplication::kPoll);

    m_page->console->replication.listStatus = 0;
    QTest::mouseClick(retry, Qt::LeftButton);

    QVERIFY(NodesFixture::soon([&] { return m_page->harness->has<widgets::DataTable>(u"rulesTable"_s); }));
    QVERIFY(NodesFixture::soon([&] { return message().isEmpty(); }));
    QVERIFY(m_page->harness->workspace()->replication().pause() == models::LiveReplication::kPoll);
}

void ReplicationTest::aLaterFailureKeepsWhatIsKnown()
{
    QVERIFY(filled());
    m_page->console->replication.listStatus = 500;
    m_page->console->replication.listBody =
        protocol::errorText("InternalError", "The node could not do this.", "4f1c2d3e-req");
    m_page->harness->click(u"replicationRefresh"_s);

    QVERIFY(NodesFixture::soon([&] { return message() == u"The node could not do this."_s; }));
    QCOMPARE(table()->model()->rowCount(), 10);
    auto *page = m_page->harness->find<QWidget>(u"replicationPage"_s);
    QTest::mouseClick(page->findChild<QAbstractButton *>(u"copyDetails"_s), Qt::LeftButton);
    QVERIFY(QGuiApplication::clipboard()->text().contains(u"4f1c2d3e-req"_s));
    m_page->console->replication.listStatus = 0;
    QTest::mouseClick(page->findChild<QAbstractButton *>(u"messageAction"_s), Qt::LeftButton);
    QVERIFY(NodesFixture::soon([&] { return message().isEmpty(); }));
}

void ReplicationTest::aMalformedAnswerSaysWhatIsWrong()
{
    m_page->console->replication.listStatus = 200;
    m_page->console->replication.listBody = R"({"status":"success","data":{"rules":[{"id":5}],"count":1}})";
    QVERIFY(open());

    QVERIFY(NodesFixture::soon([&] { return message().contains(u"cannot be read"_s); }));
    QVERIFY(message().contains(u"rules[0].id"_s));
}

void ReplicationTest::anEndedSessionAsksToSignIn()
{
    QVERIFY(filled());
    m_page->console->password = u"another"_s;
    m_page->console->endSessions();
    m_page->harness->click(u"replicationRefresh"_s);

    QVERIFY(NodesFixture::soon(
        [&] { return !m_page->harness->find<QAbstractButton>(u"newRule"_s)->isEnabled(); }));
    QCOMPARE(m_page->harness->find<QAbstractButton>(u"newRule"_s)->toolTip(), u"Not connected"_s);
    auto *page = m_page->harness->find<QWidget>(u"replicationPage"_s);
    QVERIFY(NodesFixture::soon(
        [&] { return page->findChild<QAbstractButton *>(u"messageAction"_s)->text() == u"Sign in…"_s; }));
    QCOMPARE(table()->model()->rowCount(), 10);
}

void ReplicationTest::readersCanChangeNothingAndAreToldWhichRightIsMissing()
{
    m_page->console->roles = {protocol::Role::ReadOnly};
    m_page->harness->connectTo(*m_page->console);
    m_page->harness->window().go(u"test"_s, u"replication"_s);
    QVERIFY(NodesFixture::soon([&] {
        return m_page->harness->has<widgets::DataTable>(u"rulesTable"_s) &&
               table()->model()->rowCount() == 10;
    }));
    select({u"media-originals"_s});

    for (const QString &name : {u"newRule"_s, u"bulkRules"_s, u"syncRules"_s, u"pauseRules"_s,
                                u"resumeRules"_s, u"verifyRule"_s, u"editRule"_s, u"removeRule"_s}) {
        auto *button = m_page->harness->find<QAbstractButton>(name);
        QVERIFY2(!button->isEnabled(), qPrintable(name));
        QVERIFY2(button->toolTip().contains(u"role admin"_s), qPrintable(name));
    }
    QTest::keyClick(table(), Qt::Key_Space);
    QTest::keyClick(table(), Qt::Key_Delete);
    QVERIFY(!m_page->harness->dialog());
    QCOMPARE(told(), QStringList());
}

void ReplicationTest::aLostNodeLeavesTheLastStateInSight()
{
    QVERIFY(filled());
    select({u"media-originals"_s});
    m_page->console->stop();

    QVERIFY(NodesFixture::soon([&] { return table()->model()->index(0, 0).data(core::StaleRole).toBool(); }));
    QCOMPARE(table()->model()->rowCount(), 10);
    QVERIFY(!m_page->harness->find<QAbstractButton>(u"pauseRules"_s)->isEnabled());
    QVERIFY(!message().isEmpty());
    QVERIFY(m_page->console->start());
    QVERIFY(
        NodesFixture::soon([&] { return !table()->model()->index(0, 0).data(core::StaleRole).toBool(); }));
}

void ReplicationTest::aNodeAloneIsToldThatItNeedsAnother()
{
    fillSmall(*m_page->console);
    m_page->console->clusterToken.clear();
    m_page->console->replication = {};
    QVERIFY(open());
    QVERIFY(NodesFixture::soon([&] { return m_page->harness->workspace()->replication().hasRules(); }));

    auto *add = m_page->harness->find<QAbstractButton>(u"newRule"_s);
    QVERIFY(!add->isEnabled());
    QVERIFY(add->toolTip().contains(u"second node"_s));
    QVERIFY(!m_page->harness->has<QAbstractButton>(u"emptyAction"_s));
}

void ReplicationTest::eventsBringNews()
{
    QVERIFY(filled());
    QVERIFY(NodesFixture::soon([&] { return m_page->console->streams() > 0; }));
    m_page->console->replication.rules[2].state.status = protocol::ReplicationStatus::InSync;
    const int asked = m_page->console->timesAsked("GET /api/v1/cluster/replication");

    m_page->console->send({"r-1", "replication", {1}, {{u"bucket"_s, u"media-originals"_s}}});

    QVERIFY(NodesFixture::soon(
        [&] { return cell(u"media-originals"_s, ReplicationModel::Status) == u"In sync"_s; }));
    QVERIFY(m_page->console->timesAsked("GET /api/v1/cluster/replication") > asked);
}

void ReplicationTest::problemsAndPausedRulesAreFiltered()
{
    QVERIFY(filled());
    auto *kinds = m_page->harness->find<widgets::SegmentedControl>(u"ruleKinds"_s);
    const auto choose = [&](const QString &segment) {
        QTest::mouseClick(m_page->harness->find<QAbstractButton>(segment, kinds), Qt::LeftButton);
    };
    QCOMPARE(m_page->harness->find<QAbstractButton>(u"segment1"_s, kinds)->text(), u"Problems 3"_s);

    choose(u"segment1"_s);
    QCOMPARE(table()->model()->rowCount(), 3);
    choose(u"segment2"_s);
    QCOMPARE(table()->model()->rowCount(), 1);
    m_page->harness->type(u"rulesFilter"_s, u"no such"_s);
    QVERIFY(m_page->harness->has<QAbstractButton>(u"emptyAction"_s));
    m_page->harness->click(u"emptyAction"_s);
    QCOMPARE(table()->model()->rowCount(), 10);
}

void ReplicationTest::theQueueShowsItsErrors()
{
    QVERIFY(filled());
    select({u"media-originals"_s});
    QVERIFY(NodesFixture::soon(
        [&] { return m_page->harness->workspace()->replication().queue().rowCount() == 6; }));
    auto *queue = m_page->harness->find<widgets::DataTable>(u"queueTable"_s);
    QCOMPARE(queue->model()->index(0, 4).data().toString(), u"Sending 64 %"_s);

    queue->selectRow(2);

    QVERIFY(message().contains(u"part 118 of 231"_s));
    QCOMPARE(m_page->harness->find<QLabel>(u"rulePace"_s)->text(),
             u"3.3 objects/s in, 2.6 out: the lag grows"_s);
    QCOMPARE(m_page->harness->find<QLabel>(u"queueCounts"_s)->text(),
             u"1,276 waiting · 2 sending · 6 retrying"_s);
    QCOMPARE(m_page->harness->find<QLabel>(u"ruleFactKind"_s)->text(), u"full replica"_s);
    QTest::mouseClick(m_page->harness->find<QAbstractButton>(u"messageAction"_s), Qt::LeftButton);
    QVERIFY(NodesFixture::soon([&] { return told() == QStringList{u"POST /rule-media-originals/sync"_s}; }));
    // Another rule has nothing that waits.
    select({u"invoices-2026"_s});
    QVERIFY(NodesFixture::soon([&] { return m_page->harness->workspace()->replication().hasQueue(); }));
    QCOMPARE(m_page->harness->workspace()->replication().queue().rowCount(), 0);
    QVERIFY(message().isEmpty());
}

void ReplicationTest::spacePausesAndResumes()
{
    QVERIFY(filled());
    select({u"media-originals"_s});
    QTest::keyClick(table(), Qt::Key_Space);
    QVERIFY(NodesFixture::soon(
        [&] { return cell(u"media-originals"_s, ReplicationModel::Status) == u"Paused"_s; }));
    QVERIFY(NodesFixture::soon(
        [&] { return !m_page->harness->find<QAbstractButton>(u"pauseRules"_s)->isEnabled(); }));
    QVERIFY(m_page->harness->find<QAbstractButton>(u"resumeRules"_s)->isEnabled());

    QTest::keyClick(table(), Qt::Key_Space);
    QVERIFY(NodesFixture::soon(
        [&] { return cell(u"media-originals"_s, ReplicationModel::Status) == u"Catching up"_s; }));
    QCOMPARE(told(),
             (QStringList{u"POST /rule-media-originals/pause"_s, u"POST /rule-media-originals/resume"_s}));
}

void ReplicationTest::manyRulesAreToldAtOnceAndEachNoIsTold()
{
    QVERIFY(filled());
    m_page->console->replication.refuse = [](const QByteArray &what, const QJsonObject &) {
        return what.contains("web-assets")
                   ? FakeConsole::Refusal{409, "RulePaused", "waw-1 cannot be reached.", {}}
                   : FakeConsole::Refusal{};
    };
    select({u"web-assets"_s, u"backups-db"_s, u"thumbnails"_s});
    QVERIFY(!m_page->harness->find<QAbstractButton>(u"editRule"_s)->isEnabled());
    m_page->harness->click(u"syncRules"_s);

    QVERIFY(NodesFixture::soon([&] { return message().contains(u"1 of 3 rules refused"_s); }));
    QCOMPARE(told().size(), 3);
    QVERIFY(message().contains(u"web-assets: waw-1 cannot be reached."_s));
}

void ReplicationTest::everyControlHasANameAndFits()
{
    QVERIFY(filled());
    select({u"media-originals"_s});
    QVERIFY(NodesFixture::soon(
        [&] { return m_page->harness->workspace()->replication().queue().rowCount() == 6; }));
    for (const QSize &size : {QSize(1440, 900), QSize(1000, 640)}) {
        m_page->harness->window().resize(size);
        QCoreApplication::processEvents();
        QCOMPARE(layoutProblems(m_page->harness->window()).join(u"\n"_s), QString());
    }
    QCOMPARE(namelessControls(*m_page->harness->find<QWidget>(u"replicationPage"_s)).join(u"\n"_s),
             QString());
}

}  // namespace maxiofs::test

using maxiofs::test::ReplicationTest;
MAXIOFS_TEST(ReplicationTest)
#include "replication_test.moc"
