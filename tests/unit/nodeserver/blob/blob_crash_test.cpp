// SPDX-License-Identifier: GPL-3.0-or-later
#include "unit/nodeserver/blob/blob_fixture.h"

#include "support/test_runner.h"

namespace maxiofs::blob {

using namespace blob_fixture;
using frame::kFrameSize;

class BlobCrashTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aFinishedFileSurvivesAndAnyOtherIsNeverTakenForWhole()
    {
        const Bytes content = randomBytes(2 * kFrameSize + 50, 1);
        const ByteView view = content;
        int survived = 0;
        int found = 0;
        int lost = 0;
        // Changes of one upload: create, three writes, sync, directory sync.
        for (std::uint64_t round = 0; round < 600; ++round) {
            Node run(round);
            run.disk->stopAfter(round % 8);
            bool finished = false;
            BlobId id;
            {
                const auto writer = run.store->create(purposeOf("key"));
                if (!writer)
                    continue;
                id = (*writer)->id();
                finished = (*writer)->write(view.first(kFrameSize + 10)) &&
                           (*writer)->write(view.subspan(kFrameSize + 10)) && (*writer)->finish();
            }
            run.cutPower(round);
            const auto got = run.get(id, content.size());
            QVERIFY2(!got || *got == content, std::to_string(round).c_str());
            QVERIFY2(!finished || got, std::to_string(round).c_str());
            ++(finished ? survived : got ? found : lost);
        }
        QVERIFY(survived > 50 && lost > 50);
        QVERIFY(found > 0);
    }

    void directoriesMadeAtTheFirstStartAreThereAfterACrash()
    {
        for (std::uint64_t seed = 0; seed < 10; ++seed) {
            os::MemoryFileSystem disk(seed);
            QVERIFY(disk.createDirectories("/data"));
            disk.syncAll();
            const auto keyring = *frame::Keyring::open(disk, kKeys);
            disk.stopAfter(seed * 30);
            const auto interrupted = BlobStore::open(disk, *keyring, "/data/blobs");
            QVERIFY(!interrupted || seed == 9);
            os::MemoryFileSystem::Random random(seed);
            auto after = disk.crash(random);

            QVERIFY(BlobStore::open(*after, *keyring, "/data/blobs"));
            after = after->crash(random);
            QCOMPARE(after->list("/data/blobs")->size(), std::size_t(256));
        }
    }

    void aWriterThatEndsUnfinishedLeavesNoFile()
    {
        Node node;
        {
            const auto writer = *node.store->create(purposeOf("key"));
            QVERIFY(writer->write(randomBytes(100'000, 1)));
            QCOMPARE(node.files(), std::size_t(1));
        }
        QCOMPARE(node.files(), std::size_t(0));
    }

    void aFinishedFileCanBeDiscarded()
    {
        Node node;
        const auto writer = *node.store->create(purposeOf("key"));
        QVERIFY(writer->write(asBytes("content")));
        QVERIFY(writer->finish());
        QCOMPARE(node.files(), std::size_t(1));

        writer->discard();

        QCOMPARE(node.files(), std::size_t(0));
    }

    void nothingIsWrittenAfterTheEnd()
    {
        Node node;
        const auto writer = *node.store->create(purposeOf("key"));
        QVERIFY(writer->write(asBytes("content")));
        QVERIFY(writer->finish());

        QCOMPARE(writer->write(asBytes("more")).error().code, Error::Internal);
        QCOMPARE(writer->finish().error().code, Error::Internal);
        QCOMPARE(toText(*node.get(writer->id(), 7)), std::string("content"));
    }

    void aFailureIsFinalAndLeavesNoFile()
    {
        struct Case {
            os::Operation operation;
            int errorNumber;
            Error::Code code;
        };
        for (const Case &failing : {Case{os::Operation::Write, EIO, Error::Io},
                                    Case{os::Operation::Write, ENOSPC, Error::StorageFull},
                                    Case{os::Operation::Sync, EIO, Error::Io},
                                    Case{os::Operation::SyncDirectory, EIO, Error::Io}}) {
            Node node;
            {
                const auto writer = *node.store->create(purposeOf("key"));
                node.disk->inject({.operation = failing.operation, .errorNumber = failing.errorNumber});
                [[maybe_unused]] const Status written = writer->write(randomBytes(100'000, 1));
                QCOMPARE(writer->finish().error().code, failing.code);
                QCOMPARE(writer->finish().error().code, failing.code);
                QCOMPARE(writer->write(asBytes("x")).error().code, failing.code);
            }
            QCOMPARE(node.files(), std::size_t(0));
        }
    }

    void aFullDiskEndsTheUploadAndGivesItsSpaceBack()
    {
        Node node;
        const std::uint64_t used = node.disk->space("/")->total - node.disk->space("/")->available;
        node.disk->limitSpace(used + 3 * kFrameSize);
        {
            const auto writer = *node.store->create(purposeOf("key"));
            QCOMPARE(writer->write(randomBytes(10 * kFrameSize, 1)).error().code, Error::StorageFull);
        }
        QCOMPARE(node.disk->space("/")->available, std::uint64_t(3 * kFrameSize));
    }
};

MAXIOFS_TEST(BlobCrashTest)

}  // namespace maxiofs::blob

#include "blob_crash_test.moc"
