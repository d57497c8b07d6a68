// SPDX-License-Identifier: GPL-3.0-or-later
#include "text/dates.h"

#include "support/test_runner.h"

#include <random>

namespace maxiofs {

class DatesTest : public QObject {
    Q_OBJECT

    static constexpr std::int64_t kMay2013 = 1'369'353'600'000;  // 2013-05-24T00:00:00Z
    static constexpr std::int64_t kNov1994 = 784'111'777'000;    // 1994-11-06T08:49:37Z
    static constexpr std::int64_t kNow = 1'760'000'000'000;      // in 2025

private Q_SLOTS:
    void everyFormIsWrittenAsItsStandardSays()
    {
        QCOMPARE(text::formatAmzDate(kMay2013), std::string("20130524T000000Z"));
        QCOMPARE(text::formatDay(kMay2013), std::string("20130524"));
        QCOMPARE(text::formatIso(1'255'369'830'045), std::string("2009-10-12T17:50:30.045Z"));
        QCOMPARE(text::formatHttpDate(kNov1994), std::string("Sun, 06 Nov 1994 08:49:37 GMT"));
        QCOMPARE(text::formatIso(0), std::string("1970-01-01T00:00:00.000Z"));
        QCOMPARE(text::formatIso(-1), std::string("1969-12-31T23:59:59.999Z"));
        QCOMPARE(text::formatIso(INT64_MAX), std::string("9999-12-31T23:59:59.999Z"));
        QCOMPARE(text::formatIso(INT64_MIN), std::string("0000-01-01T00:00:00.000Z"));
    }

    void allThreeHttpFormsAreRead()
    {
        QVERIFY(text::parseHttpDate("Sun, 06 Nov 1994 08:49:37 GMT", kNow) == kNov1994);
        QVERIFY(text::parseHttpDate("Sunday, 06-Nov-94 08:49:37 GMT", kNow) == kNov1994);
        QVERIFY(text::parseHttpDate("Sun Nov  6 08:49:37 1994", kNow) == kNov1994);
        QVERIFY(text::parseHttpDate("Wed Nov 16 08:49:37 1994", kNow) == kNov1994 + 10 * 86'400'000LL);
    }

    void aTwoDigitYearFarAheadLiesInThePast()
    {
        QVERIFY(text::parseHttpDate("Friday, 06-Nov-70 08:49:37 GMT", kNow) ==
                text::parseHttpDate("Thu, 06 Nov 2070 08:49:37 GMT", kNow));
        QVERIFY(text::parseHttpDate("Friday, 06-Nov-76 08:49:37 GMT", kNow) ==
                text::parseHttpDate("Sat, 06 Nov 1976 08:49:37 GMT", kNow));
    }

    void isoDatesMayHaveFractionsAndOffsets()
    {
        const auto wanted = text::parseIso("2013-05-24T00:00:00Z");
        QVERIFY(wanted == kMay2013);
        QVERIFY(text::parseIso("2013-05-24T00:00:00.000Z") == kMay2013);
        QVERIFY(text::parseIso("2013-05-24T00:00:00.5Z") == kMay2013 + 500);
        QVERIFY(text::parseIso("2013-05-24T00:00:00.123456789Z") == kMay2013 + 123);
        QVERIFY(text::parseIso("2013-05-24T02:30:00+02:30") == kMay2013);
        QVERIFY(text::parseIso("2013-05-23T19:00:00-05:00") == kMay2013);
    }

    void wrongDatesAreRefused()
    {
        for (const char *wrong :
             {"", "20130524T000000", "20130524T000000Z ", "20130532T000000Z", "20130229T000000Z",
              "20130524T240000Z", "20130524t000000Z", "2013O524T000000Z", "20130524T006000Z"})
            QVERIFY2(!text::parseAmzDate(wrong), wrong);
        for (const char *wrong : {"", "2013-05-24", "2013-05-24T00:00:00", "2013-05-24T00:00:00.Z",
                                  "2013-05-24T00:00:00.1234567890Z", "2013-13-24T00:00:00Z",
                                  "2013-05-24T00:00:00+24:00", "2013-05-24 00:00:00Z"})
            QVERIFY2(!text::parseIso(wrong), wrong);
        for (const char *wrong : {"", "Sun, 06 Nov 1994 08:49:37", "Sun, 6 Nov 1994 08:49:37 GMT",
                                  "sun, 06 nov 1994 08:49:37 GMT", "Sun, 31 Feb 1994 08:49:37 GMT",
                                  "Sun, 06 Nov 1994 08:49:37 +0000", "Sun Nov 6 08:49:37 1994", "Sun, 06"})
            QVERIFY2(!text::parseHttpDate(wrong, kNow), wrong);
    }

    void whatIsWrittenIsRead()
    {
        const auto seed = std::random_device()();
        qInfo("seed %u", seed);
        std::mt19937_64 random(seed);
        for (int round = 0; round < 500; ++round) {
            const auto ms = static_cast<std::int64_t>(random() % 253'402'300'800'000ULL);
            const std::int64_t second = ms - ms % 1000;
            QVERIFY(text::parseIso(text::formatIso(ms)) == ms);
            QVERIFY(text::parseAmzDate(text::formatAmzDate(ms)) == second);
            QVERIFY(text::parseHttpDate(text::formatHttpDate(ms), kNow) == second);
        }
    }
};

MAXIOFS_TEST(DatesTest)

}  // namespace maxiofs

#include "dates_test.moc"
