// SPDX-License-Identifier: GPL-3.0-or-later
#include "buckets_model.h"
#include "records_model.h"
#include "support/test_runner.h"

namespace maxiofs::sim {

namespace mutations_test {

using records::Kind;
using records::Record;

constexpr std::uint64_t kHistories = 3000;  // a mutation must be found among so many

// Each of these is a rule that somebody could get wrong.
class EqualReplaces final : public Rules {
    [[nodiscard]] bool replaces(const Record &comes, const Record &stored) const override
    {
        return !records::supersedes(stored, comes);
    }
};
class LastToComeReplaces final : public Rules {
    [[nodiscard]] bool replaces(const Record &, const Record &) const override { return true; }
};
class NothingReplaces final : public Rules {
    [[nodiscard]] bool replaces(const Record &, const Record &) const override { return false; }
};
class NodeOfStampIgnored final : public Rules {
    [[nodiscard]] bool replaces(const Record &comes, const Record &stored) const override
    {
        return comes.kind == Kind::Location ? records::supersedes(comes, stored)
                                            : comes.stamp.time > stored.stamp.time;
    }
};
class RemovedNodeComesBack final : public Rules {
    [[nodiscard]] bool replaces(const Record &comes, const Record &stored) const override
    {
        return comes.kind == Kind::Node ? comes.stamp > stored.stamp : records::supersedes(comes, stored);
    }
};
class EpochIgnored final : public Rules {
    [[nodiscard]] bool replaces(const Record &comes, const Record &stored) const override
    {
        return comes.stamp > stored.stamp;
    }
};
class LiveBeatsTombstone final : public Rules {
    [[nodiscard]] bool replaces(const Record &comes, const Record &stored) const override
    {
        return comes.deleted == stored.deleted ? records::supersedes(comes, stored) : stored.deleted;
    }
};
class TombstoneNotKept final : public Rules {
    [[nodiscard]] bool keepsTombstones() const override { return false; }
};
class TombstoneDroppedByAge final : public Rules {
    [[nodiscard]] bool dropsByAge() const override { return true; }
};
class ClockAdopted final : public Rules {
    [[nodiscard]] Stamp stamp(const Stamp &replaced, std::int64_t wallMs, const NodeId &node,
                              const Stamp &seen) const override
    {
        return Stamp::after(std::max(replaced, seen), wallMs, node);
    }
};
class ReplacedStampIgnored final : public Rules {
    [[nodiscard]] Stamp stamp(const Stamp &, std::int64_t wallMs, const NodeId &node,
                              const Stamp &) const override
    {
        return Stamp::after({}, wallMs, node);
    }
};
class EpochNotRaised final : public Rules {
    [[nodiscard]] records::Epoch takeover(const records::Epoch &old, const NodeId &node) const override
    {
        return {std::max<std::uint64_t>(old.number, 1), node};
    }
};
class AnsweredBeforeWritten final : public Rules {
    [[nodiscard]] bool writesThrough() const override { return false; }
};
class PushNotTaken final : public Rules {
    [[nodiscard]] bool takesPushes() const override { return false; }
};
class NeverCompared final : public Rules {
    [[nodiscard]] bool compares() const override { return false; }
};

class NameNotReserved final : public Rules {
    [[nodiscard]] bool reserves() const override { return false; }
};
class EveryClaimShown final : public Rules {
    [[nodiscard]] std::string shownName(const Claims &claims, const BucketId &id) const override
    {
        return claims.at(id).name;
    }
};
class LaterClaimKeepsTheName final : public Rules {
    [[nodiscard]] std::string shownName(const Claims &claims, const BucketId &id) const override
    {
        const auto &[name, since] = claims.at(id);
        for (const auto &[other, claim] : claims)
            if (claim.name == name && std::pair(claim.since, other) > std::pair(since, id))
                return records::conflictNameOf(name, id);
        return name;
    }
};
class LoserDropped final : public Rules {
    [[nodiscard]] bool keepsLosers() const override { return false; }
};
class AnybodyAnswers final : public Rules {
    [[nodiscard]] bool ownerAnswers(const records::Location &, const NodeId &) const override { return true; }
};

using MakeScenario = Scenario (*)(const Rules &);

Explored exploreWith(const Rules &rules, MakeScenario scenario, std::uint64_t histories)
{
    return explore(scenario(rules), 1, {.histories = histories});
}

}  // namespace mutations_test

using namespace mutations_test;

// The simulation is only worth what it notices: with each rule broken, some history must break a promise.
class MutationsTest final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void rulesAsTheyAreBreakNoPromise();
    void everyBrokenRuleIsNoticed_data();
    void everyBrokenRuleIsNoticed();
};

