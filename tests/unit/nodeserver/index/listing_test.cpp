// SPDX-License-Identifier: GPL-3.0-or-later
#include "listing_model.h"
#include "support/test_runner.h"

#include <rocksdb/perf_context.h>
#include <rocksdb/perf_level.h>

#include <atomic>
#include <thread>

using namespace maxiofs;
using namespace maxiofs::index;
using namespace std::string_literals;

class IndexListingTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void objectsAndCommonPrefixesComeInOrder()
    {
        const auto index = samples::inMemory();
        putObjects(*index, {"a", "b/1", "b/2", "b0", "c/x/y", "d"});

        QCOMPARE(namesOf(*index, {.bucket = m_bucket, .delimiter = "/"}), "a b/* b0 c/* d"s);
        QCOMPARE(namesOf(*index, {.bucket = m_bucket, .prefix = "c/", .delimiter = "/"}), "c/x/*"s);
        QCOMPARE(namesOf(*index, {.bucket = m_bucket, .prefix = "b"}), "b/1 b/2 b0"s);
        QCOMPARE(
            namesOf(*index, {.bucket = m_bucket, .delimiter = "/", .after = "b/", .afterIsPrefix = true}),
            "b0 c/* d"s);
        QCOMPARE(namesOf(*index, {.bucket = m_bucket, .delimiter = "/", .after = "b/1"}), "b0 c/* d"s);
        QCOMPARE(namesOf(*index, {.bucket = m_bucket, .after = "b/1"}), "b/2 b0 c/x/y d"s);
        QCOMPARE(namesOf(*index, {.bucket = samples::idOf(2)}), ""s);
    }

    void truncationIsTrueOnlyIfAnEntryFollows()
    {
        const auto index = samples::inMemory();
        putObjects(*index, {"a", "b/1", "b/2"});

        QVERIFY(index->list({.bucket = m_bucket, .limit = 2})->truncated);
        QVERIFY(!index->list({.bucket = m_bucket, .limit = 3})->truncated);
        QVERIFY(!index->list({.bucket = m_bucket, .delimiter = "/", .limit = 2})->truncated);
        QVERIFY(index->list({.bucket = m_bucket, .delimiter = "/", .limit = 1})->truncated);
        QVERIFY(!index->list({.bucket = m_bucket, .prefix = "a", .limit = 1})->truncated);
        QVERIFY(!index->list({.bucket = m_bucket, .limit = 0})->truncated);
        QVERIFY(index->list({.bucket = m_bucket, .limit = 0})->entries.empty());
    }

    void aListingShowsNoPartTables()
    {
        const auto index = samples::inMemory();
        ObjectRow row = samples::objectAt(1);
        row.data = InParts{5, {{1, 10}, {2, 20}}};
        QVERIFY(samples::applied(*index, [&](Transaction &t) { t.putCurrent(m_bucket, "k", row); }));

        const auto page = index->list({.bucket = m_bucket});

        QVERIFY(page->entries.at(0).row->data == DataPlace(InParts{5, {}}));
        QVERIFY((*index->current(m_bucket, "k"))->data == row.data);
    }

    void onlyWhatIsNewestIsTheLatestVersion()
    {
        const auto index = samples::inMemory();
        QVERIFY(samples::applied(*index, [&](Transaction &t) {
            t.putCurrent(m_bucket, "a", samples::objectAt(3));
            t.putVersion(m_bucket, "a", samples::objectAt(2));
            t.setNullVersion(m_bucket, "a", samples::stampAt(2));
            t.putVersion(m_bucket, "b", samples::deleteMarkerAt(5));
            t.putVersion(m_bucket, "b", samples::objectAt(4));
        }));

        const auto versions = [&](const std::string &after, std::optional<Stamp> within) {
            std::string text;
            for (const auto &entry :
                 index->listVersions({.bucket = m_bucket, .after = after}, within)->entries)
                text += entry.key + std::to_string(entry.row->stamp.unixMs()) + (entry.isLatest ? "! " : " ");
            return text;
        };

        QCOMPARE(versions("", {}), "a3! a2 b5! b4 "s);
        QCOMPARE(versions("a", {}), "b5! b4 "s);
        QCOMPARE(versions("a", samples::stampAt(3)), "a2 b5! b4 "s);
        QCOMPARE(versions("b", samples::stampAt(5)), "b4 "s);
        // Named by a marker that was deleted since: what is newest now is the latest.
        QCOMPARE(versions("b", samples::stampAt(9)), "b5! b4 "s);
        QCOMPARE(versions("a", samples::stampAt(9)), "a3! a2 b5! b4 "s);
    }

    // The key always has three versions with successive stamps, spread over two families.
    void aListingSeesWholeTransactionsWhileOthersAreApplied()
    {
        const auto index = samples::inMemory();
        QVERIFY(samples::applied(*index, [&](Transaction &t) {
            t.putCurrent(m_bucket, "k", samples::objectAt(3));
            t.putVersion(m_bucket, "k", samples::objectAt(2));
            t.putVersion(m_bucket, "k", samples::objectAt(1));
        }));
        std::atomic<bool> failed = false;
        std::atomic<bool> stop = false;
        std::thread writer([&] {
            for (std::uint64_t ms = 4; !stop && !failed; ++ms) {
                failed = !samples::applied(*index, [&](Transaction &t) {
                    t.putVersion(m_bucket, "k", samples::objectAt(ms - 1));
                    t.putCurrent(m_bucket, "k", samples::objectAt(ms));
                    t.eraseVersion(m_bucket, "k", samples::stampAt(ms - 3));
                });
                if (ms % 500 == 0)
                    failed = failed || !index->flush();
            }
        });

        std::string wrong;
        for (int i = 0; i < 5000 && wrong.empty(); ++i) {
            const auto page = index->listVersions({.bucket = m_bucket}, {});
            for (std::size_t n = 1; n < page->entries.size(); ++n) {
                if (page->entries[n].row->stamp.unixMs() + 1 != page->entries[n - 1].row->stamp.unixMs())
                    wrong = "gap in list " + std::to_string(i);
            }
            if (page->entries.size() != 3 || !page->entries[0].isLatest)
                wrong = std::to_string(page->entries.size()) + " versions in list " + std::to_string(i);
        }
        stop = true;
        writer.join();

        QVERIFY2(wrong.empty(), wrong.c_str());
        QVERIFY(!failed);
    }

    void aListingIsThatOfTheModel()
    {
        samples::RandomKeys random(samples::newSeed());

        for (int round = 0; round < 10; ++round) {
            const auto index = samples::inMemory();
            std::map<std::string, ObjectRow> objects;
            fillRandomly(*index, random, [&](Transaction &t, const BucketId &bucket, std::uint32_t ms) {
                const std::string key = random.key();
                t.putCurrent(bucket, key, samples::objectAt(ms));
                if (bucket == m_bucket)
                    objects[key] = samples::objectAt(ms);
                if (random.below(4) != 0)
                    return;
                t.eraseCurrent(bucket, key);
                if (bucket == m_bucket)
                    objects.erase(key);
            });
            std::vector<samples::ModelRow<ObjectRow>> rows;
            for (const auto &[key, row] : objects)
                rows.push_back({key, row});

            for (int i = 0; i < 200; ++i) {
                const std::string difference = samples::difference<ObjectRow, Stamp>(
                    rows, randomQuery(random), {},
                    [&](const ListQuery &query, const auto &) { return index->list(query); });
                QVERIFY2(difference.empty(), difference.c_str());
            }
        }
    }

    void aListingOfVersionsIsThatOfTheModel()
    {
        samples::RandomKeys random(samples::newSeed());

        for (int round = 0; round < 10; ++round) {
            const auto index = samples::inMemory();
            std::map<std::string, std::map<std::uint32_t, ObjectRow, std::greater<>>> keys;
            fillRandomly(*index, random, [&](Transaction &t, const BucketId &bucket, std::uint32_t ms) {
                const std::string key = random.key();
                auto &versions = keys[key];
                if (bucket != m_bucket) {
                    t.putCurrent(bucket, key, samples::objectAt(ms));
                    return;
                }
                putVersion(t, key, versions,
                           random.below(4) == 0 ? samples::deleteMarkerAt(ms) : samples::objectAt(ms));
                if (random.below(3) == 0)
                    t.setNullVersion(bucket, key, samples::stampAt(ms));
            });
            std::vector<samples::ModelRow<ObjectRow>> rows;
            for (const auto &[key, versions] : keys) {
                for (const auto &[ms, row] : versions)
                    rows.push_back({key, row, ms == versions.begin()->first});
            }

            for (int i = 0; i < 200; ++i) {
                const std::string difference =
                    samples::difference<ObjectRow, Stamp>(rows, randomQuery(random), randomStamp(random),
                                                          [&](const ListQuery &query, const auto &within) {
                                                              return index->listVersions(query, within);
                                                          });
                QVERIFY2(difference.empty(), difference.c_str());
            }
        }
    }

    void aListingOfUploadsIsThatOfTheModel()
    {
        samples::RandomKeys random(samples::newSeed());

        for (int round = 0; round < 10; ++round) {
            const auto index = samples::inMemory();
            std::map<std::pair<std::string, std::uint32_t>, UploadRow> uploads;
            fillRandomly(*index, random, [&](Transaction &t, const BucketId &bucket, std::uint32_t ms) {
                const std::string key = random.key();
                t.putUpload(bucket, key, samples::uploadAt(ms));
                if (bucket == m_bucket)
                    uploads[{key, ms}] = samples::uploadAt(ms);
                if (random.below(4) != 0)
                    return;
                t.eraseUpload(bucket, key, samples::uploadAt(ms).uploadId);
                if (bucket == m_bucket)
                    uploads.erase({key, ms});
            });
            std::vector<samples::ModelRow<UploadRow>> rows;
            for (const auto &[name, row] : uploads)
                rows.push_back({name.first, row});

            for (int i = 0; i < 200; ++i) {
                std::optional<Id128> within;
                if (const auto stamp = randomStamp(random))
                    within = samples::uploadAt(static_cast<std::uint64_t>(stamp->unixMs())).uploadId;
                const std::string difference = samples::difference<UploadRow, Id128>(
                    rows, randomQuery(random), within, [&](const ListQuery &query, const auto &position) {
                        return index->listUploads(query, position);
                    });
                QVERIFY2(difference.empty(), difference.c_str());
            }
        }
    }

    void theCostOfCommonPrefixesIsNotThatOfTheirKeys()
    {
        const auto index = samples::inMemory();
        for (int folder = 0; folder < 20; ++folder) {
            QVERIFY(samples::applied(*index, [&](Transaction &t) {
                for (int i = 0; i < 2000; ++i)
                    t.putCurrent(m_bucket, std::to_string(folder) + '/' + std::to_string(i),
                                 samples::objectAt(1));
            }));
        }
        rocksdb::SetPerfLevel(rocksdb::kEnableCount);
        rocksdb::get_perf_context()->Reset();

        const auto page = index->list({.bucket = m_bucket, .delimiter = "/"});

        const std::uint64_t stepped = rocksdb::get_perf_context()->internal_key_skipped_count;
        rocksdb::SetPerfLevel(rocksdb::kDisable);
        QCOMPARE(page->entries.size(), std::size_t{20});
        QVERIFY2(stepped < 200, std::to_string(stepped).c_str());
    }

