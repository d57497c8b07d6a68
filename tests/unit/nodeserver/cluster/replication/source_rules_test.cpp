// SPDX-License-Identifier: GPL-3.0-or-later
#include "cluster/replication/source_rules.h"

#include "support/test_runner.h"

using namespace maxiofs::cluster::replication;

class SourceRulesTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aRuleIsVerifiedADayAfterTheLastTimeAlsoWhenTheNodeWasStopped()
    {
        constexpr std::int64_t kNow = 1'700'000'000'000;
        constexpr std::int64_t kDay = SourceRules::kVerifyMs;

        QCOMPARE(SourceRules::untilVerification(kNow, kNow), kDay);
        QCOMPARE(SourceRules::untilVerification(kNow - kDay / 4, kNow), kDay * 3 / 4);
        QCOMPARE(SourceRules::untilVerification(kNow - kDay, kNow), std::int64_t{0});
        QCOMPARE(SourceRules::untilVerification(kNow - 10 * kDay, kNow), std::int64_t{0});
        // Noted by a clock that was ahead.
        QCOMPARE(SourceRules::untilVerification(kNow + 10 * kDay, kNow), kDay);
    }
};

MAXIOFS_TEST(SourceRulesTest)
#include "source_rules_test.moc"
