// SPDX-License-Identifier: GPL-3.0-or-later
#include "index/row_cache.h"
#include "support/test_runner.h"

namespace maxiofs::test {

using index::ObjectRow;
using index::RowCache;

class RowCacheTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void givesBackWhatItKept();
    void rowFromBeforeAChangeStaysOut();
    void forgottenRowIsGoneFromBothHalves();
    void staysWithinItsBytes();
    void largeRowIsNotKept();
};

namespace {

ObjectRow rowOfSize(std::uint64_t size)
{
    ObjectRow row;
    row.size = size;
    row.etag = "0123456789abcdef0123456789abcdef";
    return row;
}

void read(RowCache &cache, const std::string &key, const ObjectRow &row)
{
    RowCache::Ticket ticket = 0;
    if (!cache.find(key, ticket))
        cache.keep(key, row, ticket);
}

bool has(RowCache &cache, const std::string &key)
{
    RowCache::Ticket ticket = 0;
    return cache.find(key, ticket).has_value();
}

}  // namespace

void RowCacheTest::givesBackWhatItKept()
{
    RowCache cache;
    read(cache, "key", rowOfSize(7));

    RowCache::Ticket ticket = 0;
    QVERIFY(cache.find("key", ticket) == rowOfSize(7));
    QVERIFY(!cache.find("other", ticket));
}

void RowCacheTest::rowFromBeforeAChangeStaysOut()
{
    RowCache cache;
    RowCache::Ticket ticket = 0;
    QVERIFY(!cache.find("key", ticket));
    cache.forget("key");

    cache.keep("key", rowOfSize(1), ticket);

    QVERIFY(!has(cache, "key"));
}

void RowCacheTest::forgottenRowIsGoneFromBothHalves()
{
    RowCache cache(64 * 1024);
    read(cache, "first", rowOfSize(1));
    for (int i = 0; i < 50; ++i)  // some of them push it into the older half
        read(cache, std::to_string(i), rowOfSize(1));
    read(cache, "last", rowOfSize(1));

    cache.forget("first");
    cache.forget("last");

    QVERIFY(!has(cache, "first"));
    QVERIFY(!has(cache, "last"));
}

void RowCacheTest::staysWithinItsBytes()
{
    constexpr std::size_t kBytes = 256 * 1024;
    RowCache cache(kBytes);
    for (int i = 0; i < 10'000; ++i)
        read(cache, std::to_string(i), rowOfSize(1));

    std::size_t kept = 0;
    for (int i = 0; i < 10'000; ++i)
        kept += has(cache, std::to_string(i)) ? 1 : 0;
    QVERIFY(kept > 0);
    QVERIFY2(kept * sizeof(ObjectRow) <= kBytes, std::to_string(kept).c_str());
    QVERIFY(has(cache, "9999"));
}

void RowCacheTest::largeRowIsNotKept()
{
    RowCache cache;
    ObjectRow large = rowOfSize(1);
    large.clearFields = Bytes(4096);
    read(cache, "large", large);

    QVERIFY(!has(cache, "large"));
}

}  // namespace maxiofs::test

using maxiofs::test::RowCacheTest;
MAXIOFS_TEST(RowCacheTest)
#include "row_cache_test.moc"