private:
    void putObjects(Index &index, const std::vector<std::string> &keys) const
    {
        QVERIFY(samples::applied(index, [&](Transaction &t) {
            for (const std::string &key : keys)
                t.putCurrent(m_bucket, key, samples::objectAt(1));
        }));
    }

    static std::string namesOf(const Index &index, const ListQuery &query)
    {
        std::string names;
        for (const auto &entry : index.list(query)->entries)
            names += (names.empty() ? "" : " ") + entry.key + (entry.row ? "" : "*");
        return names;
    }

    // A hundred changes, some of them in the buckets beside; half of the time a part of them lies in files.
    template <typename Change>
    void fillRandomly(Index &index, samples::RandomKeys &random, const Change &change) const
    {
        const std::uint32_t flushAfter = random.below(8);
        for (std::uint32_t batch = 0; batch < 4; ++batch) {
            QVERIFY(samples::applied(index, [&](Transaction &t) {
                for (std::uint32_t i = 0; i < 25; ++i) {
                    const bool beside = random.below(10) == 0;
                    change(t, beside ? samples::idOf(random.below(2) == 0 ? 0x10 : 0x12) : m_bucket,
                           1 + batch * 25 + i);
                }
            }));
            if (batch == flushAfter)
                QVERIFY(index.flush().has_value());
        }
    }

    // Keeps the rule that the newest version is in `current` unless it is a delete marker.
    void putVersion(Transaction &t, const std::string &key,
                    std::map<std::uint32_t, ObjectRow, std::greater<>> &versions, const ObjectRow &row) const
    {
        if (!versions.empty() && !versions.begin()->second.isDeleteMarker) {
            t.eraseCurrent(m_bucket, key);
            t.putVersion(m_bucket, key, versions.begin()->second);
        }
        if (row.isDeleteMarker)
            t.putVersion(m_bucket, key, row);
        else
            t.putCurrent(m_bucket, key, row);
        versions[static_cast<std::uint32_t>(row.stamp.unixMs())] = row;
    }

    ListQuery randomQuery(samples::RandomKeys &random) const
    {
        ListQuery query{.bucket = m_bucket};
        if (random.below(2) == 0)
            query.prefix = random.key().substr(0, 1 + random.below(2));
        query.delimiter = random.delimiter();
        if (random.below(2) == 0)
            query.after = (random.below(2) == 0 ? query.prefix : ""s) + random.key();
        query.afterIsPrefix = !query.after.empty() && random.below(5) == 0;
        query.limit = 1 + random.below(8);
        return query;
    }

    static std::optional<Stamp> randomStamp(samples::RandomKeys &random)
    {
        if (random.below(2) == 0)
            return std::nullopt;
        return samples::stampAt(random.below(102));
    }

    const BucketId m_bucket = samples::idOf(0x11);
};

MAXIOFS_TEST(IndexListingTest)
#include "listing_test.moc"
