// SPDX-License-Identifier: GPL-3.0-or-later
#include "history/latency_history.h"

#include "support/test_runner.h"

#include <QFile>
#include <QRandomGenerator>
#include <QSqlQuery>
#include <QTemporaryDir>

#include <algorithm>
#include <limits>
#include <map>
#include <vector>

using namespace Qt::StringLiterals;
using namespace maxiofs::history;

class LatencyHistoryTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void samplesSurviveARestart();
    void rangeIncludesItsStartAndNotItsEnd();
    void sameStretchIsReplaced();
    void nodesAndClustersAreApart();
    void rollUpMakesCoarserSamples();
    void rollUpLeavesTheRunningStretchAlone();
    void rollUpKeepsWhatTheNodeSaid();
    void rollUpAgreesWithAPlainModel();
    void oldSamplesAreTrimmed();
    void damagedFileIsPutAside();
    void laterFormatIsRefused();

private:
    [[nodiscard]] QString path() const
    {
        return m_folder.filePath(QString::fromLatin1(QTest::currentTestFunction()));
    }
    static QList<Sample> all(const LatencyHistory &history, Resolution resolution,
                             const QString &node = u"n1"_s)
    {
        const auto samples =
            history.read(u"c"_s, node, resolution, 0, std::numeric_limits<std::int64_t>::max());
        return samples ? *samples : QList<Sample>();
    }

    QTemporaryDir m_folder;
};

static constexpr std::int64_t kHour = 3'600'000;
static constexpr std::int64_t kNow = 1'700'000'000'000 / kHour * kHour;  // at a full hour

void LatencyHistoryTest::samplesSurviveARestart()
{
    const QList<Sample> samples{{kNow, 4, 3, 9}, {kNow + 1000, 5, 5, 5}};
    {
        LatencyHistory history;
        QVERIFY(history.open(path()).has_value());
        QVERIFY(history.add(u"c"_s, u"n1"_s, Resolution::Second, samples).has_value());
    }

    LatencyHistory history;
    QVERIFY(history.open(path()).has_value());

    QCOMPARE(all(history, Resolution::Second), samples);
    QCOMPARE(*history.newest(u"c"_s, u"n1"_s, Resolution::Second), kNow + 1000);
    QCOMPARE(*history.newest(u"c"_s, u"n9"_s, Resolution::Second), 0);
}

void LatencyHistoryTest::rangeIncludesItsStartAndNotItsEnd()
{
    LatencyHistory history;
    QVERIFY(history.open(path()).has_value());
    QVERIFY(
        history.add(u"c"_s, u"n1"_s, Resolution::Second, {{1000, 1, 1, 1}, {2000, 2, 2, 2}, {3000, 3, 3, 3}})
            .has_value());

    const auto samples = history.read(u"c"_s, u"n1"_s, Resolution::Second, 1000, 3000);

    QCOMPARE(samples->size(), 2);
    QCOMPARE(samples->first().atMs, 1000);
}

void LatencyHistoryTest::sameStretchIsReplaced()
{
    LatencyHistory history;
    QVERIFY(history.open(path()).has_value());
    QVERIFY(history.add(u"c"_s, u"n1"_s, Resolution::Second, {{1000, 1, 1, 1}}).has_value());

    QVERIFY(history.add(u"c"_s, u"n1"_s, Resolution::Second, {{1000, 7, 6, 8}}).has_value());

    QCOMPARE(all(history, Resolution::Second), (QList<Sample>{{1000, 7, 6, 8}}));
}

void LatencyHistoryTest::nodesAndClustersAreApart()
{
    LatencyHistory history;
    QVERIFY(history.open(path()).has_value());
    QVERIFY(history.add(u"c"_s, u"n1"_s, Resolution::Second, {{1000, 1, 1, 1}}).has_value());
    QVERIFY(history.add(u"c"_s, u"n2"_s, Resolution::Second, {{1000, 2, 2, 2}}).has_value());
    QVERIFY(history.add(u"d"_s, u"n1"_s, Resolution::Second, {{1000, 3, 3, 3}}).has_value());

    QCOMPARE(all(history, Resolution::Second, u"n1"_s), (QList<Sample>{{1000, 1, 1, 1}}));
    QCOMPARE(all(history, Resolution::Second, u"n2"_s), (QList<Sample>{{1000, 2, 2, 2}}));
}

