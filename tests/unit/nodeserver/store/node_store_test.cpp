// SPDX-License-Identifier: GPL-3.0-or-later
#include "store_fixture.h"
#include "support/test_runner.h"

#include <latch>
#include <set>

namespace maxiofs::test {

using store::Versioning;

class NodeStoreTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void givesBackWhatWasPut_data();
    void givesBackWhatWasPut();
    void missingKeyIsNoSuchKey();
    void overwriteReplacesAndCountsOnce();
    void ifNoneMatchLetsOnlyTheFirstIn();
    void ifMatchComparesTheEtag();
    void keepsVersionsAndMarkers();
    void removingTheMarkerRevealsTheObject();
    void suspendedVersioningReplacesTheNullVersion();
    void completedUploadIsReadAcrossParts();
    void completeRefusesWrongLists();
    void completeTwiceGivesTheSameAnswer();
    void abortedUploadLeavesNoFiles();
    void tagsChangeWithoutTouchingData();
    void changesOfOneBatchBuildOnEachOther();
    void versionsOfOneBatchHaveIdsOfTheirOwn();
    void closedBucketRefusesChanges();
    void closingABucketAbortsItsUploads();
};

namespace {

constexpr std::size_t kPart = 5 << 20;

}  // namespace

void NodeStoreTest::givesBackWhatWasPut_data()
{
    QTest::addColumn<int>("size");
    for (const int size : {0, 1, 100, 4096, 4097, 65536, 65537, 1 << 20, (3 << 20) + 17})
        QTest::addRow("%d bytes", size) << size;
}

void NodeStoreTest::givesBackWhatWasPut()
{
    QFETCH(int, size);
    StoreFixture store;
    store.open();
    const std::string data = patternOf(static_cast<std::size_t>(size), 7);

    const auto committed = store.put("a/../key", data);

    QVERIFY(committed);
    QCOMPARE(committed->etag, toHex(crypto::md5(asBytes(data))));
    const auto read = store.get("a/../key");
    QCOMPARE(codeOf(read), std::string("ok"));
    QVERIFY(*read == data);
    QCOMPARE(store->counters(store.bucket)->currentBytes, static_cast<std::uint64_t>(size));
}

void NodeStoreTest::missingKeyIsNoSuchKey()
{
    StoreFixture store;
    store.open();

    QCOMPARE(codeOf(store.get("nothing")), std::string("NoSuchKey"));
    QCOMPARE(codeOf(store.get("nothing", store::VersionId{})), std::string("NoSuchVersion"));
    QCOMPARE(store.remove("nothing")->existed, false);
}

void NodeStoreTest::overwriteReplacesAndCountsOnce()
{
    StoreFixture store;
    store.open();
    QVERIFY(store.put("key", "first"));

    QVERIFY(store.put("key", patternOf(10000, 1)));
    QVERIFY(store.put("key", "third"));

    QCOMPARE(*store.get("key"), std::string("third"));
    const auto counters = *store->counters(store.bucket);
    QCOMPARE(counters.currentObjects, 1U);
    QCOMPARE(counters.currentBytes, 5U);
    QCOMPARE(counters.noncurrentObjects, 0U);
}

void NodeStoreTest::ifNoneMatchLetsOnlyTheFirstIn()
{
    StoreFixture store;
    store.open();
    store::WriteConditions onlyNew;
    onlyNew.ifNoneMatchAny = true;

    QVERIFY(store.put("key", "first", onlyNew));
    QCOMPARE(codeOf(store.put("key", "second", onlyNew)), std::string("PreconditionFailed"));
    QCOMPARE(*store.get("key"), std::string("first"));
}

