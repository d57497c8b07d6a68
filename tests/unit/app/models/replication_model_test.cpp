// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/item_roles.h"
#include "models/bulk_results_model.h"
#include "models/lag_history.h"
#include "models/queue_model.h"
#include "models/replication_model.h"
#include "models/replication_words.h"
#include "models/rule_filter.h"

#include "support/test_runner.h"

#include <QAbstractItemModelTester>
#include <QItemSelectionModel>
#include <QLocale>
#include <QRandomGenerator>
#include <QSignalSpy>

using namespace Qt::StringLiterals;
using namespace maxiofs;
using namespace maxiofs::models;
using protocol::ReplicationRule;
using protocol::ReplicationStatus;
using Shape = maxiofs::theme::Status;

namespace replication_model_test {

constexpr std::int64_t kNow = 1'700'000'000'000;

class HandClock final : public Clock {
public:
    [[nodiscard]] std::int64_t unixMs() const override { return now; }
    std::int64_t now = kNow;
};

ReplicationRule rule(const std::string &id, ReplicationStatus status = ReplicationStatus::InSync)
{
    ReplicationRule made;
    made.id = id;
    made.sourceBucket = "bucket-" + id;
    made.destinationBucket = made.sourceBucket;
    made.sourceNodeId = "a";
    made.destinationNodeId = "b";
    made.state.status = status;
    return made;
}

QString cell(const QAbstractItemModel &model, int row, int column)
{
    return model.index(row, column).data().toString();
}

protocol::ReplicationQueueEntry entry(const std::string &id, protocol::ReplicationQueueStatus status)
{
    protocol::ReplicationQueueEntry made;
    made.id = id;
    made.objectKey = "key-" + id;
    made.status = status;
    made.size = 200;
    return made;
}

}  // namespace replication_model_test

namespace rm = replication_model_test;

class ReplicationModelTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates)); }

    void snapshotsKeepTheSelection();
    void sameSnapshotChangesNothing();
    void anyDifferenceOfARuleIsTold();
    void randomSnapshotsAgreeWithAPlainModel();
    void eachStateHasAShapeAndAWord_data();
    void eachStateHasAShapeAndAWord();
    void modesAreWords_data();
    void modesAreWords();
    void lagIsCountedInObjectsBytesAndTime();
    void whatTheOwnerDidNotSayIsUnknown();
    void nodesAreNamedOnceTheyAreKnown();
    void aCopyNamesItsBucket();
    void theReasonIsTheErrorElseWhoPausedIt();
    void paceSaysWhetherTheLagGrows();
    void kindsOfRulesAreFiltered();
    void theQueueTellsProgressAndTheNextTry();
    void bulkResultsHaveARowForEachBucket();
    void lagIsKeptForAnHour();
};

void ReplicationModelTest::snapshotsKeepTheSelection()
{
    ReplicationModel model;
    QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    model.setRules({rm::rule("1"), rm::rule("2"), rm::rule("3")});
    QItemSelectionModel selection(&model);
    selection.select(model.index(1, 0), QItemSelectionModel::Select | QItemSelectionModel::Rows);

    model.setRules({rm::rule("0"), rm::rule("2", ReplicationStatus::Behind)});

    const auto rows = selection.selectedRows();
    QCOMPARE(rows.size(), 1);
    QCOMPARE(rows.first().data(core::IdRole).toString(), u"2"_s);
    QCOMPARE(rm::cell(model, rows.first().row(), ReplicationModel::Status), u"Behind"_s);
}

void ReplicationModelTest::sameSnapshotChangesNothing()
{
    ReplicationModel model;
    model.setRules({rm::rule("1"), rm::rule("2")});
    const QSignalSpy changed(&model, &QAbstractItemModel::dataChanged);

    model.setRules({rm::rule("1"), rm::rule("2")});

    QCOMPARE(changed.size(), 0);
}

void ReplicationModelTest::anyDifferenceOfARuleIsTold()
{
    const QList<std::function<void(ReplicationRule &)>> differences{
        [](ReplicationRule &one) { one.options.prefix = "a/"; },
        [](ReplicationRule &one) { one.options.enabled = false; },
        [](ReplicationRule &one) { one.options.bandwidthLimitBytesPerSecond = 7; },
        [](ReplicationRule &one) { one.sourceNodeId = "c"; },
        [](ReplicationRule &one) { one.destinationNodeId = "c"; },
        [](ReplicationRule &one) { one.full = false; },
        [](ReplicationRule &one) { one.pausedBy = "jonas"; },
        [](ReplicationRule &one) { one.state.lagBytes = 1; },
        [](ReplicationRule &one) { one.state.lastError = "no"; },
        [](ReplicationRule &one) { one.state.objectsInPerSecond = 0.5; }};
    for (qsizetype i = 0; i < differences.size(); ++i) {
        ReplicationModel model;
        model.setRules({rm::rule("1"), rm::rule("2")});
        const QSignalSpy changed(&model, &QAbstractItemModel::dataChanged);
        ReplicationRule other = rm::rule("2");
        differences[i](other);

        model.setRules({rm::rule("1"), other});

        QVERIFY2(changed.size() == 1, qPrintable(u"difference %1"_s.arg(i)));
        QCOMPARE(changed.first().first().toModelIndex().row(), 1);
    }
}

