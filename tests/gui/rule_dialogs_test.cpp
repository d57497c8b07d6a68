// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/test_runner.h"

#include "layout_check.h"
#include "nodes_fixture.h"

#include "models/replication_model.h"
#include "widgets/check_list.h"
#include "widgets/data_table.h"

#include <QCheckBox>
#include <QComboBox>
#include <QLabel>
#include <QMenu>

namespace maxiofs::test {

using namespace Qt::StringLiterals;
using models::ReplicationModel;

// The dialogs about replication rules, by clicks and keys.
class RuleDialogsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_page = std::make_unique<NodesFixture>();
        fillLikeThePictures(*m_page->console);
        fillReplication(*m_page->console);
        QVERIFY(m_page->open());
        m_page->harness->window().go(u"test"_s, u"replication"_s);
        QVERIFY(NodesFixture::soon([&] { return rules().rowCount() == 10; }));
    }
    void cleanup() { m_page.reset(); }

    void aRuleIsMadeByKeysAlone();
    void theOwnerIsNoDestination();
    void wrongEntriesAreToldBeforeSending();
    void aNoStandsAtItsField();
    void aCopyHasANameOfItsOwn();
    void editingSendsOnlyWhatChanged();
    void removingAsksForTheBucketsName();
    void verifyingShowsTheOutcome();
    void bulkTellsWhatBecameOfEachBucket();
    void menusHaveEveryAction();

private:
    [[nodiscard]] ReplicationModel &rules() { return m_page->harness->workspace()->replication().rules(); }
    [[nodiscard]] const QList<QPair<QByteArray, QJsonObject>> &asked() const
    {
        return m_page->console->replication.asked;
    }
    void beginRule(const QString &bucket);
    void choose(const QString &combo, int index);
    [[nodiscard]] QStringList choices(const QString &combo);

    std::unique_ptr<NodesFixture> m_page;
};

void RuleDialogsTest::beginRule(const QString &bucket)
{
    m_page->harness->click(u"newRule"_s);
    QVERIFY(m_page->opens(u"newRuleDialog"_s));
    auto *field = m_page->in<QLineEdit>(u"ruleBucketField"_s);
    field->setText(bucket);
}

void RuleDialogsTest::choose(const QString &combo, int index)
{
    m_page->in<QComboBox>(combo)->setCurrentIndex(index);
}

QStringList RuleDialogsTest::choices(const QString &combo)
{
    const auto *box = m_page->in<QComboBox>(combo);
    QStringList all;
    for (int i = 0; i < box->count(); ++i)
        all << box->itemText(i).section(u' ', 0, 0);
    return all;
}

void RuleDialogsTest::aRuleIsMadeByKeysAlone()
{
    m_page->harness->trigger(u"newRuleAction"_s);
    QVERIFY(m_page->opens(u"newRuleDialog"_s));
    QVERIFY(!m_page->in<QAbstractButton>(u"formAccept"_s)->isEnabled());
    QTest::keyClicks(m_page->in<QLineEdit>(u"ruleBucketField"_s), u"ml-checkpoints"_s);
    auto *destination = m_page->in<QComboBox>(u"ruleDestination"_s);
    destination->setFocus();
    QTest::keyClick(destination, Qt::Key_Down);
    QTest::keyClick(destination, Qt::Key_Down);
    QCOMPARE(destination->currentData().toString(), u"fra-2-id"_s);
    QTest::keyClicks(m_page->in<QLineEdit>(u"rulePrefix"_s), u"runs/"_s);
    auto *deletes = m_page->in<QCheckBox>(u"ruleDeletes"_s);
    deletes->setFocus();
    QTest::keyClick(deletes, Qt::Key_Space);
    QVERIFY(!deletes->isChecked());
    QVERIFY(m_page->in<QLabel>(u"ruleKind"_s)->text().contains(u"a part"_s));
    QTest::keyClicks(m_page->in<QLineEdit>(u"ruleBandwidth"_s), u"2.5"_s);
    QTest::keyClick(m_page->in<QLineEdit>(u"ruleBandwidth"_s), Qt::Key_Return);

    QVERIFY(NodesFixture::soon([&] { return rules().rowCount() == 11; }));
    QCOMPARE(asked().size(), 1);
    QCOMPARE(asked().first().first, "POST ");
    const auto sent = protocol::fromJson<protocol::ReplicationRuleRequest>(asked().first().second);
    QCOMPARE(sent->sourceBucket, std::string("ml-checkpoints"));
    QCOMPARE(sent->destinationNodeId, std::string("fra-2-id"));
    QVERIFY(!sent->destinationBucket);
    QCOMPARE(sent->options.prefix, std::string("runs/"));
    QVERIFY(!sent->options.replicateDeletes);
    QVERIFY(sent->options.replicateMetadata);
    QVERIFY(sent->options.enabled);
    QCOMPARE(sent->options.syncIntervalSeconds, 10);
    QCOMPARE(sent->options.bandwidthLimitBytesPerSecond, 2'621'440);
}

