// SPDX-License-Identifier: GPL-3.0-or-later
#include "index/conflict_stamp.h"
#include "index_samples.h"
#include "support/test_runner.h"

#include <set>

namespace maxiofs::index {

namespace conflict_versions_test {

ObjectRow conflictAt(std::uint64_t ms)
{
    ObjectRow row = samples::objectAt(ms);
    row.stamp = conflictStampOf(row.stamp);
    return row;
}

}  // namespace conflict_versions_test

using conflict_versions_test::conflictAt;

// Conflict versions among the others of a key.
class ConflictVersionsTest final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { m_index = samples::inMemory(); }

    void theyAreNeverTheNewest()
    {
        QVERIFY(samples::applied(*m_index, [&](Transaction &t) {
            t.putVersion(m_bucket, "alone", conflictAt(9));
            t.putVersion(m_bucket, "old", samples::objectAt(1));
            t.putVersion(m_bucket, "old", conflictAt(9));
        }));

        QVERIFY(!m_index->newestVersion(m_bucket, "alone").value());
        QVERIFY(m_index->newestVersion(m_bucket, "old").value()->stamp == samples::stampAt(1));
        QVERIFY(m_index->version(m_bucket, "alone", conflictStampOf(samples::stampAt(9))).value());
        auto transaction = m_index->begin();
        QVERIFY(!transaction->newestVersion(m_bucket, "alone").value());
        transaction->eraseVersion(m_bucket, "old", samples::stampAt(1));
        QVERIFY(!transaction->newestVersion(m_bucket, "old").value());
    }

    void listingsHaveThemLastAndNeverAsTheLatest_data()
    {
        QTest::addColumn<bool>("hasCurrent");
        QTest::newRow("an object is current") << true;
        QTest::newRow("a delete marker is the newest") << false;
    }
    void listingsHaveThemLastAndNeverAsTheLatest()
    {
        QFETCH(const bool, hasCurrent);
        QVERIFY(samples::applied(*m_index, [&](Transaction &t) {
            if (hasCurrent)
                t.putCurrent(m_bucket, "b", samples::objectAt(5));
            else
                t.putVersion(m_bucket, "b", samples::deleteMarkerAt(5));
            t.putVersion(m_bucket, "a", conflictAt(3));
            t.putVersion(m_bucket, "b", samples::objectAt(2));
            t.putVersion(m_bucket, "b", conflictAt(7));
            t.putVersion(m_bucket, "b", conflictAt(1));
            t.putCurrent(m_bucket, "c", samples::objectAt(6));
        }));
        const std::vector<std::tuple<std::string, Stamp, bool>> expected{
            {"a", conflictStampOf(samples::stampAt(3)), false},
            {"b", samples::stampAt(5), true},
            {"b", samples::stampAt(2), false},
            {"b", conflictStampOf(samples::stampAt(7)), false},
            {"b", conflictStampOf(samples::stampAt(1)), false},
            {"c", samples::stampAt(6), true},
        };

        for (std::size_t limit = 1; limit <= expected.size(); ++limit) {
            std::vector<std::tuple<std::string, Stamp, bool>> found;
            ListQuery query{.bucket = m_bucket, .limit = limit};
            std::optional<Stamp> after;
            while (true) {
                const auto page = m_index->listVersions(query, after);
                QVERIFY(page);
                for (const auto &entry : page->entries)
                    found.emplace_back(entry.key, entry.row->stamp, entry.isLatest);
                if (!page->truncated)
                    break;
                query.after = page->entries.back().key;
                after = page->entries.back().row->stamp;
            }
            QVERIFY(found == expected);
        }
    }

    void theyAreListedByThemselves()
    {
        samples::RandomKeys random(samples::newSeed());
        using Name = std::tuple<BucketId, std::string, std::uint64_t>;
        std::set<Name> model;
        for (int round = 0; round < 40; ++round) {
            QVERIFY(samples::applied(*m_index, [&](Transaction &t) {
                for (int i = 0; i < 4; ++i) {
                    const BucketId bucket = samples::idOf(static_cast<std::uint8_t>(1 + random.below(3)));
                    const std::string key = random.key();
                    const std::uint64_t ms = 1 + random.below(3);
                    // Newest first.
                    const Name name{bucket, key, ~ms};
                    if (model.erase(name) != 0) {
                        t.eraseVersion(bucket, key, conflictStampOf(samples::stampAt(ms)));
                    } else {
                        t.putVersion(bucket, key, conflictAt(ms));
                        model.insert(name);
                    }
                    t.putVersion(bucket, key, samples::objectAt(50 + ms));
                }
            }));
            for (std::uint8_t number = 0; number <= 4; ++number) {
                const std::optional<BucketId> bucket =
                    number == 0 ? std::nullopt : std::optional(samples::idOf(number));
                std::vector<Name> expected;
                std::ranges::copy_if(model, std::back_inserter(expected), [&](const Name &name) {
                    return !bucket || std::get<0>(name) == *bucket;
                });
                QVERIFY(listed(bucket, 1 + random.below(5)) == expected);
            }
        }
    }

private:
    std::vector<std::tuple<BucketId, std::string, std::uint64_t>>
    listed(const std::optional<BucketId> &bucket, std::size_t limit)
    {
        std::vector<std::tuple<BucketId, std::string, std::uint64_t>> all;
        std::optional<Index::ConflictVersion> after;
        while (true) {
            const auto page = m_index->conflicts(bucket, after, limit).value();
            for (const auto &conflict : page) {
                all.emplace_back(conflict.bucket, conflict.key,
                                 ~static_cast<std::uint64_t>(conflict.version.unixMs()));
                if (conflict.version != conflictStampOf(conflict.version))
                    return {};
            }
            if (page.size() < limit)
                return all;
            after = page.back();
        }
    }

    const BucketId m_bucket = samples::idOf(1);
    std::unique_ptr<Index> m_index;
};

MAXIOFS_TEST(ConflictVersionsTest)

}  // namespace maxiofs::index

#include "conflict_versions_test.moc"