void ReplicationModelTest::randomSnapshotsAgreeWithAPlainModel()
{
    const quint32 seed = QRandomGenerator::global()->generate();
    qInfo("seed %u", seed);
    QRandomGenerator random(seed);
    ReplicationModel model;
    QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    RuleFilter filter;
    filter.setSourceModel(&model);
    filter.setKind(RuleFilter::Kind::Problems);
    QAbstractItemModelTester filterTester(&filter, QAbstractItemModelTester::FailureReportingMode::QtTest);
    for (int round = 0; round < 200; ++round) {
        std::vector<ReplicationRule> rules;
        int problems = 0;
        for (int id = 0; id < 12; ++id) {
            if (random.bounded(2) == 0)
                continue;
            const bool failing = random.bounded(3) == 0;
            problems += failing ? 1 : 0;
            rules.push_back(rm::rule(std::to_string(id),
                                     failing ? ReplicationStatus::Failing : ReplicationStatus::InSync));
        }

        model.setRules(rules);

        QCOMPARE(model.rowCount(), static_cast<int>(rules.size()));
        QCOMPARE(filter.rowCount(), problems);
        for (const ReplicationRule &one : rules) {
            const RuleRow *row = model.find(QString::fromStdString(one.id));
            QVERIFY(row);
            QVERIFY(row->rule.state.status == one.state.status);
        }
    }
}

void ReplicationModelTest::eachStateHasAShapeAndAWord_data()
{
    QTest::addColumn<int>("status");
    QTest::addColumn<QString>("word");
    QTest::addColumn<int>("shape");

    const auto row = [](ReplicationStatus status, const QString &word, Shape shape) {
        QTest::newRow(qPrintable(word)) << static_cast<int>(status) << word << static_cast<int>(shape);
    };
    row(ReplicationStatus::InSync, u"In sync"_s, Shape::Ok);
    row(ReplicationStatus::CatchingUp, u"Catching up"_s, Shape::Running);
    row(ReplicationStatus::Waiting, u"Waiting"_s, Shape::Pending);
    row(ReplicationStatus::Behind, u"Behind"_s, Shape::Warn);
    row(ReplicationStatus::Degraded, u"Degraded"_s, Shape::Warn);
    row(ReplicationStatus::Failing, u"Failing"_s, Shape::Bad);
    row(ReplicationStatus::Paused, u"Paused"_s, Shape::Unknown);
    row(ReplicationStatus::Unknown, u"Unknown"_s, Shape::Unknown);
}

void ReplicationModelTest::eachStateHasAShapeAndAWord()
{
    QFETCH(int, status);
    ReplicationModel model;

    model.setRules({rm::rule("1", static_cast<ReplicationStatus>(status))});

    const QModelIndex index = model.index(0, ReplicationModel::Status);
    QTEST(index.data().toString(), "word");
    QTEST(index.data(core::StatusRole).toInt(), "shape");
}

void ReplicationModelTest::modesAreWords_data()
{
    QTest::addColumn<qint64>("seconds");
    QTest::addColumn<QString>("words");

    QTest::newRow("0") << qint64(0) << u"Synchronous"_s;
    QTest::newRow("10") << qint64(10) << u"Continuous, 10 s"_s;
    QTest::newRow("60") << qint64(60) << u"Continuous, 1 min"_s;
    QTest::newRow("61") << qint64(61) << u"Every 1 min 1 s"_s;
    QTest::newRow("300") << qint64(300) << u"Every 5 min"_s;
    QTest::newRow("3600") << qint64(3600) << u"Every 1 h"_s;
}

void ReplicationModelTest::modesAreWords()
{
    QFETCH(qint64, seconds);
    QTEST(ReplicationWords::modeOf(seconds), "words");
}

