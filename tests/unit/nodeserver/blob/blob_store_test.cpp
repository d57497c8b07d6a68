// SPDX-License-Identifier: GPL-3.0-or-later
#include "unit/nodeserver/blob/blob_fixture.h"

#include "support/golden.h"
#include "support/test_runner.h"

namespace maxiofs::blob {

using namespace blob_fixture;
using frame::kFrameSize;

class BlobStoreTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void contentsOfAllSizesComeBackHoweverTheyAreWritten()
    {
        const auto seed = std::random_device()();
        std::mt19937_64 random(seed);
        Node node;
        std::vector<std::size_t> sizes{
            0, 1, kFrameSize - 1, kFrameSize, kFrameSize + 1, 16 * kFrameSize, 33 * kFrameSize + 7};
        for (int i = 0; i < 20; ++i)
            sizes.push_back(random() % (6 * kFrameSize));
        for (const std::size_t size : sizes) {
            const Bytes content = randomBytes(size, size);
            const auto writer = *node.store->create(purposeOf("key"));
            for (ByteView left = content; !left.empty();) {
                const std::size_t count = std::min<std::size_t>(left.size(), 1 + random() % (3 * kFrameSize));
                QVERIFY(writer->write(left.first(count)));
                left = left.subspan(count);
            }
            QCOMPARE(*writer->finish(), std::uint64_t(size));

            QVERIFY2(*node.get(writer->id(), size) == content, std::to_string(seed).c_str());
        }
    }

    void anyRangeOfFramesCanBeRead()
    {
        Node node;
        const std::size_t size = 35 * kFrameSize + 99;
        const Bytes content = randomBytes(size, 3);
        const auto reader = *node.store->openForRead(node.put(content), size);
        QCOMPARE(reader->size(), std::uint64_t(size));
        for (std::uint64_t first = 0; first <= 36; ++first) {
            for (std::uint64_t count = 0; first + count <= 36; ++count) {
                Bytes to = toBytes("x");
                QVERIFY(reader->readFrames(first, count, count % 2 == 0, to));
                const std::size_t begin = first * kFrameSize;
                const std::size_t end = std::min((first + count) * kFrameSize, size);
                QVERIFY(std::ranges::equal(
                    ByteView(to).subspan(1),
                    ByteView(content).subspan(std::min(begin, size), end - std::min(begin, end))));
            }
        }
        Bytes to;
        QCOMPARE(reader->readFrames(36, 1, false, to).error().code, Error::InvalidArgument);
        QCOMPARE(reader->readFrames(1, ~std::uint64_t(0), false, to).error().code, Error::InvalidArgument);
    }

    void wholeFramesGoOutInLargeWrites()
    {
        Node node;
        const Bytes content = randomBytes(64 * kFrameSize, 1);
        const auto writer = *node.store->create(purposeOf("key"));
        const std::uint64_t before = node.disk->count(os::Operation::Write);

        QVERIFY(writer->write(content));
        QVERIFY(writer->finish());

        QCOMPARE(node.disk->count(os::Operation::Write) - before, std::uint64_t(5));  // 16 + 16 + 16 + 15, 1
    }

    void thePurposeIsKeptEncrypted()
    {
        Node node;
        const Purpose purpose = purposeOf("holiday/photo.jpg");
        const BlobId id = node.put(asBytes("plain content"), "holiday/photo.jpg");

        QVERIFY((*node.store->openForRead(id, 13))->purpose() == purpose);
        const Bytes stored = node.stored(id);
        QVERIFY(!asText(stored).contains("photo"));
        QVERIFY(!asText(stored).contains("plain"));
        QVERIFY(asText(stored).starts_with("MXLARGEO"));
    }

