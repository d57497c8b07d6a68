// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/item_roles.h"
#include "models/attention_model.h"
#include "models/buckets_model.h"
#include "models/nodes_model.h"

#include "support/test_runner.h"

#include <QAbstractItemModelTester>
#include <QItemSelectionModel>
#include <QLocale>
#include <QRandomGenerator>
#include <QSignalSpy>

#include <limits>

using namespace Qt::StringLiterals;
using namespace maxiofs;
using namespace maxiofs::models;
using protocol::HealthStatus;
using Shape = maxiofs::theme::Status;

namespace nodes_model_test {

class HandClock final : public Clock {
public:
    [[nodiscard]] std::int64_t unixMs() const override { return now; }
    std::int64_t now = 1'700'000'000'000;
};

protocol::Node node(const std::string &id, HealthStatus health = HealthStatus::Healthy)
{
    protocol::Node made;
    made.id = id;
    made.name = "node-" + id;
    made.endpoint = "https://" + id + ":8080";
    made.healthStatus = health;
    made.latencyMs = 4;
    made.capacityTotal = 1000;
    made.capacityUsed = 400;
    return made;
}

QStringList ids(const QAbstractItemModel &model)
{
    QStringList all;
    for (int row = 0; row < model.rowCount(); ++row)
        all << model.index(row, 0).data(core::IdRole).toString();
    return all;
}

QString cell(const NodesModel &model, int row, int column)
{
    return model.index(row, column).data().toString();
}

}  // namespace nodes_model_test

using nodes_model_test::cell;
using nodes_model_test::ids;
using nodes_model_test::node;

class NodesModelTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void latencyThatWasNotMeasuredIsUnknown();
    void initTestCase() { QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates)); }

    void snapshotsKeepTheSelection();
    void sameSnapshotChangesNothing();
    void onlyTheRowThatDiffersIsTold();
    void randomSnapshotsAgreeWithAPlainModel();
    void healthShowsAsShapeAndWord();
    void latencyOfALostNodeIsUnknown();
    void unknownCapacityIsNotZero();
    void ageGrowsWithTheClock();
    void staleRowsSaySo();
    void regionVersionAndClockAreColumns();
    void theConnectedNodeIsMarkedWhereThereAreOthers();
    void attentionNamesReasonAndTime();
    void attentionWarnsOfFullNodes();
    void attentionKeepsItsBeginning();
    void bucketsNameTheirOwner();
    void bucketsSortByFigureNotByText();
    void figuresOfAnOwnerThatIsAwayAreUnknown();

private:
    nodes_model_test::HandClock m_clock;
};

void NodesModelTest::snapshotsKeepTheSelection()
{
    NodesModel model(m_clock);
    QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    model.setNodes({node("a"), node("b"), node("c")});
    QItemSelectionModel selection(&model);
    selection.select(model.index(1, 0), QItemSelectionModel::Select | QItemSelectionModel::Rows);

    auto changed = node("b");
    changed.latencyMs = 1840;
    model.setNodes({node("c"), changed, node("d")});

    QCOMPARE(ids(model), (QStringList{u"b"_s, u"c"_s, u"d"_s}));
    QCOMPARE(selection.selectedRows().size(), 1);
    QCOMPARE(selection.selectedRows().first().data(core::IdRole).toString(), u"b"_s);
    QCOMPARE(cell(model, 0, NodesModel::Latency), u"1,840 ms"_s);
}

void NodesModelTest::regionVersionAndClockAreColumns()
{
    NodesModel model(m_clock);
    auto late = node("a");
    late.region = "Paris";
    late.version = "0.2.0";
    late.clockSkewMs = -2'500;
    auto local = node("b");
    local.isLocal = true;
    model.setNodes({late, local});

    QCOMPARE(cell(model, 0, NodesModel::Region), u"Paris"_s);
    QCOMPARE(cell(model, 0, NodesModel::Version), u"0.2.0"_s);
    QCOMPARE(cell(model, 0, NodesModel::Clock), u"−2.5 s"_s);
    QCOMPARE(cell(model, 1, NodesModel::Region), u"–"_s);
    QCOMPARE(cell(model, 1, NodesModel::Clock), u"–"_s);
    QCOMPARE(cell(model, 0, NodesModel::Actions), QString());
}

void NodesModelTest::theConnectedNodeIsMarkedWhereThereAreOthers()
{
    NodesModel model(m_clock);
    auto local = node("a");
    local.isLocal = true;
    const auto mark = [&model](int row) {
        return model.index(row, NodesModel::Name).data(core::IconRole).toString();
    };
    model.setNodes({local});
    QCOMPARE(mark(0), QString());

    model.setNodes({local, node("b")});

    QCOMPARE(mark(0), u"plug"_s);
    QCOMPARE(mark(1), QString());
}