void NodeStoreTest::ifMatchComparesTheEtag()
{
    StoreFixture store;
    store.open();
    store::WriteConditions matching;
    matching.ifMatch = toHex(crypto::md5(asBytes("first")));

    QCOMPARE(codeOf(store.put("key", "second", matching)), std::string("NoSuchKey"));
    QVERIFY(store.put("key", "first"));
    QVERIFY(store.put("key", "second", matching));
    QCOMPARE(codeOf(store.put("key", "third", matching)), std::string("PreconditionFailed"));
}

void NodeStoreTest::keepsVersionsAndMarkers()
{
    StoreFixture store;
    store.versioning = Versioning::Enabled;
    store.open();

    const auto first = store.put("key", "first");
    const auto second = store.put("key", "second");
    const auto marker = store.remove("key");

    QVERIFY(marker->madeMarker);
    QCOMPARE(codeOf(store.get("key")), std::string("DeleteMarker"));
    QCOMPARE(*store.get("key", first->version), std::string("first"));
    QCOMPARE(*store.get("key", second->version), std::string("second"));
    QCOMPARE(codeOf(store.get("key", marker->version)), std::string("DeleteMarker"));
    store::ObjectStore::ListRequest all;
    all.bucket = store.bucket;
    const auto listing = store->listVersions(all, {});
    QCOMPARE(listing->entries.size(), 3U);
    QVERIFY(listing->entries[0].info->isDeleteMarker && listing->entries[0].info->isLatest);
    QVERIFY(listing->entries[1].info->version == second->version && !listing->entries[1].info->isLatest);
    QVERIFY(store->list(all, index::ReadMode::MayBlock)->entries.empty());
}

void NodeStoreTest::removingTheMarkerRevealsTheObject()
{
    StoreFixture store;
    store.versioning = Versioning::Enabled;
    store.open();
    QVERIFY(store.put("key", "data"));
    const auto marker = store.remove("key");

    const auto removed = store.remove("key", marker->version);

    QVERIFY(removed->removedMarker);
    QCOMPARE(*store.get("key"), std::string("data"));
    QCOMPARE(store->counters(store.bucket)->noncurrentObjects, 0U);
}

void NodeStoreTest::suspendedVersioningReplacesTheNullVersion()
{
    StoreFixture store;
    store.open();
    QVERIFY(store.put("key", "null 1"));
    store.setVersioning(Versioning::Enabled);
    const auto kept = store.put("key", "kept");
    store.setVersioning(Versioning::Suspended);

    const auto replaced = store.put("key", "null 2");

    QCOMPARE(replaced->version.text(), std::string("null"));
    QCOMPARE(*store.get("key"), std::string("null 2"));
    QCOMPARE(*store.get("key", kept->version), std::string("kept"));
    QCOMPARE(*store.get("key", store::VersionId{}), std::string("null 2"));
    const auto counters = *store->counters(store.bucket);
    QCOMPARE(counters.currentObjects + counters.noncurrentObjects, 2U);
}

void NodeStoreTest::completedUploadIsReadAcrossParts()
{
    StoreFixture store;
    store.open();
    const std::string first = patternOf(kPart, 1);
    const std::string last = patternOf(1000, 2);
    const auto upload = store.beginUpload("big");
    const auto part2 = store.putPart("big", *upload, 7, last);
    const auto part1 = store.putPart("big", *upload, 2, first);

    const auto committed = store.complete("big", *upload, {{2, part1->etag, {}}, {7, part2->etag, {}}});

    QCOMPARE(codeOf(committed), std::string("ok"));
    QVERIFY(committed->etag.ends_with("-2"));
    QVERIFY(*store.get("big") == first + last);
    const auto object = store->open(store.bucket, "big", {}, index::ReadMode::MayBlock);
    Bytes range;
    QVERIFY((*object)->read(kPart - 10, 20, range, index::ReadMode::MayBlock));
    QCOMPARE(toText(range), first.substr(kPart - 10));
    const auto second = std::pair<std::uint64_t, std::uint64_t>(kPart, 1000);
    QVERIFY(*(*object)->partRange(2) == second);
    const auto counters = *store->counters(store.bucket);
    QCOMPARE(counters.uploads, 0U);
    QCOMPARE(counters.uploadBytes, 0U);
    QCOMPARE(counters.currentBytes, kPart + 1000);
}

