// SPDX-License-Identifier: GPL-3.0-or-later
#include "cluster/replication/rule_rates.h"

#include "cluster/replication/version_giver.h"
#include "support/test_runner.h"
#include "unit/nodeserver/cluster/replication/replication_samples.h"

using namespace maxiofs;
using namespace maxiofs::cluster;
using namespace maxiofs::cluster::replication;
using namespace std::string_literals;

namespace rule_rates_test {

rules::RuleStatus statusOf(std::uint64_t sent, std::uint64_t unsent)
{
    rules::RuleStatus status;
    status.objectsReplicated = sent;
    status.bytesReplicated = sent * 100;
    status.lag.objects = unsent;
    status.lag.bytes = unsent * 100;
    return status;
}

}  // namespace rule_rates_test

using rule_rates_test::statusOf;

class RuleRatesTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void whatComesInIsWhatWasSentAndWhatWaits()
    {
        RuleRates rates;
        rates.sample(0, statusOf(0, 0));
        rates.sample(10'000, statusOf(50, 50));

        QCOMPARE(rates.rates().objectsOut, 5.0);
        QCOMPARE(rates.rates().objectsIn, 10.0);
        QCOMPARE(rates.rates().bytesOut, 500.0);
        QCOMPARE(rates.rates().bytesIn, 1000.0);
    }

    void onlyTheLastMinuteCounts()
    {
        RuleRates rates;
        for (int second = 0; second <= 120; ++second)
            rates.sample(second * 1000, statusOf(second <= 60 ? 1000 * second : 60'000, 0));

        QCOMPARE(rates.rates().objectsOut, 0.0);
    }

    void aLagThatShrinksByItselfIsNoNegativeRate()
    {
        RuleRates rates;
        QCOMPARE(rates.rates().objectsIn, 0.0);
        rates.sample(0, statusOf(0, 100));
        rates.sample(1000, statusOf(10, 0));

        QCOMPARE(rates.rates().objectsIn, 0.0);
        QCOMPARE(rates.rates().objectsOut, 10.0);
    }

    void theQuestionForAVersionIsReadAsItWasWritten()
    {
        VersionGiver::Question question{samples::kBucket, {"schlüssel", samples::stampAt(~0ULL)}, 1ULL << 62};
        const auto read = VersionGiver::questionOf(VersionGiver::question(question));
        question.name.version.reset();
        const auto null = VersionGiver::questionOf(VersionGiver::question(question));

        QVERIFY(read && null);
        QVERIFY(read->bucket == samples::kBucket);
        QVERIFY((read->name == rules::VersionName{"schlüssel", samples::stampAt(~0ULL)}));
        QCOMPARE(read->offset, 1ULL << 62);
        QVERIFY(!null->name.version);
        QVERIFY(!VersionGiver::questionOf({}));
    }
};

MAXIOFS_TEST(RuleRatesTest)
#include "rule_rates_test.moc"
