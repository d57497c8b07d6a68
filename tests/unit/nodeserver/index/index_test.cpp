// SPDX-License-Identifier: GPL-3.0-or-later
#include "index/index.h"

#include "index_samples.h"
#include "support/test_runner.h"

using namespace maxiofs;
using namespace maxiofs::index;
using namespace std::string_literals;

namespace index_test {

// What a reader answers about one thing, for a comparison that says which differs.
template <typename T>
bool holds(const Reader::Found<T> &found, const T &expected)
{
    return found && *found == expected;
}
template <typename T>
bool isAbsent(const Reader::Found<T> &found)
{
    return found && !*found;
}

}  // namespace index_test

using index_test::holds;
using index_test::isAbsent;

class IndexTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init() { m_index = samples::inMemory(); }

    void aNewIndexIsEmpty()
    {
        QVERIFY(isAbsent(m_index->current(m_bucket, "k")));
        QVERIFY(isAbsent(m_index->newestVersion(m_bucket, "k")));
        QVERIFY(isAbsent(m_index->nullVersion(m_bucket, "k")));
        QVERIFY(*m_index->counters(m_bucket) == BucketCounters{});
        QVERIFY(!*m_index->isClosed(m_bucket));
        QVERIFY(*m_index->segment(1) == SegmentRow{});
        QVERIFY(m_index->segments()->empty());
        QVERIFY(m_index->appliedPosition() == LogPosition{});
        QVERIFY(m_index->flushedPosition() == LogPosition{});
    }

    void whatIsAppliedIsRead()
    {
        QVERIFY(samples::applied(*m_index, [&](Transaction &t) { putOneOfEach(t); }));

        verifyOneOfEach(*m_index);
        QVERIFY(m_index->appliedPosition() == (LogPosition{3, 4, 5}));
    }

    void aTransactionReadsItsOwnChangesAndTheIndexDoesNot()
    {
        const auto transaction = m_index->begin();

        putOneOfEach(*transaction);

        verifyOneOfEach(*transaction);
        QVERIFY(isAbsent(m_index->current(m_bucket, "k")));
        QVERIFY(*m_index->counters(m_bucket) == BucketCounters{});
        QVERIFY(m_index->appliedPosition() == LogPosition{});
    }

    void whatIsErasedIsGoneForTheTransactionAtOnceAndForTheIndexWhenApplied()
    {
        QVERIFY(samples::applied(*m_index, [&](Transaction &t) { putOneOfEach(t); }));
        auto transaction = m_index->begin();

        eraseAll(*transaction);

        verifyAllGone(*transaction);
        verifyOneOfEach(*m_index);
        QVERIFY(m_index->apply(std::move(transaction)).has_value());
        verifyAllGone(*m_index);
    }

    void rollBackForgetsWhatFollowedTheSavePoint()
    {
        auto transaction = m_index->begin();
        transaction->putCurrent(m_bucket, "kept", samples::objectAt(1));
        transaction->setCounters(m_bucket, {.currentObjects = 1});
        transaction->setSegment(1, {.records = 1});
        transaction->setPosition({1, 1, 1});
        transaction->savePoint();
        putOneOfEach(*transaction);
        transaction->putCurrent(m_bucket, "kept", samples::objectAt(2));
        transaction->forgetBucket(m_bucket);

        transaction->rollBackToSavePoint();

        QVERIFY(holds(transaction->current(m_bucket, "kept"), samples::objectAt(1)));
        QVERIFY(isAbsent(transaction->current(m_bucket, "k")));
        QVERIFY(transaction->counters(m_bucket)->currentObjects == 1);
        QVERIFY(transaction->segment(1)->records == 1);
        QVERIFY(m_index->apply(std::move(transaction)).has_value());
        QVERIFY(holds(m_index->current(m_bucket, "kept"), samples::objectAt(1)));
        QVERIFY(isAbsent(m_index->part(11, 2)));
        QVERIFY(m_index->counters(m_bucket)->currentObjects == 1);
        QVERIFY(m_index->appliedPosition() == (LogPosition{1, 1, 1}));
    }

    void rollingBackTwiceKeepsWhatCameBeforeTheSavePoint()
    {
        const auto transaction = m_index->begin();
        transaction->savePoint();
        transaction->putCurrent(m_bucket, "first", samples::objectAt(1));
        transaction->savePoint();

        for (int i = 0; i < 2; ++i) {
            transaction->putCurrent(m_bucket, "refused", samples::objectAt(2));
            transaction->rollBackToSavePoint();
        }

        QVERIFY(holds(transaction->current(m_bucket, "first"), samples::objectAt(1)));
        QVERIFY(isAbsent(transaction->current(m_bucket, "refused")));
    }

    void withoutASavePointRollBackForgetsAll()
    {
        const auto transaction = m_index->begin();
        QVERIFY(transaction->empty());
        putOneOfEach(*transaction);
        QVERIFY(!transaction->empty());

        transaction->rollBackToSavePoint();

        QVERIFY(transaction->empty());
        verifyAllGone(*transaction);
    }

    void aTransactionWithOnlyCountersIsNotEmpty()
    {
        const auto transaction = m_index->begin();

        transaction->setCounters(m_bucket, {});

        QVERIFY(!transaction->empty());
    }

    void newestVersionIsThatOfTheKeyAlone()
    {
        QVERIFY(samples::applied(*m_index, [&](Transaction &t) {
            t.setNullVersion(m_bucket, "k", samples::stampAt(4));
            t.putVersion(m_bucket, "k", samples::objectAt(4));
            t.putVersion(m_bucket, "k", samples::objectAt(6));
            t.putVersion(m_bucket, "k\0"s, samples::objectAt(9));
            t.putVersion(m_bucket, "k1", samples::objectAt(9));
            t.setNullVersion(m_bucket, "only-null", samples::stampAt(1));
        }));

        QVERIFY(holds(m_index->newestVersion(m_bucket, "k"), samples::objectAt(6)));
        QVERIFY(isAbsent(m_index->newestVersion(m_bucket, "only-null")));
        QVERIFY(isAbsent(m_index->newestVersion(samples::idOf(2), "k")));
        const auto transaction = m_index->begin();
        transaction->eraseVersion(m_bucket, "k", samples::stampAt(6));
        QVERIFY(holds(transaction->newestVersion(m_bucket, "k"), samples::objectAt(4)));
        transaction->putVersion(m_bucket, "k", samples::objectAt(5));
        QVERIFY(holds(transaction->newestVersion(m_bucket, "k"), samples::objectAt(5)));
        // A later key's version that waits in the same batch is not this key's.
        transaction->putVersion(m_bucket, "ka", samples::objectAt(9));
        QVERIFY(holds(transaction->newestVersion(m_bucket, "k"), samples::objectAt(5)));
        transaction->eraseVersion(m_bucket, "k", samples::stampAt(5));
        transaction->eraseVersion(m_bucket, "k", samples::stampAt(4));
        QVERIFY(isAbsent(transaction->newestVersion(m_bucket, "k")));
    }

    void versionsAreFoundInFilesToo()
    {
        QVERIFY(samples::applied(*m_index, [&](Transaction &t) {
            t.setNullVersion(m_bucket, "k", samples::stampAt(4));
            t.putVersion(m_bucket, "k", samples::objectAt(4));
            t.putVersion(m_bucket, "k", samples::deleteMarkerAt(6));
        }));
        QVERIFY(m_index->flush().has_value());

        QVERIFY(holds(m_index->newestVersion(m_bucket, "k"), samples::deleteMarkerAt(6)));
        QVERIFY(holds(m_index->version(m_bucket, "k", samples::stampAt(4)), samples::objectAt(4)));
        QVERIFY(holds(m_index->nullVersion(m_bucket, "k"), samples::stampAt(4)));
        QVERIFY(isAbsent(m_index->newestVersion(m_bucket, "k2")));
        QVERIFY(isAbsent(m_index->nullVersion(m_bucket, "k2")));
    }

    void partsComeByNumberUpToTheLimit()
    {
        QVERIFY(samples::applied(*m_index, [&](Transaction &t) {
            for (const std::uint16_t number : {1, 2, 255, 256, 65535})
                t.putPart(8, number, samples::partOf(number));
            t.putPart(9, 1, samples::partOf(1));
        }));
        const auto numbers = [](const auto &parts) {
            std::vector<int> all;
            for (const auto &[number, row] : *parts)
                all.push_back(row == samples::partOf(number) ? number : -1);
            return all;
        };

        QCOMPARE(numbers(m_index->parts(8, 0, 100)), (std::vector{1, 2, 255, 256, 65535}));
        QCOMPARE(numbers(m_index->parts(8, 2, 2)), (std::vector{255, 256}));
        QCOMPARE(numbers(m_index->parts(8, 65535, 2)), std::vector<int>());
        const auto transaction = m_index->begin();
        transaction->erasePart(8, 2);
        transaction->putPart(8, 3, samples::partOf(3));
        QCOMPARE(numbers(transaction->parts(8, 1, 2)), (std::vector{3, 255}));
    }

    void aForgottenBucketLeavesNoCountersTombstonesOrCompletions()
    {
        const BucketId other = samples::idOf(2);
        QVERIFY(samples::applied(*m_index, [&](Transaction &t) {
            putOneOfEach(t);
            t.putTombstone(other, "k", {}, {.sequence = 5});
            t.putCompletion(other, samples::idOf(4), {.key = "k"});
            t.setCounters(other, {.uploads = 2});
        }));
        auto transaction = m_index->begin();
        transaction->putTombstone(m_bucket, "again", {}, {.sequence = 6});
        transaction->setCounters(m_bucket, {.uploads = 7});

        transaction->forgetBucket(m_bucket);

        verifyForgotten(*transaction);
        transaction->putTombstone(m_bucket, "later", {}, {.sequence = 7});
        QVERIFY(m_index->apply(std::move(transaction)).has_value());
        verifyForgotten(*m_index);
        QVERIFY(m_index->tombstone(m_bucket, "later", {})->has_value());
        QVERIFY(m_index->tombstone(other, "k", {})->has_value());
        QVERIFY(m_index->completion(other, samples::idOf(4))->has_value());
        QVERIFY(m_index->counters(other)->uploads == 2);
        QVERIFY(*m_index->isClosed(m_bucket));
    }

    void memoryOfAnEmptyIndexIsSmall() { QVERIFY(m_index->memoryUsedBytes() < 4 << 20); }