void NodeStoreTest::completeRefusesWrongLists()
{
    StoreFixture store;
    store.open();
    const auto upload = store.beginUpload("key");
    const auto small = store.putPart("key", *upload, 1, "small");
    const auto last = store.putPart("key", *upload, 2, "last");

    QCOMPARE(codeOf(store.complete("key", *upload, {{2, last->etag, {}}, {1, small->etag, {}}})),
             std::string("InvalidPartOrder"));
    QCOMPARE(codeOf(store.complete("key", *upload, {{1, last->etag, {}}})), std::string("InvalidPart"));
    QCOMPARE(codeOf(store.complete("key", *upload, {{3, last->etag, {}}})), std::string("InvalidPart"));
    QCOMPARE(codeOf(store.complete("key", *upload, {{1, small->etag, {}}, {2, last->etag, {}}})),
             std::string("EntityTooSmall"));
    QCOMPARE(codeOf(store.complete("key", Id128::random(), {{1, small->etag, {}}})),
             std::string("NoSuchUpload"));
}

void NodeStoreTest::completeTwiceGivesTheSameAnswer()
{
    StoreFixture store;
    store.versioning = Versioning::Enabled;
    store.open();
    const auto upload = store.beginUpload("key");
    const auto part = store.putPart("key", *upload, 1, "data");

    const auto first = store.complete("key", *upload, {{1, part->etag, {}}});
    const auto second = store.complete("key", *upload, {{1, part->etag, {}}});

    QVERIFY(first && second);
    QVERIFY(first->version == second->version);
    QCOMPARE(first->etag, second->etag);
    QCOMPARE(store->counters(store.bucket)->noncurrentObjects, 0U);
}

void NodeStoreTest::abortedUploadLeavesNoFiles()
{
    StoreFixture store;
    store.open();
    const auto upload = store.beginUpload("key");
    QVERIFY(store.putPart("key", *upload, 1, patternOf(100000, 3)));
    QVERIFY(store.putPart("key", *upload, 1, patternOf(100000, 4)));

    QVERIFY(store.abort("key", *upload));

    QCOMPARE(codeOf(store.putPart("key", *upload, 2, "x")), std::string("NoSuchUpload"));
    const auto counters = *store->counters(store.bucket);
    QCOMPARE(counters.uploads + counters.uploadBytes, 0U);
    store.close();  // the housekeeper removes what is queued
    std::size_t files = 0;
    const auto folders = store.files().list("/data/blobs");
    for (const auto &folder : *folders)
        files += store.files().list("/data/blobs/" + folder.name)->size();
    QCOMPARE(files, 0U);
}

void NodeStoreTest::tagsChangeWithoutTouchingData()
{
    StoreFixture store;
    store.open();
    store::Attributes attributes;
    attributes.userMetadata = {{"colour", "red"}};
    const auto before = store.put("key", patternOf(20000, 5), {}, attributes);

    const auto changed = store.setTags("key", {{"a", "1"}});
    QVERIFY(store.setTags("key", {{"a", "2"}, {"b", "3"}}));

    QCOMPARE(changed->lastModifiedMs, before->lastModifiedMs);
    const auto object = store->open(store.bucket, "key", {}, index::ReadMode::MayBlock);
    const auto now = (*object)->attributes(index::ReadMode::MayBlock);
    const store::Pairs tags{{"a", "2"}, {"b", "3"}};
    QVERIFY((*now)->tags == tags);
    QVERIFY((*now)->userMetadata == attributes.userMetadata);
    QVERIFY(*store.get("key") == patternOf(20000, 5));
}