void RuleDialogsTest::theOwnerIsNoDestination()
{
    beginRule(u"media-originals"_s);
    QCOMPARE(choices(u"ruleDestination"_s),
             (QStringList{u"fra-2"_s, u"ams-1"_s, u"ams-2"_s, u"par-1"_s, u"waw-1"_s}));
    choose(u"ruleDestination"_s, 3);
    QVERIFY(m_page->in<QAbstractButton>(u"formAccept"_s)->isEnabled());

    // par-1 owns this one: it was chosen before and is no choice any more.
    m_page->in<QLineEdit>(u"ruleBucketField"_s)->setText(u"legal-archive"_s);

    QVERIFY(!choices(u"ruleDestination"_s).contains(u"par-1"_s));
    QCOMPARE(m_page->in<QComboBox>(u"ruleDestination"_s)->currentIndex(), -1);
    QVERIFY(!m_page->in<QAbstractButton>(u"formAccept"_s)->isEnabled());
}

void RuleDialogsTest::wrongEntriesAreToldBeforeSending()
{
    beginRule(u"media-originals"_s);
    choose(u"ruleDestination"_s, 0);
    auto *accept = m_page->in<QAbstractButton>(u"formAccept"_s);
    QVERIFY(accept->isEnabled());

    m_page->enter(u"ruleName"_s, u"No Name"_s);
    QVERIFY(!accept->isEnabled());
    QVERIFY(!m_page->problemAt(u"ruleName"_s).isEmpty());
    m_page->in<QLineEdit>(u"ruleName"_s)->clear();
    choose(u"ruleMode"_s, 6);
    m_page->enter(u"ruleSeconds"_s, u"9"_s);
    QVERIFY(!accept->isEnabled());
    QCOMPARE(m_page->problemAt(u"ruleSeconds"_s), u"Enter at least 10 seconds."_s);
    m_page->enter(u"ruleSeconds"_s, u"90"_s);
    QVERIFY(accept->isEnabled());
    m_page->enter(u"ruleBandwidth"_s, u"fast"_s);
    QVERIFY(!accept->isEnabled());
    QVERIFY(!m_page->problemAt(u"ruleBandwidthRow"_s).isEmpty());
    m_page->in<QLineEdit>(u"ruleBandwidth"_s)->clear();
    QVERIFY(accept->isEnabled());
    QCOMPARE(asked().size(), 0);
    m_page->press(u"formAccept"_s);
    QVERIFY(NodesFixture::soon([&] { return asked().size() == 1; }));
    QCOMPARE(asked().first().second.value("sync_interval_seconds"_L1).toInt(), 90);
}

void RuleDialogsTest::aNoStandsAtItsField()
{
    struct Case {
        std::string code;
        QString about;
        QString field;
    };
    beginRule(u"media-originals"_s);
    choose(u"ruleDestination"_s, 0);
    int number = 0;
    for (const Case &one :
         {Case{"NoSuchBucket", {}, u"ruleBucket"_s}, Case{"SameNode", {}, u"ruleDestination"_s},
          Case{"DuplicateRule", {}, u"ruleDestination"_s}, Case{"BucketElsewhere", {}, u"ruleName"_s},
          Case{"InvalidArgument", u"sync_interval_seconds"_s, u"ruleMode"_s},
          Case{"InvalidArgument", u"prefix"_s, u"rulePrefix"_s},
          Case{"InvalidArgument", u"priority"_s, u"rulePriorityRow"_s}, Case{"Busy", {}, u"form"_s}}) {
        const QString words = u"No %1."_s.arg(++number);
        m_page->console->replication.refuse = [&](const QByteArray &, const QJsonObject &) {
            const QJsonObject details =
                one.about.isEmpty() ? QJsonObject() : QJsonObject{{u"field"_s, one.about}};
            return FakeConsole::Refusal{400, one.code, words.toStdString(), details};
        };
        m_page->press(u"formAccept"_s);
        QVERIFY2(NodesFixture::soon([&] { return m_page->problemAt(one.field) == words; }),
                 qPrintable(words));
        QCoreApplication::processEvents();
        QCOMPARE(layoutProblems(*m_page->harness->dialog()).join(u"\n"_s), QString());
    }
    m_page->console->replication.refuse = {};
    m_page->press(u"formAccept"_s);
    QVERIFY(NodesFixture::soon([&] { return rules().rowCount() == 11; }));
}

