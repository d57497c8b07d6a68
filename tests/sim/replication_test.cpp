// SPDX-License-Identifier: GPL-3.0-or-later
#include "replication_model.h"
#include "support/test_runner.h"

namespace maxiofs::sim {

namespace replication_test {

using cluster::rules::ManifestEntry;

constexpr std::uint64_t kHistories = 20'000;  // a mutation must be found among so many

// Each of these is a rule that somebody could get wrong.
class LastToComeReplaces final : public ReplicationRules {
    [[nodiscard]] bool replaces(const ManifestEntry &, const ManifestEntry &) const override { return true; }
};
class TombstoneIgnored final : public ReplicationRules {
    [[nodiscard]] bool replaces(const ManifestEntry &comes, const ManifestEntry &stored) const override
    {
        return stored.kind == ManifestEntry::Kind::Tombstone ? comes.kind != ManifestEntry::Kind::Tombstone
                                                             : compareStates(comes, stored) > 0;
    }
};
class HeaderIgnored final : public ReplicationRules {
    [[nodiscard]] bool replaces(const ManifestEntry &comes, const ManifestEntry &stored) const override
    {
        return comes.stamp > stored.stamp;
    }
};
class TombstoneNotKept final : public ReplicationRules {
    [[nodiscard]] bool keepsTombstones() const override { return false; }
};
class RemovalNotSent final : public ReplicationRules {
    [[nodiscard]] bool sendsRemovals() const override { return false; }
};
class CursorMovedBeforeTheAnswer final : public ReplicationRules {
    [[nodiscard]] bool awaitsAnswers() const override { return false; }
};
class AnsweredBeforeWritten final : public ReplicationRules {
    [[nodiscard]] bool writesThrough() const override { return false; }
};
class EpochIgnored final : public ReplicationRules {
    [[nodiscard]] bool checksEpochs() const override { return false; }
};
class QueueEntryDropped final : public ReplicationRules {
    [[nodiscard]] bool keepsQueue() const override { return false; }
};
class TrimmingNotTold final : public ReplicationRules {
    [[nodiscard]] bool tellsTrimming() const override { return false; }
};
class ForgottenFeedNotTold final : public ReplicationRules {
    [[nodiscard]] bool tellsForgetting() const override { return false; }
};
class ChangeSkippedForALaterOne final : public ReplicationRules {
    [[nodiscard]] bool skipsAhead() const override { return true; }
};
class NothingCompared final : public ReplicationRules {
    [[nodiscard]] bool comparesFirst() const override { return false; }
};
class DestinationNotAwaited final : public ReplicationRules {
    [[nodiscard]] bool awaitsDestination() const override { return false; }
};
class DegradedNeverSet final : public ReplicationRules {
    [[nodiscard]] bool tellsDegraded() const override { return false; }
};
class OriginLost final : public ReplicationRules {
    [[nodiscard]] bool carriesOrigins() const override { return false; }
};
class NotHandedOver final : public ReplicationRules {
    [[nodiscard]] bool handsOverFirst() const override { return false; }
};
class ExtrasLeft final : public ReplicationRules {
    [[nodiscard]] bool showsExtras() const override { return false; }
};

using MakeReplication = Scenario (*)(const ReplicationRules &);

}  // namespace replication_test

using namespace replication_test;

// The simulation is only worth what it notices: with each rule broken, some history must break a promise.
class ReplicationTest final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void rulesAsTheyAreBreakNoPromise();
    void everyBrokenRuleIsNoticed_data();
    void everyBrokenRuleIsNoticed();
};

void ReplicationTest::rulesAsTheyAreBreakNoPromise()
{
    const ReplicationRules rules;

    for (const MakeReplication scenario : {replicasScenario, synchronousScenario, copiesScenario}) {
        const Explored explored = explore(scenario(rules), 1, {.histories = 200});

        QVERIFY2(!explored.failure, explored.failure ? explored.failure->promise.c_str() : "");
    }
}

void ReplicationTest::everyBrokenRuleIsNoticed_data()
{
    QTest::addColumn<std::shared_ptr<ReplicationRules>>("rules");
    QTest::addColumn<MakeReplication>("scenario");
    const auto row = [](const char *name, ReplicationRules *rules, MakeReplication scenario) {
        QTest::newRow(name) << std::shared_ptr<ReplicationRules>(rules) << scenario;
    };

    row("the last to come replaces", new LastToComeReplaces, replicasScenario);
    row("a tombstone is ignored", new TombstoneIgnored, replicasScenario);
    row("a newer header is ignored", new HeaderIgnored, replicasScenario);
    row("a tombstone is not kept", new TombstoneNotKept, replicasScenario);
    row("removals are not sent", new RemovalNotSent, replicasScenario);
    row("the cursor moves before the answer", new CursorMovedBeforeTheAnswer, replicasScenario);
    row("a batch is answered before it is written", new AnsweredBeforeWritten, replicasScenario);
    row("a batch is answered before it is written, synchronously", new AnsweredBeforeWritten,
        synchronousScenario);
    row("the epoch is ignored", new EpochIgnored, replicasScenario);
    row("the epoch is ignored, synchronously", new EpochIgnored, synchronousScenario);
    row("an entry of the queue is dropped", new QueueEntryDropped, replicasScenario);
    row("that the feed was trimmed is not told", new TrimmingNotTold, replicasScenario);
    row("that the feed was forgotten is not told", new ForgottenFeedNotTold, replicasScenario);
    row("a change is skipped for a later one", new ChangeSkippedForALaterOne, synchronousScenario);
    row("nothing is compared", new NothingCompared, replicasScenario);
    row("the destination is not waited for", new DestinationNotAwaited, synchronousScenario);
    row("degraded is never set", new DegradedNeverSet, synchronousScenario);
    row("a change loses its origin", new OriginLost, copiesScenario);
    row("nothing is handed over first", new NotHandedOver, replicasScenario);
    row("what is too much is left", new ExtrasLeft, replicasScenario);
}

void ReplicationTest::everyBrokenRuleIsNoticed()
{
    QFETCH(std::shared_ptr<ReplicationRules>, rules);
    QFETCH(MakeReplication, scenario);

    const Explored explored = explore(scenario(*rules), 1, {.histories = kHistories});

    QVERIFY2(explored.failure.has_value(), "no history noticed");
    qInfo("history %llu: %s", static_cast<unsigned long long>(explored.histories),
          explored.failure->promise.c_str());
    QVERIFY(explored.failure->steps > 0);
}

MAXIOFS_TEST(ReplicationTest)

}  // namespace maxiofs::sim

#include "replication_test.moc"
