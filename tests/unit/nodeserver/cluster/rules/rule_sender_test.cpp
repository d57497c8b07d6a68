// SPDX-License-Identifier: GPL-3.0-or-later
#include "cluster/rules/rule_sender.h"

#include "fake_replication.h"
#include "support/test_runner.h"

#include <algorithm>

namespace maxiofs::test {

namespace rule_sender_test {

using namespace cluster::rules;
using State = RuleStatus::State;
using Policy = ReplicationRule::Policy;

const records::Location kLocation{{}, {3, {}}, false};

ReplicationRule ruleOf(std::int64_t intervalMs = 10'000)
{
    ReplicationRule rule;
    rule.id.bytes[0] = std::byte{1};
    rule.bucket.bytes[0] = std::byte{2};
    rule.destination.bytes[0] = std::byte{3};
    rule.destinationBucket = rule.bucket;
    rule.intervalMs = intervalMs;
    return rule;
}

// A rule that has been compared and has nothing to do.
struct Following {
    explicit Following(ReplicationRule rule = ruleOf()) : sender(world, std::move(rule), kLocation)
    {
        sender.start();
        world.pass(100);
    }
    std::uint64_t change(const std::string &key, std::uint64_t size = 1)
    {
        const std::uint64_t position = world.change(key, size);
        sender.changed();
        return position;
    }
    // How a wait ended: "", "ok" or the error.
    std::shared_ptr<std::string> wait(std::uint64_t position)
    {
        auto ended = std::make_shared<std::string>();
        sender.waitFor(position,
                       [ended](const Status &status) { *ended = status ? "ok" : status.error().message; });
        return ended;
    }

    FakeReplication world;
    RuleSender sender;
};

bool told(const FakeReplication &world, RuleEvent event)
{
    return std::ranges::find(world.events, event) != world.events.end();
}

}  // namespace rule_sender_test

using namespace rule_sender_test;

class RuleSenderTest final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void newRuleComparesAndThenFollows();
    void backlogIsToldUntilTheDestinationHasIt();
    void changesAreSentAndThenAcknowledged();
    void ruleInRoundsWaitsForItsRound();
    void onlyWhatTravelsIsSent();
    void destinationThatDoesNotAnswerStopsTheRuleAndNotItsObjects();
    void objectThatFailsThreeTimesIsQueuedAndTheRestGoesOn();
    void cursorDoesNotPassWhatTheQueueCouldNotTake();
    void limitOfBandwidthSpreadsBatches();
    void pausedRuleSendsNothing();
    void supersededRuleStopsForGood();
    void synchronousWriteWaitsForTheDestination();
    void synchronousWriteFailsAfterFiveSeconds();
    void continuingRuleIsDegradedUntilItHasCaughtUp();
    void trimmedFeedIsComparedWhole();
    void forgottenFeedIsComparedWhole();
    void verifyRepairsAndCounts();
};

void RuleSenderTest::newRuleComparesAndThenFollows()
{
    FakeReplication world;
    world.ours.entries.push_back({.name = {"old", {}}, .stamp = {5, {}}, .headerStamp = {5, {}}});
    RuleSender sender(world, ruleOf(), kLocation);

    sender.start();
    world.pass(100);

    QVERIFY(world.there.contains("old"));
    QVERIFY(world.progress.compared);
    QCOMPARE(world.progress.epoch, kLocation.epoch);
    QVERIFY(sender.status().whole);
    QCOMPARE(sender.status().state, State::Idle);
    QVERIFY(told(world, RuleEvent::CaughtUp));
}

void RuleSenderTest::backlogIsToldUntilTheDestinationHasIt()
{
    FakeReplication world;
    for (const char *key : {"a", "b", "c"})
        world.ours.entries.push_back(
            {.name = {key, {}}, .stamp = {5, {}}, .headerStamp = {5, {}}, .size = 10, .contentHash = {}});
    RuleSender sender(world, ruleOf(), kLocation);
    world.isReachable = false;

    sender.start();
    world.pass(100);
    const RuleStatus away = sender.status();
    world.isReachable = true;
    world.failing = {"b"};
    sender.reached();
    world.pass(10);
    const RuleStatus sending = sender.status();
    world.pass(10'000);
    const RuleStatus after = sender.status();

    QCOMPARE(away.state, State::Unreachable);
    QVERIFY(away.backlog && away.backlog->done == 0 && away.backlog->doneBytes == 0);
    QVERIFY(sending.backlog && sending.backlog->done == 2 && sending.backlog->doneBytes == 20);
    QVERIFY(!after.backlog);
    QCOMPARE(after.queued, std::uint64_t{1});
}

void RuleSenderTest::changesAreSentAndThenAcknowledged()
{
    Following rule;

    const auto position = rule.change("a");
    rule.world.pass(1);
    const auto before = rule.world.cursor;
    rule.world.pass(10);

    QVERIFY(before < position);
    QCOMPARE(rule.world.cursor, position);
    QCOMPARE(rule.world.keysSent(), std::string("a "));
    QCOMPARE(rule.sender.status().objectsReplicated, std::uint64_t{1});
}

void RuleSenderTest::ruleInRoundsWaitsForItsRound()
{
    Following rule(ruleOf(100'000));

    rule.change("a");
    rule.world.pass(90'000);
    const auto early = rule.world.keysSent();
    rule.world.pass(20'000);

    QCOMPARE(early, std::string());
    QCOMPARE(rule.world.keysSent(), std::string("a "));
}

void RuleSenderTest::onlyWhatTravelsIsSent()
{
    ReplicationRule given = ruleOf();
    given.destinationBucket.bytes[5] = std::byte{9};
    given.prefix = "a";
    given.deletes = false;
    given.metadata = false;
    Following rule(given);

    rule.world.change("b");
    rule.world.change("a1", 1, FeedEntry::Change::Removal);
    rule.world.change("a2", 1, FeedEntry::Change::Marker);
    rule.world.change("a3", 1, FeedEntry::Change::Metadata);
    rule.world.change("a4", 1, FeedEntry::Change::Put, {given.destinationBucket});
    rule.world.change("a5", 1, FeedEntry::Change::Put, {given.destination});
    rule.world.change("a6");
    rule.world.change("a6");
    rule.sender.changed();
    rule.world.pass(100);

    QCOMPARE(rule.world.keysSent(), std::string("a5 a6 "));
    QCOMPARE(rule.world.cursor, std::uint64_t{8});
}

void RuleSenderTest::destinationThatDoesNotAnswerStopsTheRuleAndNotItsObjects()
{
    Following rule;
    rule.world.isReachable = false;

    rule.change("a");
    rule.world.pass(300'000);
    const auto attempts = rule.world.sent.size();
    const auto unreachable = rule.sender.status();
    rule.world.isReachable = true;
    rule.sender.reached();
    rule.world.pass(10);

    QVERIFY2(attempts > 10 && attempts < 20, std::to_string(attempts).c_str());
    QCOMPARE(unreachable.state, State::Unreachable);
    QVERIFY(!unreachable.lastError.empty());
    QVERIFY(rule.world.queue.empty());
    QVERIFY(rule.world.there.contains("a"));
    QCOMPARE(rule.sender.status().state, State::Idle);
    QCOMPARE(rule.sender.status().lastError, std::string());
}

void RuleSenderTest::objectThatFailsThreeTimesIsQueuedAndTheRestGoesOn()
{
    Following rule;
    rule.world.failing = {"bad"};

    rule.change("bad");
    const auto position = rule.change("good");
    rule.world.pass(5000);
    const auto queued = rule.world.queue;
    const auto cursor = rule.world.cursor;
    rule.world.pass(120'000);
    const auto later = rule.world.queue;
    rule.world.failing.clear();
    rule.sender.syncNow();
    rule.world.pass(10);

    QCOMPARE(cursor, position);
    QCOMPARE(queued.size(), std::size_t{1});
    QCOMPARE(queued.at("bad").error, std::string("bad is damaged"));
    QVERIFY(later.at("bad").attempts > 1);
    QVERIFY(rule.world.queue.empty());
    QVERIFY(rule.world.there.contains("bad"));
}

void RuleSenderTest::cursorDoesNotPassWhatTheQueueCouldNotTake()
{
    Following rule;
    rule.world.failing = {"bad"};
    rule.world.queueWorks = false;

    const auto position = rule.change("bad");
    rule.world.pass(60'000);

    QVERIFY(rule.world.cursor < position);
}

void RuleSenderTest::limitOfBandwidthSpreadsBatches()
{
    ReplicationRule given = ruleOf();
    given.bytesPerSecond = 1 << 20;
    Following rule(given);

    for (int i = 0; i < 5; ++i)
        rule.change("k" + std::to_string(i), 6 << 20);
    rule.world.pass(5000);
    const auto first = rule.world.sent.size();
    rule.world.pass(13'500);

    QCOMPARE(first, std::size_t{1});
    QCOMPARE(rule.world.sent.size(), std::size_t{4});
}

void RuleSenderTest::pausedRuleSendsNothing()
{
    Following rule;

    rule.sender.pause();
    rule.change("a");
    rule.world.pass(60'000);
    const auto paused = rule.sender.status().state;
    const auto early = rule.world.keysSent();
    rule.sender.resume();
    rule.world.pass(10);

    QCOMPARE(paused, State::Paused);
    QCOMPARE(early, std::string());
    QCOMPARE(rule.world.keysSent(), std::string("a "));
}

void RuleSenderTest::supersededRuleStopsForGood()
{
    Following rule(ruleOf(0));
    rule.world.verdict = Verdict::Superseded;

    const auto position = rule.change("a");
    const auto wait = rule.wait(position);
    rule.world.pass(100);
    const auto sent = rule.world.sent.size();
    rule.change("b");
    rule.sender.syncNow();
    rule.world.pass(60'000);

    QVERIFY(rule.world.wasSuperseded);
    QVERIFY(!wait->empty() && *wait != "ok");
    QCOMPARE(rule.world.sent.size(), sent);
    QVERIFY(rule.world.cursor < position);
    QCOMPARE(rule.sender.status().state, State::Superseded);
}

void RuleSenderTest::synchronousWriteWaitsForTheDestination()
{
    Following rule(ruleOf(0));

    const auto wait = rule.wait(rule.change("a"));
    const auto before = *wait;
    rule.world.pass(10);

    QCOMPARE(before, std::string());
    QCOMPARE(*wait, std::string("ok"));
    QVERIFY(rule.world.there.contains("a"));
    QVERIFY(!rule.sender.status().degraded);
}

void RuleSenderTest::synchronousWriteFailsAfterFiveSeconds()
{
    Following rule(ruleOf(0));
    rule.world.isReachable = false;

    const auto wait = rule.wait(rule.change("a"));
    rule.world.pass(4900);
    const auto before = *wait;
    rule.world.pass(200);
    rule.world.failing = {"bad"};
    rule.world.isReachable = true;
    const auto lost = rule.wait(rule.change("bad"));
    rule.world.pass(4500);

    QCOMPARE(before, std::string());
    QVERIFY2(wait->find("5 seconds") != std::string::npos, wait->c_str());
    QVERIFY2(lost->find("bad is damaged") != std::string::npos, lost->c_str());
}

void RuleSenderTest::continuingRuleIsDegradedUntilItHasCaughtUp()
{
    ReplicationRule given = ruleOf(0);
    given.policy = Policy::Continue;
    Following rule(given);
    rule.world.isReachable = false;

    const auto first = rule.wait(rule.change("a"));
    rule.world.pass(5100);
    const bool degraded = rule.sender.status().degraded;
    const auto second = rule.wait(rule.change("b"));
    rule.world.isReachable = true;
    rule.sender.reached();
    rule.world.pass(100);
    const auto third = rule.wait(rule.change("c"));
    const auto before = *third;
    rule.world.pass(10);

    QCOMPARE(*first, std::string("ok"));
    QVERIFY(degraded);
    QVERIFY(told(rule.world, RuleEvent::Degraded));
    QCOMPARE(*second, std::string("ok"));
    QVERIFY(!rule.sender.status().degraded);
    QCOMPARE(before, std::string());
    QCOMPARE(*third, std::string("ok"));
}

void RuleSenderTest::trimmedFeedIsComparedWhole()
{
    Following rule;
    rule.world.ours.entries.push_back({.name = {"missed", {}}, .stamp = {5, {}}, .headerStamp = {5, {}}});
    rule.world.sequence = 10;
    rule.world.trimmedTo = 9;

    rule.sender.changed();
    rule.world.pass(100);

    QVERIFY(rule.world.there.contains("missed"));
    QVERIFY(rule.world.progress.compared);
    QCOMPARE(rule.world.cursor, std::uint64_t{10});
}

void RuleSenderTest::forgottenFeedIsComparedWhole()
{
    Following rule;
    rule.world.ours.entries.push_back({.name = {"missed", {}}, .stamp = {5, {}}, .headerStamp = {5, {}}});
    rule.world.consumerKnown = false;

    rule.sender.changed();
    rule.world.pass(100);

    QVERIFY(rule.world.consumerKnown);
    QVERIFY(rule.world.there.contains("missed"));
    QVERIFY(rule.world.progress.compared);
}

void RuleSenderTest::verifyRepairsAndCounts()
{
    Following rule;
    const Stamp stamp{5, {}};
    Id128 other;
    other.bytes[0] = std::byte{1};
    rule.world.ours.entries = {{.name = {"missing", {}}, .stamp = stamp, .headerStamp = stamp},
                               {.name = {"rotten", {}}, .stamp = stamp, .headerStamp = stamp},
                               {.name = {"same", {}}, .stamp = stamp, .headerStamp = stamp}};
    rule.world.theirs.entries = {{.name = {"extra", {}}, .stamp = stamp, .headerStamp = stamp},
                                 {.name = {"rotten", {}}, .stamp = stamp, .headerStamp = stamp},
                                 {.name = {"same", {}}, .stamp = stamp, .headerStamp = stamp}};
    rule.world.theirs.entries[1].contentHash = other;

    std::optional<ComparisonCounts> counts;
    rule.sender.verify(
        [&](Result<ComparisonCounts> result) { counts = result.value_or(ComparisonCounts()); });
    const auto comparing = rule.sender.status().state;
    rule.world.pass(100);

    QCOMPARE(comparing, State::Comparing);
    QVERIFY(counts.has_value());
    QCOMPARE(counts->compared, std::uint64_t{4});
    QCOMPARE(counts->missing, std::uint64_t{1});
    QCOMPARE(counts->different, std::uint64_t{1});
    QCOMPARE(counts->extra, std::uint64_t{1});
    QCOMPARE(counts->repaired, std::uint64_t{3});
    QCOMPARE(rule.world.sent.back().entries.size(), std::size_t{3});
}

MAXIOFS_TEST(RuleSenderTest)

}  // namespace maxiofs::test

#include "rule_sender_test.moc"