void LatencyHistoryTest::rollUpMakesCoarserSamples()
{
    LatencyHistory history;
    QVERIFY(history.open(path()).has_value());
    QList<Sample> seconds;
    for (int i = 0; i < 60; ++i)
        seconds.append({kNow + i * 1000, double(i), double(i) - 0.5, double(i) + 0.5});
    QVERIFY(history.add(u"c"_s, u"n1"_s, Resolution::Second, seconds).has_value());

    QVERIFY(history.rollUp(kNow + 60'000).has_value());

    const QList<Sample> tens = all(history, Resolution::TenSeconds);
    QCOMPARE(tens.size(), 6);
    QCOMPARE(tens[1], (Sample{kNow + 10'000, 14, 9.5, 19.5}));
    const QList<Sample> minutes = all(history, Resolution::Minute);
    QCOMPARE(minutes, (QList<Sample>{{kNow, 24, -0.5, 59.5}}));
}

void LatencyHistoryTest::rollUpLeavesTheRunningStretchAlone()
{
    LatencyHistory history;
    QVERIFY(history.open(path()).has_value());
    QVERIFY(history.add(u"c"_s, u"n1"_s, Resolution::Second, {{kNow, 1, 1, 1}}).has_value());

    QVERIFY(history.rollUp(kNow + 9'999).has_value());
    QVERIFY(all(history, Resolution::TenSeconds).isEmpty());

    QVERIFY(history.rollUp(kNow + 10'000).has_value());
    QCOMPARE(all(history, Resolution::TenSeconds).size(), 1);
}

void LatencyHistoryTest::rollUpKeepsWhatTheNodeSaid()
{
    LatencyHistory history;
    QVERIFY(history.open(path()).has_value());
    const QList<Sample> said{{kNow, 100, 90, 110}};
    QVERIFY(history.add(u"c"_s, u"n1"_s, Resolution::TenSeconds, said).has_value());
    QVERIFY(history.add(u"c"_s, u"n1"_s, Resolution::Second, {{kNow, 1, 1, 1}}).has_value());

    QVERIFY(history.rollUp(kNow + 10'000).has_value());

    QCOMPARE(all(history, Resolution::TenSeconds), said);
}

void LatencyHistoryTest::rollUpAgreesWithAPlainModel()
{
    const quint32 seed = QRandomGenerator::global()->generate();
    qInfo("seed %u", seed);
    QRandomGenerator random(seed);
    LatencyHistory history;
    QVERIFY(history.open(path()).has_value());
    std::map<std::int64_t, std::vector<Sample>> model;
    QList<Sample> seconds;
    for (int i = 0; i < 600; ++i) {
        if (random.bounded(3) == 0)
            continue;
        const double median = random.bounded(5000.0);
        const Sample sample{kNow + i * 1000, median, median - random.bounded(10.0),
                            median + random.bounded(10.0)};
        seconds.append(sample);
        model[sample.atMs / 10'000 * 10'000].push_back(sample);
    }
    QVERIFY(history.add(u"c"_s, u"n1"_s, Resolution::Second, seconds).has_value());

    for (int i = 0; i < 600; i += random.bounded(1, 90))
        QVERIFY(history.rollUp(kNow + i * 1000).has_value());
    QVERIFY(history.rollUp(kNow + 600'000).has_value());

    const QList<Sample> tens = all(history, Resolution::TenSeconds);
    QCOMPARE(std::size_t(tens.size()), model.size());
    for (const Sample &sample : tens) {
        auto fine = model.at(sample.atMs);
        std::ranges::sort(fine, {}, &Sample::median);
        QCOMPARE(sample.median, fine[(fine.size() - 1) / 2].median);
        QCOMPARE(sample.lowest, std::ranges::min(fine, {}, &Sample::lowest).lowest);
        QCOMPARE(sample.highest, std::ranges::max(fine, {}, &Sample::highest).highest);
    }
}

void LatencyHistoryTest::oldSamplesAreTrimmed()
{
    LatencyHistory history;
    QVERIFY(history.open(path()).has_value());
    const std::int64_t day = 24 * kHour;
    const auto addAt = [&history](Resolution resolution, std::int64_t at) {
        return history.add(u"c"_s, u"n1"_s, resolution, {{at, 1, 1, 1}}).has_value();
    };
    QVERIFY(addAt(Resolution::Second, kNow - kHour - 1000));
    QVERIFY(addAt(Resolution::Second, kNow - kHour));
    QVERIFY(addAt(Resolution::TenSeconds, kNow - day - 10'000));
    QVERIFY(addAt(Resolution::TenSeconds, kNow - day));
    QVERIFY(addAt(Resolution::Minute, kNow - 30 * day - 60'000));
    QVERIFY(addAt(Resolution::Minute, kNow - 30 * day));

    QVERIFY(history.rollUp(kNow).has_value());

    QCOMPARE(all(history, Resolution::Second).first().atMs, kNow - kHour);
    QCOMPARE(all(history, Resolution::TenSeconds).first().atMs, kNow - day);
    QCOMPARE(all(history, Resolution::Minute).first().atMs, kNow - 30 * day);
    // Nothing is lost before its coarser form is there.
    QVERIFY(std::ranges::any_of(all(history, Resolution::TenSeconds),
                                [](const Sample &s) { return s.atMs == kNow - kHour - 10'000; }));
}

void LatencyHistoryTest::damagedFileIsPutAside()
{
    QFile file(path());
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(QByteArray(4096, 'x'));
    file.close();

    LatencyHistory history;
    QVERIFY(history.open(path()).has_value());

    QVERIFY(history.add(u"c"_s, u"n1"_s, Resolution::Second, {{1000, 1, 1, 1}}).has_value());
    QVERIFY(QFile::exists(path() + u".damaged"_s));
}

void LatencyHistoryTest::laterFormatIsRefused()
{
    {
        QSqlDatabase database = QSqlDatabase::addDatabase(u"QSQLITE"_s, u"later"_s);
        database.setDatabaseName(path());
        QVERIFY(database.open());
        QSqlQuery(database).exec(u"PRAGMA user_version=2"_s);
    }
    QSqlDatabase::removeDatabase(u"later"_s);

    LatencyHistory history;
    const auto opened = history.open(path());

    QVERIFY(!opened.has_value());
    QCOMPARE(opened.error().code, maxiofs::Error::Unsupported);
}

MAXIOFS_TEST(LatencyHistoryTest)
#include "latency_history_test.moc"
