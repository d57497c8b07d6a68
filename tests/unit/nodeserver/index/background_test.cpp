// SPDX-License-Identifier: GPL-3.0-or-later
#include "index_samples.h"
#include "support/test_runner.h"

using namespace maxiofs;
using namespace maxiofs::index;
using namespace std::string_literals;

// What background work asks of the index: walks and expiry.
class IndexBackgroundTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init() { m_index = samples::inMemory(); }

    void aWalkShowsEveryRowOnceWhateverItsLimit()
    {
        QVERIFY(samples::applied(*m_index, [&](Transaction &t) {
            for (std::uint8_t bucket = 1; bucket <= 3; ++bucket) {
                t.putCurrent(samples::idOf(bucket), "a\0b"s, samples::objectAt(bucket));
                t.putCurrent(samples::idOf(bucket), "b", samples::objectAt(bucket));
                t.setNullVersion(samples::idOf(bucket), "b", samples::stampAt(2));
                t.putVersion(samples::idOf(bucket), "b", samples::objectAt(2));
                t.putVersion(samples::idOf(bucket), "b", samples::objectAt(1));
            }
        }));
        std::vector<std::string> expected;
        for (const char *const names : {"a0b b", "b@2 b@1"}) {
            for (int bucket = 1; bucket <= 3; ++bucket)
                expected.push_back(std::to_string(bucket) + ' ' + names);
        }

        for (const std::size_t limit : {1, 2, 3, 5, 100}) {
            std::vector<std::string> seen;
            Index::ObjectCursor cursor;
            std::size_t rowsOfLine = 0;
            while (true) {
                const auto rows = m_index->walkObjects(cursor, limit);
                QVERIFY(rows.has_value());
                QVERIFY(rows->size() <= limit);
                if (rows->empty())
                    break;
                for (const auto &[place, row] : *rows) {
                    if (rowsOfLine++ % 2 == 0)
                        seen.push_back(std::to_string(std::to_integer<int>(place.bucket.bytes[0])));
                    seen.back() += ' ' + (place.key == "a\0b"s ? "a0b"s : place.key);
                    if (place.version) {
                        seen.back() += '@' + std::to_string(place.version->unixMs());
                        QVERIFY(row.stamp == *place.version);
                    }
                }
            }
            QCOMPARE(seen, expected);
        }
    }

    void segmentsComeInOrder()
    {
        QVERIFY(samples::applied(*m_index, [](Transaction &t) {
            t.setSegment(300, {.records = 3});
            t.setSegment(2, {.records = 2});
            t.setSegment(5, {.records = 1});
            t.eraseSegment(5);
        }));

        const auto segments = m_index->segments();

        QVERIFY(segments.has_value());
        QCOMPARE(segments->size(), std::size_t{2});
        QVERIFY(segments->at(0) == std::pair(std::uint64_t{2}, SegmentRow{.records = 2}));
        QVERIFY(segments->at(1) == std::pair(std::uint64_t{300}, SegmentRow{.records = 3}));
    }

    void whatHasExpiredIsErasedOldestFirst()
    {
        QVERIFY(samples::applied(*m_index, [&](Transaction &t) {
            t.putTombstone(m_bucket, "new", {}, {.stamp = samples::stampAt(1000)});
            t.putTombstone(m_bucket, "old", {}, {.stamp = samples::stampAt(10)});
            t.putTombstone(m_bucket, "older", samples::stampAt(1), {.stamp = samples::stampAt(9)});
            t.putCompletion(m_bucket, samples::idOf(1), {.completedMs = 5});
            t.putCompletion(m_bucket, samples::idOf(2), {.completedMs = 600});
        }));

        QCOMPARE(erased(1000, 600, 1), std::size_t{1});
        QVERIFY(!*m_index->tombstone(m_bucket, "older", samples::stampAt(1)));
        QVERIFY(m_index->tombstone(m_bucket, "old", {})->has_value());
        QCOMPARE(erased(1000, 600, 10), std::size_t{2});
        QCOMPARE(erased(1000, 600, 10), std::size_t{0});

        QVERIFY(!*m_index->tombstone(m_bucket, "old", {}));
        QVERIFY(m_index->tombstone(m_bucket, "new", {})->has_value());
        QVERIFY(!*m_index->completion(m_bucket, samples::idOf(1)));
        QVERIFY(m_index->completion(m_bucket, samples::idOf(2))->has_value());
    }

    void aTombstoneThatWasWrittenAgainLivesItsNewTime()
    {
        QVERIFY(samples::applied(*m_index, [&](Transaction &t) {
            t.putTombstone(m_bucket, "k", {}, {.stamp = samples::stampAt(10)});
        }));
        QVERIFY(samples::applied(*m_index, [&](Transaction &t) {
            t.putTombstone(m_bucket, "k", {}, {.stamp = samples::stampAt(900)});
        }));

        (void)erased(500, 0, 10);

        QVERIFY(m_index->tombstone(m_bucket, "k", {})->has_value());
        QCOMPARE(erased(1000, 0, 10), std::size_t{1});
        QVERIFY(!*m_index->tombstone(m_bucket, "k", {}));
    }

    void aTombstoneThatMustStayIsLookedAtAgainLater()
    {
        std::size_t asked = 0;
        bool stays = true;
        const Index::Kept kept{[&](const BucketId &bucket, const TombstoneRow &row) {
                                   ++asked;
                                   return stays && bucket == m_bucket && row.sequence == 7;
                               },
                               100};
        QVERIFY(samples::applied(*m_index, [&](Transaction &t) {
            t.putTombstone(m_bucket, "kept", {}, {.sequence = 7, .stamp = samples::stampAt(10)});
            t.putTombstone(m_bucket, "due", {}, {.sequence = 8, .stamp = samples::stampAt(20)});
            t.putTombstone(samples::idOf(2), "other", {}, {.sequence = 7, .stamp = samples::stampAt(30)});
        }));

        QCOMPARE(erased(500, 0, 10, kept), std::size_t{3});
        QVERIFY(m_index->tombstone(m_bucket, "kept", {})->has_value());
        QVERIFY(!*m_index->tombstone(m_bucket, "due", {}));
        QVERIFY(!*m_index->tombstone(samples::idOf(2), "other", {}));
        QCOMPARE(erased(600, 0, 10, kept), std::size_t{0});
        QCOMPARE(asked, std::size_t{3});

        QCOMPARE(erased(601, 0, 10, kept), std::size_t{1});
        QVERIFY(m_index->tombstone(m_bucket, "kept", {})->has_value());
        stays = false;
        QCOMPARE(erased(702, 0, 10, kept), std::size_t{1});
        QVERIFY(!*m_index->tombstone(m_bucket, "kept", {}));
    }

    // Rows of a batch on top of the database come behind the bound of its iterator.
    void expiryStopsAtItsTimeAlsoWithinTheTransaction()
    {
        for (const std::int64_t stored : {5, 700}) {
            auto transaction = m_index->begin();
            transaction->putTombstone(m_bucket, "stored", {}, {.stamp = samples::stampAt(stored)});
            QVERIFY(m_index->apply(std::move(transaction)));
            for (const bool erasesFirst : {false, true}) {
                transaction = m_index->begin();
                transaction->putTombstone(m_bucket, "due", {}, {.stamp = samples::stampAt(10)});
                transaction->putTombstone(m_bucket, "later", {}, {.stamp = samples::stampAt(900)});
                transaction->putCompletion(m_bucket, samples::idOf(1), {.completedMs = 20});
                transaction->putCompletion(m_bucket, samples::idOf(2), {.completedMs = 800});
                if (erasesFirst)
                    transaction->eraseTombstone(m_bucket, "stored", {});

                QCOMPARE(*m_index->eraseExpired(*transaction, 500, 500, 10, {}), std::size_t{3});
                QCOMPARE(*m_index->eraseExpired(*transaction, 500, 500, 10, {}), std::size_t{0});

                QVERIFY(!*transaction->tombstone(m_bucket, "due", {}));
                QVERIFY(transaction->tombstone(m_bucket, "later", {})->has_value());
                QVERIFY(!*transaction->completion(m_bucket, samples::idOf(1)));
                QVERIFY(transaction->completion(m_bucket, samples::idOf(2))->has_value());
            }
        }
    }

    void expirySeesTheTransactionItself()
    {
        auto transaction = m_index->begin();
        transaction->putTombstone(m_bucket, "k", {}, {.stamp = samples::stampAt(10)});

        QCOMPARE(*m_index->eraseExpired(*transaction, 500, 0, 10, {}), std::size_t{1});
        QCOMPARE(*m_index->eraseExpired(*transaction, 500, 0, 10, {}), std::size_t{0});

        QVERIFY(!*transaction->tombstone(m_bucket, "k", {}));
    }

private:
    std::size_t erased(std::int64_t tombstonesBeforeMs, std::int64_t completionsBeforeMs, std::size_t limit,
                       const Index::Kept &kept = {})
    {
        auto transaction = m_index->begin();
        const auto count =
            m_index->eraseExpired(*transaction, tombstonesBeforeMs, completionsBeforeMs, limit, kept);
        return count && m_index->apply(std::move(transaction)) ? *count : 999;
    }

    const BucketId m_bucket = samples::idOf(1);
    std::unique_ptr<Index> m_index;
};

MAXIOFS_TEST(IndexBackgroundTest)
#include "background_test.moc"
