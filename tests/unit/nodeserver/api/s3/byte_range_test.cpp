// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/s3/byte_range.h"
#include "parsed_request.h"
#include "support/test_runner.h"

#include <random>

using namespace maxiofs;
using namespace maxiofs::api::s3;

class ByteRangeTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aRangeIsReadInItsThreeForms()
    {
        QVERIFY((parseRange("bytes=0-9") == ByteRange{0, 9, {}}));
        QVERIFY((parseRange("bytes=5-") == ByteRange{5, {}, {}}));
        QVERIFY((parseRange("bytes=-7") == ByteRange{0, {}, 7}));
        QVERIFY((parseRange("Bytes=1-1") == ByteRange{1, 1, {}}));
    }

    void whatIsNoSingleRangeIsIgnored()
    {
        for (const char *text :
             {"", "bytes", "bytes=", "bytes=-", "bytes=a-b", "bytes=9-5", "bytes=1-2,4-5", "items=0-9",
              "bytes=0x1-2", "bytes= 1 - 2", "bytes=1--2", "bytes=99999999999999999999-"})
            QVERIFY2(!parseRange(text), text);
    }

    void aRangeCoversWhatLiesInTheObject()
    {
        QVERIFY((resolve({0, 9, {}}, 100) == Extent{0, 10}));
        QVERIFY((resolve({90, 200, {}}, 100) == Extent{90, 10}));
        QVERIFY((resolve({99, {}, {}}, 100) == Extent{99, 1}));
        QVERIFY((resolve({0, {}, 30}, 100) == Extent{70, 30}));
        QVERIFY((resolve({0, {}, 300}, 100) == Extent{0, 100}));
    }

    void aRangeOutsideIsUnsatisfiable()
    {
        QVERIFY(!resolve({100, {}, {}}, 100));
        QVERIFY(!resolve({0, {}, 0}, 100));
        QVERIFY(!resolve({0, {}, {}}, 0));
        QVERIFY(!resolve({0, {}, 5}, 0));

        const S3Error error = unsatisfiable("bytes=100-", 100);
        QCOMPARE(error.kind.status, 416U);
        QCOMPARE(error.headers.front().second, std::string("bytes */100"));
    }

    // Against a model that walks over every byte.
    void randomRangesAgreeWithAModel()
    {
        const std::uint64_t seed = std::random_device()();
        qInfo("seed %llu", static_cast<unsigned long long>(seed));
        std::mt19937_64 random(seed);
        for (int round = 0; round < 20'000; ++round) {
            const std::uint64_t size = random() % 20;
            const std::uint64_t a = random() % 25;
            const std::uint64_t b = random() % 25;
            const int form = static_cast<int>(random() % 3);
            const std::string text = form == 0   ? "bytes=" + std::to_string(a) + "-" + std::to_string(b)
                                     : form == 1 ? "bytes=" + std::to_string(a) + "-"
                                                 : "bytes=-" + std::to_string(b);
            const auto wants = [&](std::uint64_t i) {
                return form == 0 ? i >= a && i <= b : form == 1 ? i >= a : i + b >= size;
            };
            std::uint64_t first = 0, count = 0;
            for (std::uint64_t i = 0; i < size; ++i) {
                if (wants(i) && count++ == 0)
                    first = i;
            }

            const auto range = parseRange(text);
            if (form == 0 && b < a) {
                QVERIFY2(!range, text.c_str());
                continue;
            }
            const auto extent = resolve(range.value(), size);
            QCOMPARE(extent.has_value(), count > 0);
            if (extent)
                QVERIFY((*extent == Extent{first, count}));
        }
    }

    void aCopyNamesBothEnds()
    {
        QVERIFY((parseCopyRange("bytes=3-8").value() == ByteRange{3, 8, {}}));
        for (const char *text : {"bytes=3-", "bytes=-3", "3-8", "bytes=8-3", ""})
            QCOMPARE(test::codeOf(parseCopyRange(text)), std::string("InvalidArgument"));
    }
};

MAXIOFS_TEST(ByteRangeTest)
#include "byte_range_test.moc"
