// SPDX-License-Identifier: GPL-3.0-or-later
#include "identity/tenant_quotas.h"

#include "identity_fixture.h"
#include "support/test_runner.h"

#include <random>
#include <thread>

namespace maxiofs::identity {

using fixture::TestDirectory;
using Mode = TenantQuotas::Mode;

class TenantQuotasTest : public QObject {
    Q_OBJECT

private:
    // A tenant "t1" whose own buckets hold `held` bytes.
    struct Fixture {
        explicit Fixture(TenantQuota quota)
        {
            directory.addTenant("t1");
            TenantEdit edit;
            edit.quota = quota;
            if (!directory->tenants().edit("t1", edit))
                qFatal("no quota");
            buckets = records::Buckets::load(directory.records()).value();
            own = makeBucket("photos");
            quotas().countWith(*buckets, [this](const BucketId &bucket) -> Result<TenantUsage> {
                ++measured;
                return TenantUsage{bucket == own ? held.load() : 0, 0};
            });
        }
        BucketId makeBucket(const std::string &name, const std::string &tenant = "t1") const
        {
            records::NewBucket wanted;
            wanted.name = name;
            wanted.ownerId = std::string(64, 'a');
            wanted.tenantId = tenant;
            return buckets->create(wanted).value()->id;
        }
        TenantQuotas &quotas() { return directory->tenantQuotas(); }
        bool put(std::uint64_t bytes)
        {
            auto room = quotas().admitBytes("t1", bytes, Mode::MayBlock);
            if (!room)
                return false;
            held += bytes;
            room->used();
            return true;
        }

        TestDirectory directory;
        std::unique_ptr<records::Buckets> buckets;
        BucketId own;  // of t1
        std::atomic<std::uint64_t> held = 0;
        std::atomic<int> measured = 0;
    };

private Q_SLOTS:
    void withoutAQuotaNothingIsCounted()
    {
        Fixture fixture{{}};
        QVERIFY(fixture.quotas().admitBytes("t1", 1'000'000, Mode::InMemory).has_value());
        QVERIFY(fixture.quotas().admitBytes("", 1'000'000, Mode::InMemory).has_value());
        QVERIFY(fixture.quotas().admitBytes("unknown", 1'000'000, Mode::InMemory).has_value());
        QVERIFY(fixture.quotas().admitBucket("t1").has_value());
        QCOMPARE(fixture.measured.load(), 0);
    }

    void theLastByteFitsAndTheNextDoesNot()
    {
        Fixture fixture{{100, {}, {}}};
        QVERIFY(fixture.put(60));
        QVERIFY(fixture.put(40));
        const auto refused = fixture.quotas().admitBytes("t1", 1, Mode::MayBlock);
        QCOMPARE(refused.error().code, Error::Quota);
        QVERIFY(refused.error().message.contains("100 bytes"));
        fixture.held = 99;  // something was deleted
        QVERIFY(fixture.put(1));
    }

    void whatIsFarFromTheLimitIsNotMeasured()
    {
        Fixture fixture{{1'000'000, {}, {}}};
        QCOMPARE(fixture.quotas().admitBytes("t1", 1, Mode::InMemory).error().code, Error::WouldBlock);
        QVERIFY(fixture.put(1));
        for (int i = 0; i < 100; ++i)
            QVERIFY(fixture.quotas().admitBytes("t1", 1, Mode::InMemory).has_value());
        QCOMPARE(fixture.measured.load(), 1);
    }

    void roomThatIsHeldCounts()
    {
        Fixture fixture{{100, {}, {}}};
        {
            const auto first = fixture.quotas().admitBytes("t1", 60, Mode::MayBlock);
            QVERIFY(first.has_value());
            QVERIFY(!fixture.put(60));
            const auto nothing = fixture.quotas().admitBytes("t1", 0, Mode::MayBlock);
            QVERIFY(nothing.has_value());
        }
        QVERIFY(fixture.put(60));  // the first was given back
    }

    void whatOthersHoldCounts()
    {
        Fixture fixture{{100, {}, {}}};
        std::uint64_t elsewhere = 0;
        fixture.quotas().setOthers(
            [&](const std::string &tenant) { return TenantUsage{tenant == "t1" ? elsewhere : 0, 1}; });
        QVERIFY(fixture.put(10));
        elsewhere = 90;
        QVERIFY(!fixture.put(1));
        QCOMPARE(fixture.quotas().usage("t1")->bytes, 100U);
        QCOMPARE(fixture.quotas().own("t1")->bytes, 10U);
        elsewhere = 89;
        QVERIFY(fixture.put(1));
    }