private:
    void putOneOfEach(Transaction &t) const
    {
        t.putCurrent(m_bucket, "k", samples::objectAt(9));
        t.putVersion(m_bucket, "k", samples::objectAt(7));
        t.setNullVersion(m_bucket, "k", samples::stampAt(7));
        t.putUpload(m_bucket, "k", samples::uploadAt(3));
        t.putCompletion(m_bucket, samples::idOf(4), {.key = "k", .completedMs = 100});
        t.putPart(11, 2, samples::partOf(5));
        t.putTombstone(m_bucket, "k", samples::stampAt(2), {.sequence = 4, .stamp = samples::stampAt(50)});
        t.putTombstone(m_bucket, "k", {}, {.sequence = 3, .isNull = true});
        t.setCounters(m_bucket, {.currentObjects = 1, .currentBytes = 9});
        t.setClosed(m_bucket, true);
        t.setSegment(1, {.records = 3, .bytes = 900, .deadBytes = 20});
        t.setPosition({3, 4, 5});
    }

    void verifyOneOfEach(const Reader &reader) const
    {
        QVERIFY(holds(reader.current(m_bucket, "k"), samples::objectAt(9)));
        QVERIFY(holds(reader.version(m_bucket, "k", samples::stampAt(7)), samples::objectAt(7)));
        QVERIFY(holds(reader.newestVersion(m_bucket, "k"), samples::objectAt(7)));
        QVERIFY(holds(reader.nullVersion(m_bucket, "k"), samples::stampAt(7)));
        QVERIFY(holds(reader.upload(m_bucket, "k", samples::uploadAt(3).uploadId), samples::uploadAt(3)));
        QVERIFY(holds(reader.completion(m_bucket, samples::idOf(4)),
                      CompletionRow{.key = "k", .completedMs = 100}));
        QVERIFY(holds(reader.part(11, 2), samples::partOf(5)));
        QCOMPARE(reader.parts(11, 0, 9)->size(), std::size_t{1});
        QVERIFY(holds(reader.tombstone(m_bucket, "k", samples::stampAt(2)),
                      TombstoneRow{.sequence = 4, .stamp = samples::stampAt(50)}));
        QVERIFY(holds(reader.tombstone(m_bucket, "k", {}), TombstoneRow{.sequence = 3, .isNull = true}));
        QVERIFY(*reader.counters(m_bucket) == (BucketCounters{.currentObjects = 1, .currentBytes = 9}));
        QVERIFY(*reader.isClosed(m_bucket));
        QVERIFY(*reader.segment(1) == (SegmentRow{.records = 3, .bytes = 900, .deadBytes = 20}));
    }

    void eraseAll(Transaction &t) const
    {
        t.eraseCurrent(m_bucket, "k");
        t.eraseVersion(m_bucket, "k", samples::stampAt(7));
        t.setNullVersion(m_bucket, "k", {});
        t.eraseUpload(m_bucket, "k", samples::uploadAt(3).uploadId);
        t.eraseCompletion(m_bucket, samples::idOf(4));
        t.erasePart(11, 2);
        t.eraseTombstone(m_bucket, "k", samples::stampAt(2));
        t.eraseTombstone(m_bucket, "k", {});
        t.setCounters(m_bucket, {});
        t.setClosed(m_bucket, false);
        t.eraseSegment(1);
    }

    void verifyAllGone(const Reader &reader) const
    {
        QVERIFY(isAbsent(reader.current(m_bucket, "k")));
        QVERIFY(isAbsent(reader.version(m_bucket, "k", samples::stampAt(7))));
        QVERIFY(isAbsent(reader.newestVersion(m_bucket, "k")));
        QVERIFY(isAbsent(reader.nullVersion(m_bucket, "k")));
        QVERIFY(isAbsent(reader.upload(m_bucket, "k", samples::uploadAt(3).uploadId)));
        QVERIFY(isAbsent(reader.completion(m_bucket, samples::idOf(4))));
        QVERIFY(isAbsent(reader.part(11, 2)));
        QVERIFY(reader.parts(11, 0, 9)->empty());
        QVERIFY(isAbsent(reader.tombstone(m_bucket, "k", samples::stampAt(2))));
        QVERIFY(isAbsent(reader.tombstone(m_bucket, "k", {})));
        QVERIFY(*reader.counters(m_bucket) == BucketCounters{});
        QVERIFY(!*reader.isClosed(m_bucket));
        QVERIFY(*reader.segment(1) == SegmentRow{});
    }

    void verifyForgotten(const Reader &reader) const
    {
        QVERIFY(*reader.counters(m_bucket) == BucketCounters{});
        QVERIFY(isAbsent(reader.tombstone(m_bucket, "k", {})));
        QVERIFY(isAbsent(reader.tombstone(m_bucket, "k", samples::stampAt(2))));
        QVERIFY(isAbsent(reader.tombstone(m_bucket, "again", {})));
        QVERIFY(isAbsent(reader.completion(m_bucket, samples::idOf(4))));
    }

    const BucketId m_bucket = samples::idOf(1);
    std::unique_ptr<Index> m_index;
};

MAXIOFS_TEST(IndexTest)
#include "index_test.moc"