void NodesModelTest::sameSnapshotChangesNothing()
{
    NodesModel model(m_clock);
    model.setNodes({node("a"), node("b")});
    QSignalSpy changes(&model, &QAbstractItemModel::dataChanged);
    QSignalSpy inserts(&model, &QAbstractItemModel::rowsInserted);

    model.setNodes({node("b"), node("a")});

    QCOMPARE(changes.count() + inserts.count(), 0);
}

void NodesModelTest::onlyTheRowThatDiffersIsTold()
{
    NodesModel model(m_clock);
    model.setNodes({node("a"), node("b"), node("c")});
    QSignalSpy changes(&model, &QAbstractItemModel::dataChanged);

    model.setNodes({node("a"), node("b", HealthStatus::Degraded), node("c")});

    QCOMPARE(changes.count(), 1);
    QCOMPARE(changes.first().first().toModelIndex().row(), 1);
}

void NodesModelTest::randomSnapshotsAgreeWithAPlainModel()
{
    const quint32 seed = QRandomGenerator::global()->generate();
    qInfo("seed %u", seed);
    QRandomGenerator random(seed);
    NodesModel model(m_clock);
    QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    QStringList expected;
    for (int round = 0; round < 200; ++round) {
        std::vector<protocol::Node> nodes;
        QStringList fresh;
        for (int i = 0; i < 12; ++i) {
            if (random.bounded(2) == 0)
                continue;
            nodes.push_back(node(std::to_string(i)));
            nodes.back().latencyMs = random.bounded(3);
            fresh << QString::number(i);
        }
        model.setNodes(nodes);
        expected.removeIf([&fresh](const QString &id) { return !fresh.contains(id); });
        for (const QString &id : fresh) {
            if (!expected.contains(id))
                expected << id;
        }
        QCOMPARE(ids(model), expected);
        for (const protocol::Node &one : nodes)
            QCOMPARE(model.find(QString::fromStdString(one.id))->node.latencyMs, one.latencyMs);
    }
}

void NodesModelTest::healthShowsAsShapeAndWord()
{
    NodesModel model(m_clock);
    model.setNodes({node("a"), node("b", HealthStatus::Degraded), node("c", HealthStatus::Unavailable),
                    node("d", HealthStatus::Unknown)});

    const QList<Shape> shapes{Shape::Ok, Shape::Warn, Shape::Bad, Shape::Unknown};
    const QStringList words{u"Healthy"_s, u"Degraded"_s, u"Unavailable"_s, u"Unknown"_s};
    for (int row = 0; row < 4; ++row) {
        const QModelIndex index = model.index(row, NodesModel::Health);
        QCOMPARE(static_cast<Shape>(index.data(core::StatusRole).toInt()), shapes[row]);
        QCOMPARE(index.data().toString(), words[row]);
        QVERIFY(index.data(Qt::AccessibleTextRole).toString().contains(words[row].toLower()));
    }
}

void NodesModelTest::latencyOfALostNodeIsUnknown()
{
    NodesModel model(m_clock);
    model.setNodes({node("a", HealthStatus::Unavailable)});

    QCOMPARE(cell(model, 0, NodesModel::Latency), u"–"_s);
}

void NodesModelTest::unknownCapacityIsNotZero()
{
    NodesModel model(m_clock);
    auto fresh = node("a");
    fresh.capacityTotal = 0;
    fresh.capacityUsed = 0;
    model.setNodes({fresh});

    QCOMPARE(cell(model, 0, NodesModel::Capacity), u"–"_s);
    QVERIFY(model.index(0, NodesModel::Capacity).data(core::FractionRole).toDouble() < 0);
}

