// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/format.h"

#include "support/test_runner.h"

#include <QDateTime>
#include <QLocale>

#include <limits>

using namespace Qt::StringLiterals;
using maxiofs::core::Format;

class FormatTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates)); }

    void bytesHaveThreeDigits_data();
    void bytesHaveThreeDigits();
    void usedAndTotalShareTheUnit();
    void latency_data();
    void latency();
    void clocksAreAheadOrBehind();
    void ages_data();
    void ages();
    void spansHaveTwoUnitsWhereTheyTell_data();
    void spansHaveTwoUnitsWhereTheyTell();
    void timesNameTheDayOnlyWhenNeeded();
};

void FormatTest::bytesHaveThreeDigits_data()
{
    QTest::addColumn<qint64>("count");
    QTest::addColumn<QString>("text");

    QTest::newRow("none") << qint64(0) << u"0 B"_s;
    QTest::newRow("bytes") << qint64(999) << u"999 B"_s;
    QTest::newRow("one KiB") << qint64(1024) << u"1.00 KiB"_s;
    QTest::newRow("never four digits") << qint64(1023) * 1024 << u"1.00 MiB"_s;
    QTest::newRow("tens") << qint64(81.7 * 1024 * 1024 * 1024) << u"81.7 GiB"_s;
    QTest::newRow("hundreds") << qint64(812) * 1024 * 1024 * 1024 << u"812 GiB"_s;
    QTest::newRow("largest") << std::numeric_limits<qint64>::max() << u"8,192 PiB"_s;
}

void FormatTest::bytesHaveThreeDigits()
{
    QFETCH(qint64, count);
    QTEST(Format::bytes(count), "text");
}

void FormatTest::usedAndTotalShareTheUnit()
{
    const qint64 tib = qint64(1) << 40;
    QCOMPARE(Format::bytesOf(tib / 2, 7 * tib), u"0.50 / 7.00 TiB"_s);
}

void FormatTest::latency_data()
{
    QTest::addColumn<double>("value");
    QTest::addColumn<QString>("text");

    QTest::newRow("fast") << 0.31 << u"0.3 ms"_s;
    QTest::newRow("plain") << 4.4 << u"4 ms"_s;
    QTest::newRow("slow") << 1840.0 << u"1,840 ms"_s;
    QTest::newRow("seconds") << 12'400.0 << u"12.4 s"_s;
    QTest::newRow("unknown") << std::numeric_limits<double>::quiet_NaN() << u"–"_s;
}

void FormatTest::latency()
{
    QFETCH(double, value);
    QTEST(Format::milliseconds(value), "text");
}

void FormatTest::clocksAreAheadOrBehind()
{
    QCOMPARE(Format::skew(0), u"0 s"_s);
    QCOMPARE(Format::skew(-40), u"0 s"_s);
    QCOMPARE(Format::skew(320), u"+0.3 s"_s);
    QCOMPARE(Format::skew(-2'500), u"−2.5 s"_s);
    QCOMPARE(Format::skew(125'000), u"+2 min"_s);
    QCOMPARE(Format::skew(-1'200'000), u"−20 min"_s);
}

void FormatTest::ages_data()
{
    QTest::addColumn<qint64>("age");
    QTest::addColumn<QString>("text");

    QTest::newRow("none") << qint64(400) << u"just now"_s;
    QTest::newRow("a clock that runs ahead") << qint64(-5000) << u"just now"_s;
    QTest::newRow("seconds") << qint64(8'300) << u"8 s ago"_s;
    QTest::newRow("minutes") << qint64(34 * 60'000) << u"34 min ago"_s;
    QTest::newRow("hours") << qint64(5 * 3'600'000) << u"5 h ago"_s;
    QTest::newRow("days") << qint64(3 * 86'400'000) << u"3 d ago"_s;
}

void FormatTest::ages()
{
    QFETCH(qint64, age);
    QTEST(Format::ago(age), "text");
}

void FormatTest::spansHaveTwoUnitsWhereTheyTell_data()
{
    QTest::addColumn<qint64>("milliseconds");
    QTest::addColumn<QString>("text");

    QTest::newRow("none") << qint64(0) << u"0 s"_s;
    QTest::newRow("seconds") << qint64(38'400) << u"38 s"_s;
    QTest::newRow("whole minutes") << qint64(300'000) << u"5 min"_s;
    QTest::newRow("minutes") << qint64(250'000) << u"4 min 10 s"_s;
    QTest::newRow("many minutes") << qint64(2'045'000) << u"34 min"_s;
    QTest::newRow("hours") << qint64(7'500'000) << u"2 h 5 min"_s;
    QTest::newRow("days") << qint64(183'600'000) << u"2 d 3 h"_s;
    QTest::newRow("one day") << qint64(86'400'000) << u"1 d"_s;
    QTest::newRow("many days") << qint64(20 * 86'400'000LL + 3'600'000) << u"20 d"_s;
}

void FormatTest::spansHaveTwoUnitsWhereTheyTell()
{
    QFETCH(qint64, milliseconds);
    QTEST(Format::span(milliseconds), "text");
}

void FormatTest::timesNameTheDayOnlyWhenNeeded()
{
    const auto at = [](int year, int month, int day, int hour, int minute) {
        return QDateTime(QDate(year, month, day), QTime(hour, minute)).toMSecsSinceEpoch();
    };
    const auto now = at(2026, 11, 23, 14, 32);

    QCOMPARE(Format::time(at(2026, 11, 23, 9, 5), now), u"09:05"_s);
    QCOMPARE(Format::time(at(2026, 11, 18, 16, 40), now), u"18 Nov 16:40"_s);
    QCOMPARE(Format::time(at(2025, 11, 18, 16, 40), now), u"18 Nov 2025"_s);
}

MAXIOFS_TEST(FormatTest)
#include "format_test.moc"
