// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/histogram.h"

#include "support/test_runner.h"

namespace maxiofs {

class HistogramTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void anEmptyOneHasNoQuantile()
    {
        const base::Histogram histogram;

        QCOMPARE(histogram.quantile(0.5), std::uint64_t{0});
        QCOMPARE(histogram.count(), std::uint64_t{0});
    }

    void quantilesAreRightToAQuarter()
    {
        base::Histogram histogram;
        for (std::uint64_t value = 1; value <= 10'000; ++value)
            histogram.record(value);

        for (const double quantile : {0.1, 0.5, 0.9, 0.99}) {
            const double wanted = quantile * 10'000;
            const auto got = static_cast<double>(histogram.quantile(quantile));
            QVERIFY2(got >= wanted && got <= wanted * 1.25, qPrintable(QString::number(got)));
        }
        QCOMPARE(histogram.count(), std::uint64_t{10'000});
        QCOMPARE(histogram.sumMicroseconds(), std::uint64_t{50'005'000});
    }

    void aValueIsNeverAboveItsOwnQuantile()
    {
        for (std::uint64_t value = 0; value < 3'600'000'000; value = value * 9 / 8 + 1) {
            base::Histogram histogram;
            histogram.record(value);
            QVERIFY2(histogram.quantile(0) >= value, qPrintable(QString::number(value)));
            QCOMPARE(histogram.countUpTo(value), std::uint64_t{1});
        }
    }

    void countUpToLeavesOutWhatIsClearlyLarger()
    {
        base::Histogram histogram;
        histogram.record(10);
        histogram.record(1'000);
        histogram.record(UINT64_MAX);

        QCOMPARE(histogram.countUpTo(100), std::uint64_t{1});
        QCOMPARE(histogram.countUpTo(2'000), std::uint64_t{2});
        QCOMPARE(histogram.countUpTo(UINT64_MAX), std::uint64_t{3});
    }

    void aCounterAdds()
    {
        base::Counter counter;

        counter.add();
        counter.add(4);

        QCOMPARE(counter.value(), std::uint64_t{5});
    }
};

MAXIOFS_TEST(HistogramTest)

}  // namespace maxiofs

#include "histogram_test.moc"
