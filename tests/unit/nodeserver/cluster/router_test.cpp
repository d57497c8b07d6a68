// SPDX-License-Identifier: GPL-3.0-or-later
#include "cluster/router.h"

#include "support/test_runner.h"

namespace router_test {

using namespace maxiofs;

class SetClock final : public Clock {
public:
    [[nodiscard]] std::int64_t unixMs() const override { return nowMs; }
    std::int64_t nowMs = 1'700'000'000'000;
};

// A router of a member whose locations and members a test sets.
struct World {
    explicit World(std::size_t maxEntries = cluster::Router::kMaxEntries)
        : router({[this] { return isMember; }, [this] { return self; },
                  [this](const BucketId &bucket) -> std::optional<records::Location> {
                      ++asked;
                      if (whileAsked)
                          whileAsked();
                      const auto found = locations.find(bucket);
                      return found == locations.end() ? std::nullopt : std::optional(found->second);
                  },
                  [this](const NodeId &node) -> std::optional<cluster::Router::Member> {
                      if (node != other)
                          return std::nullopt;
                      return cluster::Router::Member{{other, "https://node-2:8080", "certificate"}, "node-2"};
                  }},
                 clock, maxEntries)
    {
    }

    BucketId bucketOf(const NodeId &owner, std::uint64_t epoch = 1)
    {
        const BucketId id = BucketId::random();
        locations[id] = {owner, {epoch, owner}, false};
        return id;
    }

    const NodeId self = NodeId::random();
    const NodeId other = NodeId::random();
    SetClock clock;
    bool isMember = true;
    std::map<BucketId, records::Location> locations;
    std::function<void()> whileAsked;
    int asked = 0;
    cluster::Router router;
};

}  // namespace router_test

class RouterTest : public QObject {
    Q_OBJECT

    using World = router_test::World;

private Q_SLOTS:
    void aLoneNodeAsksAndCountsNothing()
    {
        World world;
        world.isMember = false;

        QVERIFY(world.router.find(maxiofs::BucketId::random()).value() == nullptr);

        QCOMPARE(world.asked, 0);
        QCOMPARE(world.router.stats().misses, 0U);
        QCOMPARE(world.router.stats().entries, 0U);
    }

    void tellsTheOwnerWithItsEpochAndRemembersIt()
    {
        World world;
        const auto bucket = world.bucketOf(world.other, 7);

        for (int i = 0; i < 3; ++i) {
            const auto route = world.router.find(bucket).value();
            QCOMPARE(route->owner.endpoint, std::string("https://node-2:8080"));
            QCOMPARE(route->ownerName, std::string("node-2"));
            QCOMPARE(route->epoch.number, 7U);
        }

        QCOMPARE(world.asked, 1);
        const auto stats = world.router.stats();
        QCOMPARE(stats.entries, 1U);
        QCOMPARE(stats.hits, 2U);
        QCOMPARE(stats.misses, 1U);
        QCOMPARE(stats.hitRatio(), 2.0 / 3.0);
        QCOMPARE(stats.ttl, std::chrono::seconds(300));
    }

    void ownBucketsAreHere()
    {
        World world;
        const auto bucket = world.bucketOf(world.self);

        QVERIFY(world.router.find(bucket).value() == nullptr);
        QVERIFY(world.router.find(bucket).value() == nullptr);

        QCOMPARE(world.asked, 1);
    }

    void anEntryEndsWithItsTime()
    {
        World world;
        world.router.setTtl(std::chrono::seconds(10));
        const auto bucket = world.bucketOf(world.other);
        QVERIFY(world.router.find(bucket));

        world.clock.nowMs += 9'999;
        QVERIFY(world.router.find(bucket));
        QCOMPARE(world.asked, 1);
        world.clock.nowMs += 1;
        QVERIFY(world.router.find(bucket));
        QCOMPARE(world.asked, 2);
    }

    void aClockThatWasSetBackEndsAnEntry()
    {
        World world;
        const auto bucket = world.bucketOf(world.other);
        QVERIFY(world.router.find(bucket));

        world.clock.nowMs -= 1;
        QVERIFY(world.router.find(bucket));

        QCOMPARE(world.asked, 2);
    }

    void withoutATimeToLiveNothingIsKept()
    {
        World world;
        world.router.setTtl(std::chrono::seconds(0));
        const auto bucket = world.bucketOf(world.other);

        QVERIFY(world.router.find(bucket));
        QVERIFY(world.router.find(bucket));

        QCOMPARE(world.asked, 2);
        QCOMPARE(world.router.stats().entries, 0U);
    }

    void whatIsForgottenIsAskedAgain()
    {
        World world;
        const auto moved = world.bucketOf(world.other);
        const auto stays = world.bucketOf(world.other);
        QVERIFY(world.router.find(moved));
        QVERIFY(world.router.find(stays));

        world.locations[moved] = {world.self, {2, world.self}, false};
        world.router.forget(moved);

        QVERIFY(world.router.find(moved).value() == nullptr);
        QVERIFY(world.router.find(stays).value() != nullptr);
        QCOMPARE(world.asked, 3);
        world.router.clear();
        QCOMPARE(world.router.stats().entries, 0U);
        QVERIFY(world.router.find(stays));
        QCOMPARE(world.asked, 4);
    }

    void anAnswerFromBeforeAChangeIsNotKept()
    {
        World world;
        const auto bucket = world.bucketOf(world.other);
        world.whileAsked = [&] { world.router.forget(bucket); };
        QVERIFY(world.router.find(bucket));
        world.whileAsked = nullptr;

        QVERIFY(world.router.find(bucket));

        QCOMPARE(world.asked, 2);
    }

    void theOldestGoesWhereThereIsNoRoom()
    {
        World world(2);
        const auto first = world.bucketOf(world.other);
        const auto second = world.bucketOf(world.other);
        const auto third = world.bucketOf(world.other);
        for (const auto &bucket : {first, second, third})
            QVERIFY(world.router.find(bucket));

        QCOMPARE(world.router.stats().entries, 2U);
        QVERIFY(world.router.find(third));
        QVERIFY(world.router.find(second));
        QCOMPARE(world.asked, 3);
        QVERIFY(world.router.find(first));
        QCOMPARE(world.asked, 4);
    }

    void saysWhyThereIsNoOwner()
    {
        World world;
        const auto unknown = maxiofs::BucketId::random();
        const auto unavailable = world.bucketOf(world.other);
        world.locations[unavailable].unavailable = true;
        const auto orphan = world.bucketOf(maxiofs::NodeId::random());

        const auto textOf = [&](const maxiofs::BucketId &bucket) {
            const auto route = world.router.find(bucket);
            return route || route.error().code != maxiofs::Error::Busy
                       ? QString()
                       : QString::fromStdString(route.error().message);
        };

        QVERIFY(textOf(unknown).contains(QStringLiteral("does not know")));
        QVERIFY(textOf(unavailable).contains(QStringLiteral("was removed")));
        QVERIFY(textOf(orphan).contains(QStringLiteral("not among the cluster's members")));
        QCOMPARE(world.router.stats().entries, 0U);
    }
};

MAXIOFS_TEST(RouterTest)

#include "router_test.moc"