void RuleDialogsTest::aCopyHasANameOfItsOwn()
{
    beginRule(u"media-originals"_s);
    choose(u"ruleDestination"_s, 0);
    m_page->enter(u"ruleName"_s, u"media-copy"_s);
    QVERIFY(m_page->in<QLabel>(u"ruleKind"_s)->text().startsWith(u"A copy"_s));
    choose(u"ruleMode"_s, 0);
    QTest::mouseClick(m_page->in<QAbstractButton>(u"segment1"_s), Qt::LeftButton);
    m_page->press(u"formAccept"_s);

    QVERIFY(NodesFixture::soon([&] { return rules().rowCount() == 11; }));
    const auto sent = protocol::fromJson<protocol::ReplicationRuleRequest>(asked().first().second);
    QCOMPARE(sent->destinationBucket.value_or(std::string()), std::string("media-copy"));
    QCOMPARE(sent->options.syncIntervalSeconds, 0);
    QVERIFY(sent->options.policy == protocol::ReplicationPolicy::Continue);
}

void RuleDialogsTest::editingSendsOnlyWhatChanged()
{
    m_page->console->replication.rules[2].options.bandwidthLimitBytesPerSecond = 1'234'567;
    m_page->harness->workspace()->replication().refresh();
    QVERIFY(NodesFixture::soon([&] {
        return rules().find(u"rule-media-originals"_s)->rule.options.bandwidthLimitBytesPerSecond > 0;
    }));
    auto *table = m_page->harness->find<widgets::DataTable>(u"rulesTable"_s);
    table->selectRow(2);
    table->setFocus();
    QTest::keyClick(table, Qt::Key_F2);
    QVERIFY(m_page->opens(u"editRuleDialog"_s));
    QVERIFY(!m_page->in<QAbstractButton>(u"formAccept"_s)->isEnabled());
    choose(u"ruleMode"_s, 4);
    m_page->press(u"formAccept"_s);

    QVERIFY(NodesFixture::soon(
        [&] { return rules().find(u"rule-media-originals"_s)->rule.options.syncIntervalSeconds == 300; }));
    QCOMPARE(asked().first().first, "PUT /rule-media-originals");
    const auto sent = protocol::fromJson<protocol::ReplicationRuleChange>(asked().first().second);
    QCOMPARE(sent->syncIntervalSeconds.value_or(-1), 300);
    QVERIFY(!sent->bandwidthLimitBytesPerSecond);
    QVERIFY(!sent->prefix && !sent->enabled && !sent->priority && !sent->policy);
}

void RuleDialogsTest::removingAsksForTheBucketsName()
{
    auto *table = m_page->harness->find<widgets::DataTable>(u"rulesTable"_s);
    table->selectRow(2);
    table->setFocus();
    QTest::keyClick(table, Qt::Key_Delete);
    QVERIFY(m_page->opens(u"removeRuleDialog"_s));
    auto *accept = m_page->in<QAbstractButton>(u"formAccept"_s);
    QVERIFY(m_page->in<QLabel>(u"removeUnsent"_s)->text().contains(u"1,284"_s));
    QVERIFY(!accept->isEnabled());
    m_page->enter(u"removeName"_s, u"media"_s);
    QVERIFY(!accept->isEnabled());
    m_page->enter(u"removeName"_s, u"media-originals"_s);
    m_page->press(u"formAccept"_s);

    QVERIFY(NodesFixture::soon([&] { return rules().rowCount() == 9; }));
    QVERIFY(!rules().find(u"rule-media-originals"_s));
}