// While one batch is being synced the others gather: most of these changes find their predecessor's record in
// their own batch.
void NodeStoreTest::changesOfOneBatchBuildOnEachOther()
{
    constexpr unsigned kChanges = 200;
    StoreFixture store;
    store.open();
    store::Attributes large;
    for (int i = 0; i < 10; ++i)
        large.tags.emplace_back(std::string(100, static_cast<char>('a' + i)), std::string(250, 'v'));
    large.userMetadata = {{"note", std::string(2000, 'm')}};  // too much for a row
    QVERIFY(store.put("large", "data", {}, large));
    const auto upload = store.beginUpload("parts");
    const auto part = store.putPart("parts", *upload, 1, "part");
    QVERIFY(store.complete("parts", *upload, {{1, part->etag, {}}}));

    std::latch answered(2 * kChanges);
    std::atomic<unsigned> failed = 0;
    const auto done = [&](const Result<store::Committed> &result) {
        failed += result ? 0 : 1;
        answered.count_down();
    };
    for (unsigned i = 1; i <= kChanges; ++i) {
        large.tags.front().second = std::to_string(i);
        store->setTags(store.bucket, "large", {}, large.tags, done);
        store->setTags(store.bucket, "parts", {}, {{"a", std::to_string(i)}}, done);
    }
    answered.wait();

    QCOMPARE(failed.load(), 0U);
    QCOMPARE(*store.get("parts"), std::string("part"));
    const auto object = store->open(store.bucket, "large", {}, index::ReadMode::MayBlock);
    const auto now = (*object)->attributes(index::ReadMode::MayBlock);
    QVERIFY((*now)->tags == large.tags);
    QVERIFY((*now)->userMetadata == large.userMetadata);
}

void NodeStoreTest::versionsOfOneBatchHaveIdsOfTheirOwn()
{
    constexpr unsigned kObjects = 100;
    StoreFixture store;
    store.open();
    store.setVersioning(Versioning::Enabled);

    std::latch answered(kObjects);
    base::Mutex mutex;
    std::set<std::string> ids;
    for (unsigned i = 0; i < kObjects; ++i) {
        auto session = store->beginPut(store.bucket, std::to_string(i), {}, std::nullopt);
        QVERIFY(session && (*session)->write(asBytes("data")) && (*session)->finish());
        (*session)->commit({}, [&](const Result<store::Committed> &result) {
            const base::MutexLock lock(mutex);
            ids.insert(result ? result->version.text() : "");
            answered.count_down();
        });
    }
    answered.wait();

    QCOMPARE(ids.size(), std::size_t(kObjects));
}

void NodeStoreTest::closedBucketRefusesChanges()
{
    StoreFixture store;
    store.open();
    QVERIFY(store.put("key", "data"));

    QCOMPARE(codeOf(store.closeBucket()), std::string("BucketNotEmpty"));
    QVERIFY(store.remove("key"));
    QVERIFY(store.closeBucket());

    QCOMPARE(codeOf(store.put("key", "data")), std::string("NoSuchBucket"));
    store.close();
    store.open();
    QVERIFY(*store->isClosed(store.bucket));
    QCOMPARE(codeOf(store.put("key", "data")), std::string("NoSuchBucket"));
}

void NodeStoreTest::closingABucketAbortsItsUploads()
{
    StoreFixture store;
    store.open();
    const auto upload = store.beginUpload("key");
    QVERIFY(store.putPart("key", *upload, 1, patternOf(9000, 1)));
    QVERIFY(store.beginUpload("other"));

    QCOMPARE(codeOf(store.closeBucket()), std::string("ok"));

    QCOMPARE(store->counters(store.bucket)->uploads, 0U);
    QCOMPARE(codeOf(store.putPart("key", *upload, 2, "x")), std::string("NoSuchBucket"));
}

}  // namespace maxiofs::test

using maxiofs::test::NodeStoreTest;
MAXIOFS_TEST(NodeStoreTest)
#include "node_store_test.moc"
