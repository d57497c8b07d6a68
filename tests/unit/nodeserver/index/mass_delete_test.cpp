// SPDX-License-Identifier: GPL-3.0-or-later
#include "index_samples.h"
#include "support/test_runner.h"

#include <rocksdb/perf_context.h>
#include <rocksdb/perf_level.h>

using namespace maxiofs;
using namespace maxiofs::index;

class IndexMassDeleteTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    // A million keys are put and deleted; one in 100,000 stays. Soon a page steps over few of the deleted.
    void aMillionDeletedKeysDoNotSlowTheListing()
    {
        constexpr int kKeys = 1'000'000;
        constexpr int kKept = 100'000;
        constexpr int kBatch = 10'000;
        constexpr std::uint64_t kMostSkipped = 50'000;
        const auto index = samples::inMemory();
        const BucketId bucket = samples::idOf(1);
        const auto nameOf = [](int i) { return "folder/" + std::to_string(10'000'000 + i); };
        ObjectRow row;
        row.stamp = samples::stampAt(1);
        for (int from = 0; from < kKeys; from += kBatch) {
            QVERIFY(samples::applied(*index, [&](Transaction &t) {
                for (int i = from; i < from + kBatch; ++i)
                    t.putCurrent(bucket, nameOf(i), row);
            }));
        }
        QVERIFY(index->flush().has_value());
        for (int from = 0; from < kKeys; from += kBatch) {
            QVERIFY(samples::applied(*index, [&](Transaction &t) {
                for (int i = from; i < from + kBatch; ++i) {
                    if (i % kKept != 0)
                        t.eraseCurrent(bucket, nameOf(i));
                }
            }));
        }

        rocksdb::SetPerfLevel(rocksdb::kEnableCount);
        const auto skipped = [&] {
            rocksdb::get_perf_context()->Reset();
            const auto page = index->list({.bucket = bucket});
            return page && page->entries.size() == kKeys / kKept
                       ? rocksdb::get_perf_context()->internal_delete_skipped_count
                       : UINT64_MAX;
        };
        const bool soon = QTest::qWaitFor([&] { return skipped() <= kMostSkipped; }, 30'000);
        rocksdb::SetPerfLevel(rocksdb::kDisable);

        QVERIFY(soon);
    }
};

MAXIOFS_TEST(IndexMassDeleteTest)
#include "mass_delete_test.moc"
