// SPDX-License-Identifier: GPL-3.0-or-later
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

Explored exploreWith(const Rules &rules, Scenario (*scenario)(const Rules &), std::uint64_t histories)
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

    for (const auto scenario : {recordsScenario, tombstonesScenario}) {
        const Explored explored = exploreWith(rules, scenario, 300);

        QVERIFY2(!explored.failure, explored.failure ? explored.failure->promise.c_str() : "");
    }
}

void MutationsTest::everyBrokenRuleIsNoticed_data()
{
    QTest::addColumn<std::shared_ptr<Rules>>("rules");
    QTest::addColumn<QString>("scenario");

    const QString records = QStringLiteral("records");
    const QString tombstones = QStringLiteral("tombstones");
    QTest::newRow("an equal record replaces") << std::shared_ptr<Rules>(new EqualReplaces) << records;
    QTest::newRow("the last to come replaces") << std::shared_ptr<Rules>(new LastToComeReplaces) << records;
    QTest::newRow("nothing replaces") << std::shared_ptr<Rules>(new NothingReplaces) << records;
    QTest::newRow("the node of a stamp is ignored")
        << std::shared_ptr<Rules>(new NodeOfStampIgnored) << records;
    QTest::newRow("the epoch is ignored") << std::shared_ptr<Rules>(new EpochIgnored) << records;
    QTest::newRow("a living record beats its tombstone")
        << std::shared_ptr<Rules>(new LiveBeatsTombstone) << records;
    QTest::newRow("a tombstone is not kept") << std::shared_ptr<Rules>(new TombstoneNotKept) << records;
    QTest::newRow("a tombstone is dropped by its age")
        << std::shared_ptr<Rules>(new TombstoneDroppedByAge) << tombstones;
    QTest::newRow("a clock is adopted") << std::shared_ptr<Rules>(new ClockAdopted) << records;
    QTest::newRow("what is replaced does not count for the stamp")
        << std::shared_ptr<Rules>(new ReplacedStampIgnored) << records;
    QTest::newRow("the epoch is not raised") << std::shared_ptr<Rules>(new EpochNotRaised) << records;
    QTest::newRow("answered before it is written")
        << std::shared_ptr<Rules>(new AnsweredBeforeWritten) << records;
    QTest::newRow("a push is confirmed and not taken") << std::shared_ptr<Rules>(new PushNotTaken) << records;
    QTest::newRow("nothing is compared") << std::shared_ptr<Rules>(new NeverCompared) << records;
}

void MutationsTest::everyBrokenRuleIsNoticed()
{
    QFETCH(std::shared_ptr<Rules>, rules);
    QFETCH(QString, scenario);

    const Explored explored = exploreWith(
        *rules, scenario == QStringLiteral("records") ? recordsScenario : tombstonesScenario, kHistories);

    QVERIFY2(explored.failure.has_value(), "no history noticed");
    qInfo("history %llu: %s", static_cast<unsigned long long>(explored.histories),
          explored.failure->promise.c_str());
    QVERIFY(explored.failure->steps > 0);
}

MAXIOFS_TEST(MutationsTest)

}  // namespace maxiofs::sim

#include "mutations_test.moc"