void MutationsTest::rulesAsTheyAreBreakNoPromise()
{
    const Rules rules;

    for (const MakeScenario scenario : {recordsScenario, tombstonesScenario, bucketsScenario}) {
        const Explored explored = exploreWith(rules, scenario, 300);

        QVERIFY2(!explored.failure, explored.failure ? explored.failure->promise.c_str() : "");
    }
}

void MutationsTest::everyBrokenRuleIsNoticed_data()
{
    QTest::addColumn<std::shared_ptr<Rules>>("rules");
    QTest::addColumn<MakeScenario>("scenario");
    const auto row = [](const char *name, Rules *rules, MakeScenario scenario) {
        QTest::newRow(name) << std::shared_ptr<Rules>(rules) << scenario;
    };

    row("an equal record replaces", new EqualReplaces, recordsScenario);
    row("the last to come replaces", new LastToComeReplaces, recordsScenario);
    row("nothing replaces", new NothingReplaces, recordsScenario);
    row("the node of a stamp is ignored", new NodeOfStampIgnored, recordsScenario);
    row("a removed node comes back", new RemovedNodeComesBack, recordsScenario);
    row("the epoch is ignored", new EpochIgnored, recordsScenario);
    row("a living record beats its tombstone", new LiveBeatsTombstone, recordsScenario);
    row("a tombstone is not kept", new TombstoneNotKept, recordsScenario);
    row("a tombstone is dropped by its age", new TombstoneDroppedByAge, tombstonesScenario);
    row("a clock is adopted", new ClockAdopted, recordsScenario);
    row("what is replaced does not count for the stamp", new ReplacedStampIgnored, recordsScenario);
    row("the epoch is not raised", new EpochNotRaised, recordsScenario);
    row("answered before it is written", new AnsweredBeforeWritten, recordsScenario);
    row("a push is confirmed and not taken", new PushNotTaken, recordsScenario);
    row("nothing is compared", new NeverCompared, recordsScenario);
    row("a name is not reserved", new NameNotReserved, bucketsScenario);
    row("every claim of a name is shown", new EveryClaimShown, bucketsScenario);
    row("the later claim keeps the name", new LaterClaimKeepsTheName, bucketsScenario);
    row("the bucket that lost its name is dropped", new LoserDropped, bucketsScenario);
    row("anybody answers for a bucket", new AnybodyAnswers, bucketsScenario);
    row("the epoch of a bucket is ignored", new EpochIgnored, bucketsScenario);
    row("the epoch of a takeover is not raised", new EpochNotRaised, bucketsScenario);
}

void MutationsTest::everyBrokenRuleIsNoticed()
{
    QFETCH(std::shared_ptr<Rules>, rules);
    QFETCH(MakeScenario, scenario);

    const Explored explored = exploreWith(*rules, scenario, kHistories);

    QVERIFY2(explored.failure.has_value(), "no history noticed");
    qInfo("history %llu: %s", static_cast<unsigned long long>(explored.histories),
          explored.failure->promise.c_str());
    QVERIFY(explored.failure->steps > 0);
}

MAXIOFS_TEST(MutationsTest)

}  // namespace maxiofs::sim

#include "mutations_test.moc"
