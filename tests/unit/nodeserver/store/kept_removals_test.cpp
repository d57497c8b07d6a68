// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/test_runner.h"

#include "carrier.h"

namespace maxiofs::test {

// How long removals stay known.
class KeptRemovalsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_store = std::make_unique<StoreFixture>();
        m_store->open();
    }
    void cleanup() { m_store.reset(); }

    void removalsStayUntilAllHavePassedThem()
    {
        const Id128 consumer = Id128::random();
        // Its feed is kept for longer, so that only what it has read counts.
        (*m_store)->setFeedLimits({1000, 365LL * 24 * 3600 * 1000});
        QVERIFY(m_store->put("key", "data"));
        QVERIFY((*m_store)->addConsumer(m_store->bucket, consumer));
        QVERIFY(m_store->remove("key"));
        m_store->clock.advance(kMonth);
        QVERIFY(isKnownAfterForgetting("key"));

        QVERIFY((*m_store)->acknowledge(m_store->bucket, consumer, (*m_store)->position()));
        m_store->clock.advance(kMonth);

        QVERIFY(!isKnownAfterForgetting("key"));
    }

    void removalsOfABucketWithCopiesGoWhenTheyAreToldTo()
    {
        const Id128 consumer = Id128::random();
        (*m_store)->setFeedLimits({1000, 365LL * 24 * 3600 * 1000});
        (*m_store)->setRemovalsHook([&](const BucketId &bucket) { return bucket == m_store->bucket; });
        for (const auto *key : {"first", "second", "third"})
            QVERIFY(m_store->put(key, "data"));
        QVERIFY((*m_store)->addConsumer(m_store->bucket, consumer));
        QVERIFY(m_store->remove("first"));
        QVERIFY((*m_store)->acknowledge(m_store->bucket, consumer, (*m_store)->position()));
        QVERIFY(m_store->remove("second"));
        m_store->clock.advance(kMonth);
        const std::int64_t beforeMs = m_store->clock.unixMs();
        QVERIFY(m_store->remove("third"));
        QVERIFY(isKnownAfterForgetting("first") && isKnownAfterForgetting("second"));

        const std::int64_t cleared = (*m_store)->forgetRemovals(m_store->bucket, beforeMs).value();

        QVERIFY(!isKnown("first"));
        QVERIFY(isKnown("second") && isKnown("third"));
        const auto left = (*m_store)->exportRemoval(m_store->bucket, "second", {}).value();
        QCOMPARE(cleared, left->stamp.unixMs());
        QVERIFY((*m_store)->acknowledge(m_store->bucket, consumer, (*m_store)->position()));
        QCOMPARE((*m_store)->forgetRemovals(m_store->bucket, beforeMs).value(), beforeMs);
        QVERIFY(!isKnown("second"));
        QVERIFY(isKnown("third"));
        (*m_store)->setRemovalsHook({});
        m_store->clock.advance(kMonth);
        m_store->clock.advance(kMonth);
        QVERIFY(!isKnownAfterForgetting("third"));
    }

    void whatNeverCameHereIsRemovedWhereOthersMayHaveIt()
    {
        QVERIFY(m_store->remove("key"));
        QVERIFY(!isKnown("key"));
        QVERIFY((*m_store)->addConsumer(m_store->bucket, Id128::random()));

        QVERIFY(m_store->remove("key"));

        const auto removal = (*m_store)->exportRemoval(m_store->bucket, "key", {}).value();
        QVERIFY(removal && removal->versionStamp == Stamp());
        QVERIFY(m_store->remove("key"));  // a later one takes its place
        QVERIFY((*m_store)->exportRemoval(m_store->bucket, "key", {}).value()->stamp > removal->stamp);
    }

    void manyRemovalsAreForgottenAtOnce()
    {
        for (int i = 0; i < 1500; ++i) {
            const std::string key = "key " + std::to_string(i);
            QVERIFY(m_store->put(key, "data"));
            QVERIFY(m_store->remove(key));
        }
        m_store->clock.advance(kMonth);
        const std::int64_t beforeMs = m_store->clock.unixMs();

        QCOMPARE((*m_store)->forgetRemovals(m_store->bucket, beforeMs).value(), beforeMs);

        QVERIFY(Carrier::manifestOf(*m_store, 1000)->empty());
    }

private:
    bool isKnown(const std::string &key)
    {
        return (*m_store)->exportRemoval(m_store->bucket, key, {}).value().has_value();
    }
    bool isKnownAfterForgetting(const std::string &key)
    {
        (*m_store)->forgetOld();
        // What forgets is decided before this one is answered.
        [[maybe_unused]] const auto put = m_store->put("other", "data");
        return isKnown(key);
    }

    static constexpr auto kMonth = std::chrono::hours(30 * 24);
    std::unique_ptr<StoreFixture> m_store;
};

}  // namespace maxiofs::test

using maxiofs::test::KeptRemovalsTest;
MAXIOFS_TEST(KeptRemovalsTest)
#include "kept_removals_test.moc"
