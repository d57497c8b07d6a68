// SPDX-License-Identifier: GPL-3.0-or-later
#include "blob/reader_cache.h"

#include "support/test_runner.h"

namespace maxiofs::blob {

namespace reader_cache_test {

class NoReader final : public BlobReader {
public:
    std::uint64_t size() const override { return 0; }
    Status readFrames(std::uint64_t, std::uint64_t, bool, Bytes &) override { return {}; }
    const Purpose &purpose() const override { return m_purpose; }

private:
    Purpose m_purpose;
};

BlobId idOf(unsigned char value)
{
    BlobId id;
    id.bytes.fill(std::byte{value});
    return id;
}

}  // namespace reader_cache_test

using namespace reader_cache_test;

class ReaderCacheTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void theOneUnusedLongestIsThrownOut()
    {
        ReaderCache cache(3);
        for (unsigned char i = 1; i <= 3; ++i)
            cache.insert(idOf(i), std::make_shared<NoReader>(), 0);
        QVERIFY(cache.find(idOf(1)));

        cache.insert(idOf(4), std::make_shared<NoReader>(), 0);

        QCOMPARE(cache.size(), std::size_t(3));
        QVERIFY(cache.find(idOf(1)));
        QVERIFY(!cache.find(idOf(2)));
        QVERIFY(cache.find(idOf(3)));
        QVERIFY(cache.find(idOf(4)));
    }

    void oneThatIsThrownOutStaysOpenForItsUsers()
    {
        ReaderCache cache(1);
        auto reader = std::make_shared<NoReader>();
        const std::weak_ptr<NoReader> alive = reader;
        cache.insert(idOf(1), reader, 0);
        cache.insert(idOf(2), std::make_shared<NoReader>(), 0);

        QVERIFY(!alive.expired());
        reader.reset();
        QVERIFY(alive.expired());
    }

    void whatWasOpenedBeforeARemovalIsNotKept()
    {
        ReaderCache cache(3);
        const std::uint64_t before = cache.removals();
        cache.remove(idOf(1));

        cache.insert(idOf(1), std::make_shared<NoReader>(), before);
        QVERIFY(!cache.find(idOf(1)));
        cache.insert(idOf(2), std::make_shared<NoReader>(), cache.removals());
        QVERIFY(cache.find(idOf(2)));
        cache.remove(idOf(2));
        QVERIFY(!cache.find(idOf(2)));
    }

    void theFirstReaderOfAFileStays()
    {
        ReaderCache cache(3);
        const auto first = std::make_shared<NoReader>();
        cache.insert(idOf(1), first, 0);
        cache.insert(idOf(1), std::make_shared<NoReader>(), 0);

        QCOMPARE(cache.find(idOf(1)).get(), first.get());
        QCOMPARE(cache.size(), std::size_t(1));
    }
};

MAXIOFS_TEST(ReaderCacheTest)

}  // namespace maxiofs::blob

#include "reader_cache_test.moc"