    void aReplacedObjectMakesRoom()
    {
        Fixture fixture{{100, {}, {}}};
        QVERIFY(fixture.put(100));
        int asked = 0;
        const auto replaced = [&] {
            ++asked;
            return std::uint64_t{30};
        };
        QVERIFY(fixture.quotas().admitBytes("t1", 30, Mode::MayBlock, replaced).has_value());
        QVERIFY(!fixture.quotas().admitBytes("t1", 31, Mode::MayBlock, replaced).has_value());
        QCOMPARE(asked, 2);
    }

    void aChangedQuotaCountsAtOnce()
    {
        Fixture fixture{{100, {}, {}}};
        QVERIFY(fixture.put(50));
        TenantEdit edit;
        edit.quota = TenantQuota{40, {}, {}};
        QVERIFY(fixture.directory->tenants().edit("t1", edit).has_value());
        QVERIFY(!fixture.put(1));
        edit.quota = TenantQuota();
        QVERIFY(fixture.directory->tenants().edit("t1", edit).has_value());
        QVERIFY(fixture.put(1000));
        edit.quota = TenantQuota{1051, {}, {}};
        QVERIFY(fixture.directory->tenants().edit("t1", edit).has_value());
        QVERIFY(fixture.put(1));
        QVERIFY(!fixture.put(1));
    }

    void aBoundDoesNotHoldForEver()
    {
        Fixture fixture{{100, {}, {}}};
        QVERIFY(fixture.put(1));
        fixture.held = 100;  // a bucket came from another node
        fixture.directory.clock.nowMs += 10'000;
        QVERIFY(!fixture.put(1));
    }

    void bucketsAreCountedWithThoseBeingMade()
    {
        Fixture fixture{{{}, 2, {}}};
        fixture.makeBucket("other", "t2");
        QCOMPARE(fixture.quotas().bucketCount("t1"), 1U);
        auto room = fixture.quotas().admitBucket("t1");
        QVERIFY(room.has_value());
        QCOMPARE(fixture.quotas().admitBucket("t1").error().code, Error::Quota);
        const BucketId second = fixture.makeBucket("videos");
        room->used();
        QCOMPARE(fixture.quotas().admitBucket("t1").error().code, Error::Quota);
        QVERIFY(fixture.buckets->remove("videos", second).has_value());
        QVERIFY(fixture.quotas().admitBucket("t1").has_value());
        QVERIFY(fixture.quotas().admitBucket("t1").has_value());  // the room above was given back
        QVERIFY(fixture.quotas().admitBytes("t1", 1, Mode::InMemory).has_value());
    }

    // Threads that write and delete at random never hold more than the quota together, and nothing is lost:
    // when all is deleted, all of the quota fits.
    void aTenantIsNeverOverItsQuota()
    {
        const unsigned seed = std::random_device()();
        qInfo("seed %u", seed);
        constexpr std::uint64_t kQuota = 1000;
        Fixture fixture{{static_cast<std::int64_t>(kQuota), {}, {}}};
        std::atomic<bool> exceeded = false;
        {
            std::vector<std::jthread> threads;
            for (unsigned thread = 0; thread < 4; ++thread) {
                threads.emplace_back([&, thread] {
                    std::mt19937 random(seed + thread);
                    std::uint64_t mine = 0;
                    for (int step = 0; step < 3000; ++step) {
                        if (random() % 3 == 0) {
                            fixture.held -= mine;
                            mine = 0;
                            continue;
                        }
                        const std::uint64_t bytes = random() % 200;
                        auto room = fixture.quotas().admitBytes("t1", bytes, Mode::MayBlock);
                        if (!room || random() % 4 == 0)
                            continue;  // refused, or the client went away
                        if ((fixture.held += bytes) > kQuota)
                            exceeded = true;
                        mine += bytes;
                        room->used();
                    }
                    fixture.held -= mine;
                });
            }
        }
        QVERIFY(!exceeded);
        QCOMPARE(fixture.held.load(), 0U);
        QVERIFY(fixture.quotas().admitBytes("t1", kQuota, Mode::MayBlock).has_value());
    }
};

MAXIOFS_TEST(TenantQuotasTest)

}  // namespace maxiofs::identity

#include "tenant_quotas_test.moc"