void RuleDialogsTest::verifyingShowsTheOutcome()
{
    using State = protocol::ReplicationVerifyState;
    protocol::ReplicationVerification done{.state = State::Done,
                                           .startedAt = protocol::Time{1},
                                           .finishedAt = protocol::Time{2},
                                           .versionsCompared = 96'412,
                                           .versionsMissing = 3,
                                           .versionsRepaired = 3,
                                           .error = {}};
    protocol::ReplicationVerification running{.state = State::Running,
                                              .startedAt = protocol::Time{1},
                                              .finishedAt = {},
                                              .versionsCompared = 500,
                                              .error = {}};
    m_page->console->replication.verifications = {{}, running, done};
    auto *table = m_page->harness->find<widgets::DataTable>(u"rulesTable"_s);
    table->selectRow(2);
    m_page->harness->click(u"verifyRule"_s);
    QVERIFY(m_page->opens(u"verifyDialog"_s));
    const auto conclusion = [&] { return m_page->in<QLabel>(u"verifyConclusion"_s)->text(); };
    QVERIFY(NodesFixture::soon([&] { return conclusion().contains(u"not been compared"_s); }));
    m_page->press(u"formAccept"_s);

    QVERIFY(NodesFixture::soon([&] { return conclusion().startsWith(u"The sides differed"_s); }));
    const auto &lines = m_page->in<widgets::CheckList>(u"verifyFacts"_s)->lines();
    QCOMPARE(lines[0].finding, u"96,412 versions"_s);
    QCOMPARE(lines[1].finding, u"3"_s);
    QCOMPARE(lines.last().finding, u"3 of 3"_s);
    QVERIFY(m_page->in<QAbstractButton>(u"formAccept"_s)->isEnabled());
    QCoreApplication::processEvents();
    QCOMPARE(layoutProblems(*m_page->harness->dialog()).join(u"\n"_s), QString());
}

void RuleDialogsTest::bulkTellsWhatBecameOfEachBucket()
{
    m_page->console->replication.skipped = {{"media-originals", "It has a rule to ams-1 already."}};
    m_page->harness->click(u"bulkRules"_s);
    QVERIFY(m_page->opens(u"bulkRulesDialog"_s));
    QVERIFY(!m_page->in<QAbstractButton>(u"formAccept"_s)->isEnabled());
    choose(u"bulkSource"_s, 0);
    QVERIFY(m_page->in<QLabel>(u"bulkCount"_s)->text().contains(u"6 buckets"_s));
    QVERIFY(!choices(u"ruleDestination"_s).contains(u"fra-1"_s));
    choose(u"ruleDestination"_s, 1);
    m_page->press(u"formAccept"_s);

    QVERIFY(m_page->opens(u"bulkResultDialog"_s));
    auto *table = m_page->in<widgets::DataTable>(u"bulkResults"_s);
    QCOMPARE(table->model()->rowCount(), 6);
    QCOMPARE(table->model()->index(0, 1).data().toString(), u"Skipped"_s);
    QCOMPARE(table->model()->index(0, 2).data().toString(), u"It has a rule to ams-1 already."_s);
    QCoreApplication::processEvents();
    QCOMPARE(layoutProblems(*m_page->harness->dialog()).join(u"\n"_s), QString());
    m_page->press(u"formAccept"_s);
    QVERIFY(NodesFixture::soon([&] { return rules().rowCount() == 15; }));
}

void RuleDialogsTest::menusHaveEveryAction()
{
    auto *page = m_page->harness->find<QWidget>(u"replicationPage"_s);
    m_page->harness->workspace()->replicationActions().makeMenu({u"rule-media-originals"_s}, page)->popup({});
    auto *menu = page->findChild<QMenu *>(u"ruleMenu"_s);
    QVERIFY(menu);
    QStringList enabled;
    for (const QAction *action : menu->actions()) {
        if (action->isEnabled() && !action->isSeparator())
            enabled << action->text();
    }
    delete menu;
    QCOMPARE(enabled, (QStringList{u"Sync now"_s, u"Pause"_s, u"Verify…"_s, u"Edit…"_s, u"Copy rule ID"_s,
                                   u"Remove…"_s}));
}

}  // namespace maxiofs::test

using maxiofs::test::RuleDialogsTest;
MAXIOFS_TEST(RuleDialogsTest)
#include "rule_dialogs_test.moc"