void NodesModelTest::ageGrowsWithTheClock()
{
    NodesModel model(m_clock);
    auto seen = node("a");
    seen.lastSeen = protocol::Time{m_clock.now - 8'000};
    model.setNodes({seen});
    QCOMPARE(cell(model, 0, NodesModel::LastSeen), u"8 s ago"_s);
    QSignalSpy changes(&model, &QAbstractItemModel::dataChanged);

    m_clock.now += 120'000;
    model.refreshAges();

    QCOMPARE(changes.count(), 1);
    QCOMPARE(cell(model, 0, NodesModel::LastSeen), u"2 min ago"_s);
}

void NodesModelTest::staleRowsSaySo()
{
    NodesModel model(m_clock);
    model.setNodes({node("a")});

    model.setStale(true);
    QVERIFY(model.index(0, 0).data(core::StaleRole).toBool());

    model.setStale(false);
    QVERIFY(!model.index(0, 0).data(core::StaleRole).toBool());
}

void NodesModelTest::attentionNamesReasonAndTime()
{
    AttentionModel model(m_clock);
    QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    auto lost = node("a", HealthStatus::Unavailable);
    lost.reason = "Port 8080 does not answer within 5 s.";

    model.setNodes({node("b", HealthStatus::Degraded), lost, node("c")});
    m_clock.now += 27 * 60'000;

    QCOMPARE(model.rowCount(), 2);
    QCOMPARE(model.worst(), Shape::Bad);
    const QModelIndex first = model.index(0, 0);
    QCOMPARE(first.data().toString(), u"node-a is unavailable"_s);
    QCOMPARE(first.data(core::SecondaryRole).toString(), u"Port 8080 does not answer within 5 s."_s);
    QCOMPARE(first.data(core::TimeRole).toString(), u"for 27 min"_s);

    model.setNodes({node("a"), node("b"), node("c")});
    QCOMPARE(model.rowCount(), 0);
    QCOMPARE(model.worst(), Shape::Ok);
}

void NodesModelTest::attentionWarnsOfFullNodes()
{
    AttentionModel model(m_clock);
    auto filling = node("a");
    filling.capacityUsed = 860;
    auto full = node("b");
    full.capacityUsed = 990;

    model.setNodes({filling, full, node("c")});

    QCOMPARE(model.rowCount(), 2);
    QCOMPARE(model.index(0, 0).data().toString(), u"node-b is nearly full"_s);
    QCOMPARE(model.index(1, 0).data().toString(), u"node-a is filling up"_s);
}

void NodesModelTest::attentionKeepsItsBeginning()
{
    AttentionModel model(m_clock);
    model.setNodes({node("a", HealthStatus::Degraded)});
    m_clock.now += 60'000;
    model.setNodes({node("a", HealthStatus::Degraded)});
    QCOMPARE(model.index(0, 0).data(core::TimeRole).toString(), u"for 1 min"_s);

    model.setNodes({node("a", HealthStatus::Unavailable)});

    QCOMPARE(model.index(0, 0).data(core::TimeRole).toString(), u"for 0 s"_s);
}

static protocol::ClusterBucket bucket(const std::string &name, std::int64_t size)
{
    protocol::ClusterBucket made;
    made.name = name;
    made.primaryNode = "n1";
    made.objectCount = 18'204;
    made.totalSize = size;
    return made;
}

void NodesModelTest::bucketsNameTheirOwner()
{
    BucketsModel model;
    QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    model.setBuckets({bucket("backups", 1024)});
    QCOMPARE(model.index(0, BucketsModel::Node).data().toString(), u"n1"_s);

    model.setNodeNames({{u"n1"_s, u"fra-1"_s}});

    QCOMPARE(model.index(0, BucketsModel::Node).data().toString(), u"fra-1"_s);
    QCOMPARE(model.index(0, BucketsModel::Objects).data().toString(), u"18,204"_s);
    QCOMPARE(model.index(0, BucketsModel::Size).data().toString(), u"1.00 KiB"_s);
    QCOMPARE(model.index(0, BucketsModel::Copies).data().toString(), u"Local only"_s);
}

void NodesModelTest::bucketsSortByFigureNotByText()
{
    BucketsModel model;
    model.setBuckets({bucket("a", 900), bucket("b", 10'000)});

    const auto key = [&model](int row) { return model.index(row, BucketsModel::Size).data(core::SortRole); };

    QVERIFY(key(0).toLongLong() < key(1).toLongLong());
    QVERIFY(model.index(0, BucketsModel::Size).data().toString() >
            model.index(1, BucketsModel::Size).data().toString());
}

void NodesModelTest::latencyThatWasNotMeasuredIsUnknown()
{
    NodesModel model;
    protocol::Node idle = node("a");
    idle.latencyMs = 0;
    model.setNodes({idle});
    QCOMPARE(cell(model, 0, NodesModel::Latency), u"–"_s);

    model.setLastHour(u"a"_s, {4.0, 0.7});
    QCOMPARE(cell(model, 0, NodesModel::Latency), u"0.7 ms"_s);

    model.setLastHour(u"a"_s, {0.7, std::numeric_limits<double>::quiet_NaN()});
    QCOMPARE(cell(model, 0, NodesModel::Latency), u"–"_s);
}

void NodesModelTest::figuresOfAnOwnerThatIsAwayAreUnknown()
{
    BucketsModel model;
    model.setNodeNames({{u"n1"_s, u"fra-1"_s}});
    protocol::ClusterBucket bucket;
    bucket.name = "photos";
    bucket.primaryNode = "n1";
    bucket.counted = false;

    model.setBuckets({bucket});

    QCOMPARE(model.index(0, BucketsModel::Objects).data().toString(), u"–"_s);
    QCOMPARE(model.index(0, BucketsModel::Size).data().toString(), u"–"_s);
    QVERIFY(model.index(0, BucketsModel::Size).data(Qt::ToolTipRole).toString().contains(u"fra-1"_s));
}

MAXIOFS_TEST(NodesModelTest)
#include "nodes_model_test.moc"