void ReplicationModelTest::lagIsCountedInObjectsBytesAndTime()
{
    rm::HandClock clock;
    ReplicationModel model(clock);
    ReplicationRule late = rm::rule("1", ReplicationStatus::Behind);
    late.state.lagObjects = 1'284;
    late.state.lagBytes = 3LL << 30;
    late.state.lagSeconds = 250;
    late.state.lastSyncAt = protocol::Time{rm::kNow - 8'000};

    model.setRules({late, rm::rule("2")});

    QCOMPARE(rm::cell(model, 0, ReplicationModel::Objects), u"1,284"_s);
    QCOMPARE(rm::cell(model, 0, ReplicationModel::Bytes), u"3.00 GiB"_s);
    QCOMPARE(rm::cell(model, 0, ReplicationModel::Lag), u"4 min 10 s"_s);
    QCOMPARE(rm::cell(model, 0, ReplicationModel::LastSync), u"8 s ago"_s);
    QCOMPARE(rm::cell(model, 1, ReplicationModel::Lag), u"0"_s);
    QCOMPARE(rm::cell(model, 1, ReplicationModel::LastSync), u"–"_s);
    QCOMPARE(ReplicationWords::chipOf(late), u"Behind by 4 min 10 s"_s);
    clock.now += 60'000;
    QCOMPARE(rm::cell(model, 0, ReplicationModel::LastSync), u"1 min ago"_s);
}

void ReplicationModelTest::whatTheOwnerDidNotSayIsUnknown()
{
    ReplicationModel model;

    model.setRules({rm::rule("1", ReplicationStatus::Unknown)});

    for (const int column : {ReplicationModel::Objects, ReplicationModel::Bytes, ReplicationModel::Lag})
        QCOMPARE(rm::cell(model, 0, column), u"–"_s);
    QVERIFY(model.worst() == Shape::None);
}

void ReplicationModelTest::nodesAreNamedOnceTheyAreKnown()
{
    ReplicationModel model;
    model.setRules({rm::rule("1")});
    QCOMPARE(rm::cell(model, 0, ReplicationModel::Route), u"a → b"_s);

    model.setNodeNames({{u"a"_s, u"fra-1"_s}, {u"b"_s, u"ams-2"_s}});

    QCOMPARE(rm::cell(model, 0, ReplicationModel::Route), u"fra-1 → ams-2"_s);
    ReplicationRule homeless = rm::rule("1");
    homeless.sourceNodeId.clear();
    model.setRules({homeless});
    QCOMPARE(rm::cell(model, 0, ReplicationModel::Route), u"– → ams-2"_s);
}

void ReplicationModelTest::aCopyNamesItsBucket()
{
    ReplicationModel model;
    ReplicationRule copy = rm::rule("1");
    copy.destinationBucket = "archive";
    copy.replica = false;

    model.setRules({copy});

    QCOMPARE(model.index(0, ReplicationModel::Route).data(core::DestinationRole).toString(), u"b/archive"_s);
}

void ReplicationModelTest::theReasonIsTheErrorElseWhoPausedIt()
{
    ReplicationRule one = rm::rule("1", ReplicationStatus::Failing);
    one.state.reason = "waw-1 cannot be reached.";
    QCOMPARE(ReplicationWords::reasonOf(one, rm::kNow), u"waw-1 cannot be reached."_s);
    one.state.lastError = "no answer on port 8080 within 5 s";
    QCOMPARE(ReplicationWords::reasonOf(one, rm::kNow), u"no answer on port 8080 within 5 s"_s);
    one.state.status = ReplicationStatus::Paused;
    one.pausedBy = "jonas";
    one.pausedAt = protocol::Time{rm::kNow};
    QVERIFY(ReplicationWords::reasonOf(one, rm::kNow).startsWith(u"Paused by jonas"_s));
}

void ReplicationModelTest::paceSaysWhetherTheLagGrows()
{
    protocol::ReplicationState state;
    QVERIFY(ReplicationWords::pace(state).isEmpty());
    state.objectsInPerSecond = 3.3;
    state.objectsOutPerSecond = 2.6;
    state.lagObjects = 1'284;
    QCOMPARE(ReplicationWords::pace(state), u"3.3 objects/s in, 2.6 out: the lag grows"_s);
    state.objectsOutPerSecond = 13.3;
    state.lagObjects = 100;
    QCOMPARE(ReplicationWords::pace(state), u"3.3 objects/s in, 13 out: caught up in 10 s"_s);
}

void ReplicationModelTest::kindsOfRulesAreFiltered()
{
    ReplicationModel model;
    RuleFilter filter;
    filter.setSourceModel(&model);
    model.setRules({rm::rule("1"), rm::rule("2", ReplicationStatus::Failing),
                    rm::rule("3", ReplicationStatus::Paused), rm::rule("4", ReplicationStatus::Unknown),
                    rm::rule("5", ReplicationStatus::Degraded)});

    QCOMPARE(filter.rowCount(), 5);
    filter.setKind(RuleFilter::Kind::Problems);
    QCOMPARE(filter.rowCount(), 2);
    filter.setKind(RuleFilter::Kind::Paused);
    QCOMPARE(filter.rowCount(), 1);
    QVERIFY(model.worst() == Shape::Bad);
    // A rule that recovers leaves the problems.
    filter.setKind(RuleFilter::Kind::Problems);
    model.setRules({rm::rule("1"), rm::rule("2"), rm::rule("5", ReplicationStatus::Degraded)});
    QCOMPARE(filter.rowCount(), 1);
    QVERIFY(model.worst() == Shape::Warn);
}

void ReplicationModelTest::theQueueTellsProgressAndTheNextTry()
{
    rm::HandClock clock;
    QueueModel model(clock);
    QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    auto sending = rm::entry("1", protocol::ReplicationQueueStatus::Sending);
    sending.bytesSent = 128;
    auto failed = rm::entry("2", protocol::ReplicationQueueStatus::Failed);
    failed.nextAttemptAt = protocol::Time{rm::kNow + 40'000};
    failed.lastError = "503";
    auto removed = rm::entry("3", protocol::ReplicationQueueStatus::Pending);
    removed.operation = protocol::ReplicationOperation::Delete;

    model.setEntries({sending, failed, removed});

    QCOMPARE(rm::cell(model, 0, QueueModel::State), u"Sending 64 %"_s);
    QCOMPARE(rm::cell(model, 1, QueueModel::State), u"Retry in 40 s"_s);
    QCOMPARE(rm::cell(model, 1, QueueModel::Error), u"503"_s);
    QCOMPARE(rm::cell(model, 2, QueueModel::State), u"Waiting"_s);
    QCOMPARE(rm::cell(model, 2, QueueModel::Change), u"DELETE"_s);
    QCOMPARE(rm::cell(model, 2, QueueModel::Size), u"–"_s);
    clock.now += 41'000;
    QCOMPARE(rm::cell(model, 1, QueueModel::State), u"Retrying"_s);
    model.setEntries({failed});
    QCOMPARE(model.rowCount(), 1);
}

void ReplicationModelTest::bulkResultsHaveARowForEachBucket()
{
    BulkResultsModel model;
    QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    protocol::ReplicationBulkResult result;
    result.created = {"r1", "r2"};
    result.skipped = {{"logs", "has a rule already"}};

    model.setResult(result, {u"logs"_s, u"media"_s, u"web"_s});

    QCOMPARE(model.rowCount(), 3);
    QCOMPARE(rm::cell(model, 0, BulkResultsModel::Bucket), u"logs"_s);
    QCOMPARE(rm::cell(model, 0, BulkResultsModel::Result), u"Skipped"_s);
    QCOMPARE(rm::cell(model, 0, BulkResultsModel::Reason), u"has a rule already"_s);
    QCOMPARE(rm::cell(model, 1, BulkResultsModel::Bucket), u"media"_s);
    QCOMPARE(rm::cell(model, 1, BulkResultsModel::Result), u"Created"_s);
    // A bucket came meanwhile: which rule is whose is not known here.
    model.setResult(result, {u"media"_s});
    QCOMPARE(model.rowCount(), 3);
    QCOMPARE(rm::cell(model, 1, BulkResultsModel::Bucket), u"rule r1"_s);
}

void ReplicationModelTest::lagIsKeptForAnHour()
{
    LagHistory history;
    ReplicationRule late = rm::rule("1", ReplicationStatus::Behind);
    for (int minute = 0; minute <= 90; ++minute) {
        late.state.lagObjects = minute;
        history.add({late}, rm::kNow + minute * 60'000LL);
    }

    QCOMPARE(history.of(u"1"_s).size(), 61);
    QCOMPARE(history.of(u"1"_s).first().objects, 30);
    QCOMPARE(history.of(u"1"_s).last().objects, 90);
    // The clock is set back: nothing is of later than now.
    history.add({late}, rm::kNow + 80 * 60'000LL);
    QCOMPARE(history.of(u"1"_s).last().atMs, rm::kNow + 80 * 60'000LL);
    QCOMPARE(history.of(u"1"_s).size(), 51);
    history.add({}, rm::kNow + 91 * 60'000LL);
    QVERIFY(history.of(u"1"_s).isEmpty());
}

MAXIOFS_TEST(ReplicationModelTest)
#include "replication_model_test.moc"