    void aLongPurposeIsReadAndATooLongOneRefused()
    {
        Node node;
        const BlobId id = node.put(asBytes("x"), std::string(20'000, 'k'));
        QVERIFY((*node.store->openForRead(id, 1))->purpose() == purposeOf(std::string(20'000, 'k')));

        QCOMPARE(node.store->create(purposeOf(std::string(70'000, 'k'))).error().code,
                 Error::InvalidArgument);
        QCOMPARE(node.files(), std::size_t(1));
    }

    void everyFlippedByteIsFound()
    {
        Node node;
        const Bytes content = randomBytes(kFrameSize + 300, 1);
        const BlobId id = node.put(content);
        const std::size_t stored = node.stored(id).size();
        for (std::size_t at = 0; at < stored; at += at < 300 || at > stored - 400 ? 1 : 241) {
            QVERIFY(node.disk->flipByte(Node::pathOf(id), at, std::byte{0x20}));
            const auto got = node.get(id, content.size());
            QVERIFY2(!got, std::to_string(at).c_str());
            QVERIFY(got.error().code == Error::Corrupt ||
                    (at < 10 && got.error().code == Error::Unsupported));
            QVERIFY(got.error().message.contains(id.hex()));
            QVERIFY(node.disk->flipByte(Node::pathOf(id), at, std::byte{0x20}));
        }
        QVERIFY(*node.get(id, content.size()) == content);
    }

    void everyTruncationAndGrowthIsFound()
    {
        Node node;
        const Bytes content = randomBytes(2 * kFrameSize, 1);
        const BlobId id = node.put(content);
        const Bytes stored = node.stored(id);
        std::vector<std::size_t> sizes{stored.size() - frame::kStoredFrameSize, stored.size() - 1,
                                       stored.size() - 2 * frame::kStoredFrameSize};
        for (std::size_t size = 0; size < stored.size(); size += size < 300 ? 1 : 9973)
            sizes.push_back(size);
        for (const std::size_t size : sizes) {
            node.overwrite(id, ByteView(stored).first(size));
            for (const std::size_t claimed : {content.size(), kFrameSize, std::size_t(0)})
                QVERIFY2(!node.get(id, claimed) ||
                             (claimed == 0 && size == stored.size() - 2 * frame::kStoredFrameSize),
                         std::to_string(size).c_str());
        }
        Bytes grown = stored;
        grown.push_back(std::byte{0});
        node.overwrite(id, grown);
        QCOMPARE(node.get(id, content.size()).error().code, Error::Corrupt);
    }

    void aFileCutWhileItIsOpenIsFound()
    {
        Node node;
        const Bytes content = randomBytes(3 * kFrameSize, 1);
        const BlobId id = node.put(content);
        const auto reader = *node.store->openForRead(id, content.size());
        QVERIFY((*node.disk->open(Node::pathOf(id), os::OpenMode::ReadWrite))->truncate(2 * kFrameSize));
        Bytes to = toBytes("kept");

        QCOMPARE(reader->readFrames(0, 3, false, to).error().code, Error::Corrupt);
        QCOMPARE(toText(to), std::string("kept"));
        QVERIFY(reader->readFrames(0, 1, false, to));
    }

    void swappedFramesAndFilesAreFound()
    {
        Node node;
        const Bytes content = randomBytes(3 * kFrameSize, 1);
        const BlobId one = node.put(content);
        const BlobId two = node.put(content);
        const Bytes first = node.stored(one);
        const Bytes second = node.stored(two);
        QCOMPARE(first.size(), second.size());
        const auto header = static_cast<std::ptrdiff_t>(first.size() - 3 * frame::kStoredFrameSize);
        const auto frameSize = static_cast<std::ptrdiff_t>(frame::kStoredFrameSize);

        Bytes swapped = first;
        std::swap_ranges(swapped.begin() + header, swapped.begin() + header + frameSize,
                         swapped.begin() + header + frameSize);
        node.overwrite(one, swapped);
        QCOMPARE(node.get(one, content.size()).error().code, Error::Corrupt);

        Bytes mixed = first;
        std::copy(second.begin() + header, second.begin() + header + frameSize, mixed.begin() + header);
        node.overwrite(one, mixed);
        QCOMPARE(node.get(one, content.size()).error().code, Error::Corrupt);

        std::copy(first.begin(), first.begin() + header, mixed.begin());
        std::copy(second.begin() + header, second.end(), mixed.begin() + header);
        node.overwrite(one, mixed);  // the other file's frames under this one's header
        QCOMPARE(node.get(one, content.size()).error().code, Error::Corrupt);

        node.overwrite(one, second);
        QCOMPARE(node.get(one, content.size()).error().code, Error::Corrupt);
        node.overwrite(one, first);
        QVERIFY(*node.get(one, content.size()) == content);
    }

    void aMissingFileIsDamage()
    {
        Node node;

        QCOMPARE(node.store->openForRead(BlobId::random(), 5).error().code, Error::Damaged);
    }

    void aReadFromMemoryAloneBlocksNever()
    {
        Node node;
        const BlobId id = node.put(asBytes("content"));
        const auto reader = *node.store->openForRead(id, 7);
        Bytes to;

        node.disk->setCached(false);
        QCOMPARE(reader->readFrames(0, 1, true, to).error().code, Error::WouldBlock);
        node.disk->setCached(true);
        QVERIFY(reader->readFrames(0, 1, true, to));
        QCOMPARE(toText(to), std::string("content"));
    }

    void openFilesAreKeptAndDroppedWithTheirFile()
    {
        Node node;
        const BlobId id = node.put(asBytes("content"));
        const auto reader = *node.store->openForRead(id, 7);
        const std::uint64_t opened = node.disk->count(os::Operation::Open);

        QCOMPARE((*node.store->openForRead(id, 7)).get(), reader.get());
        QCOMPARE(node.disk->count(os::Operation::Open), opened);
        QCOMPARE(node.store->openForRead(id, 8).error().code, Error::Corrupt);

        QVERIFY(node.store->remove(id));
        QVERIFY(node.store->remove(id));
        QCOMPARE(node.store->openForRead(id, 7).error().code, Error::Damaged);
        Bytes to;
        QVERIFY(reader->readFrames(0, 1, false, to));  // still open
    }

    void aFileOfAnOlderDataKeyIsReadAfterARotation()
    {
        Node node;
        const BlobId before = node.put(asBytes("before"));
        QVERIFY(node.keyring->rotate());
        const BlobId after = node.put(asBytes("after"));
        node.start();

        QCOMPARE(toText(*node.get(before, 6)), std::string("before"));
        QCOMPARE(toText(*node.get(after, 5)), std::string("after"));
        QCOMPARE(static_cast<int>(node.stored(before)[10]), 1);
        QCOMPARE(static_cast<int>(node.stored(after)[10]), 2);
    }

    void filesAreVisitedWithTheirTimes()
    {
        Node node;
        std::set<BlobId> made;
        node.disk->setTime(4711);
        for (int i = 0; i < 200; ++i)
            made.insert(node.put(asBytes("x")));
        QVERIFY(os::replaceFile(*node.disk, "/data/blobs/00/README", asBytes("no large object")));
        std::set<BlobId> found;
        int times = 0;

        QVERIFY(node.store->forEach([&](const BlobId &id, std::int64_t modifiedMs) {
            times += modifiedMs == 4711 ? 1 : 0;
            return found.insert(id).second;
        }));
        QVERIFY(found == made);
        QCOMPARE(times, 200);

        int visited = 0;
        QVERIFY(node.store->forEach([&](const BlobId &, std::int64_t) { return ++visited < 3; }));
        QCOMPARE(visited, 3);
    }

    void orphansAreMovedAway()
    {
        Node node;
        const BlobId id = node.put(asBytes("content"));
        const Bytes stored = node.stored(id);

        QVERIFY(node.store->moveToOrphans(id, "/data/tmp/orphans"));

        QVERIFY(*os::readWholeFile(*node.disk, "/data/tmp/orphans/" + id.hex(), 1000) == stored);
        QCOMPARE(node.store->openForRead(id, 7).error().code, Error::Damaged);
        QCOMPARE(node.store->moveToOrphans(id, "/data/tmp/orphans").error().code, Error::NotFound);
    }

    void theFormatIsThatOfTheGoldenFile()
    {
        frame::Key256 fixed;
        fixed.fill(std::byte{0x5a});
        frame::KeyringContent keys;
        keys.generation = 1;
        keys.dataKeys = {{3, fixed}};
        os::MemoryFileSystem disk;
        QVERIFY(disk.createDirectories("/keys"));
        QVERIFY(os::replaceFile(disk, "/keys/master", fixed));
        QVERIFY(os::replaceFile(disk, "/keys/keyring", frame::sealKeyring(keys, fixed, fixed)));
        const auto keyring = *frame::Keyring::open(disk, kKeys);
        SharedDirectorySync sync(disk);
        BlobFileWriter::Origin origin{
            .id = *BlobId::fromHex("000102030405060708090a0b0c0d0e0f"), .salt = fixed, .dataKey = 3};
        const auto writer =
            *BlobFileWriter::create(disk, sync, *keyring, "/keys", origin, purposeOf("golden"));
        const std::string content(kFrameSize + 100, 'g');

        QVERIFY(writer->write(asBytes(content)));
        QVERIFY(writer->finish());

        const Bytes stored = *os::readWholeFile(disk, "/keys/000102030405060708090a0b0c0d0e0f", 1 << 20);
        QVERIFY(test::goldenFile("large-object-v1.bin", stored) == stored);
    }
};

MAXIOFS_TEST(BlobStoreTest)

}  // namespace maxiofs::blob

#include "blob_store_test.moc"
