// SPDX-License-Identifier: GPL-3.0-or-later
#include "os/memory_file_system.h"
#include "support/test_runner.h"

#include <set>

namespace maxiofs::os {

namespace memory_file_system_test {

constexpr int kRounds = 400;

Status writeText(File &file, std::uint64_t offset, std::string_view text)
{
    const ByteView piece = asBytes(text);
    return file.writeAt(offset, std::span(&piece, 1));
}

// The distinct contents of `path` after many crashes at this moment; "-" where the file is gone.
std::set<std::string> outcomes(const MemoryFileSystem &disk, const std::string &path)
{
    std::set<std::string> found;
    MemoryFileSystem::Random random(7);
    for (int i = 0; i < kRounds; ++i) {
        const auto after = disk.crash(random);
        const auto content = readWholeFile(*after, path, 1 << 20);
        found.insert(content ? toText(*content) : "-");
    }
    return found;
}

}  // namespace memory_file_system_test

using namespace memory_file_system_test;

class MemoryFileSystemTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void syncedBytesSurviveEveryCrash()
    {
        MemoryFileSystem disk;
        const auto file = *disk.open("/f", OpenMode::CreateNew);
        QVERIFY(disk.syncDirectory("/"));
        QVERIFY(writeText(*file, 0, "durable"));
        QVERIFY(file->sync());

        QCOMPARE(outcomes(disk, "/f"), std::set<std::string>{"durable"});
    }

    void unsyncedBytesMaySurviveOrNot()
    {
        MemoryFileSystem disk;
        const auto file = *disk.open("/f", OpenMode::CreateNew);
        QVERIFY(disk.syncDirectory("/"));
        const std::string text = std::string(512, 'a') + std::string(512, 'b') + std::string(100, 'c');
        QVERIFY(writeText(*file, 0, text));

        const auto found = outcomes(disk, "/f");

        QVERIFY(found.contains(""));
        QVERIFY(found.contains(text));
        QVERIFY(found.contains(text.substr(0, 512)));                        // torn at a sector's border
        QVERIFY(found.contains(std::string(text.size(), '\0')));             // the size alone
        QVERIFY(found.contains(std::string(512, '\0') + text.substr(512)));  // a later sector alone
        for (const std::string &content : found) {
            for (std::size_t i = 0; i < content.size(); ++i)
                QVERIFY(content[i] == text[i] || content[i] == '\0');
            QVERIFY(content.size() % 512 == 0 || content.size() == text.size());
        }
    }

    void overwrittenBytesAreOldOrNewBySector()
    {
        MemoryFileSystem disk;
        QVERIFY(replaceFile(disk, "/f", asBytes(std::string(1024, 'o'))));
        const auto file = *disk.open("/f", OpenMode::ReadWrite);
        QVERIFY(writeText(*file, 0, std::string(1024, 'n')));

        QCOMPARE(outcomes(disk, "/f"), (std::set{std::string(1024, 'o'), std::string(1024, 'n'),
                                                 std::string(512, 'o') + std::string(512, 'n'),
                                                 std::string(512, 'n') + std::string(512, 'o')}));
    }

    void aTruncationIsVolatileUntilSynced()
    {
        MemoryFileSystem disk;
        QVERIFY(replaceFile(disk, "/f", asBytes("0123456789")));
        const auto file = *disk.open("/f", OpenMode::ReadWrite);
        QVERIFY(file->truncate(3));

        QCOMPARE(outcomes(disk, "/f"), (std::set<std::string>{"0123456789", "012"}));
        QVERIFY(file->sync());
        QCOMPARE(outcomes(disk, "/f"), std::set<std::string>{"012"});
    }

    void bytesBehindATruncationDoNotComeBack()
    {
        MemoryFileSystem disk;
        QVERIFY(replaceFile(disk, "/f", asBytes("0123456789")));
        const auto file = *disk.open("/f", OpenMode::ReadWrite);
        QVERIFY(file->truncate(3));
        QVERIFY(file->truncate(5));
        QVERIFY(file->sync());

        QCOMPARE(outcomes(disk, "/f"), (std::set{std::string("012\0\0", 5)}));
    }

    void aNameIsVolatileUntilItsDirectoryIsSynced()
    {
        MemoryFileSystem disk;
        const auto file = *disk.open("/f", OpenMode::CreateNew);
        QVERIFY(writeText(*file, 0, "x"));
        QVERIFY(file->sync());

        QCOMPARE(outcomes(disk, "/f"), (std::set<std::string>{"-", "x"}));
        QVERIFY(disk.syncDirectory("/"));
        QCOMPARE(outcomes(disk, "/f"), std::set<std::string>{"x"});
    }

    void whatLiesInALostDirectoryIsLost()
    {
        MemoryFileSystem disk;
        QVERIFY(disk.createDirectories("/a/b"));
        QVERIFY(replaceFile(disk, "/a/b/f", asBytes("x")));  // syncs /a/b, not /a and not /

        QCOMPARE(outcomes(disk, "/a/b/f"), (std::set<std::string>{"-", "x"}));
        QVERIFY(disk.syncDirectory("/a"));
        QVERIFY(disk.syncDirectory("/"));
        QCOMPARE(outcomes(disk, "/a/b/f"), std::set<std::string>{"x"});
    }

    void aRemovalIsVolatileUntilItsDirectoryIsSynced()
    {
        MemoryFileSystem disk;
        QVERIFY(replaceFile(disk, "/f", asBytes("x")));
        QVERIFY(disk.remove("/f"));

        QCOMPARE(outcomes(disk, "/f"), (std::set<std::string>{"-", "x"}));
        QVERIFY(disk.syncDirectory("/"));
        QCOMPARE(outcomes(disk, "/f"), std::set<std::string>{"-"});
    }

    void changesOfOneNameSurviveInOrder()
    {
        MemoryFileSystem disk;
        QVERIFY(replaceFile(disk, "/f", asBytes("old")));
        disk.syncAll();
        QVERIFY(disk.rename("/f", "/kept"));
        const auto file = *disk.open("/f", OpenMode::CreateNew);
        QVERIFY(writeText(*file, 0, "new"));
        QVERIFY(file->sync());

        // Never "new" with the old bytes gone: the new name needs the rename before it.
        MemoryFileSystem::Random random(3);
        bool renamedAlone = false;
        for (int i = 0; i < kRounds; ++i) {
            const auto after = disk.crash(random);
            const bool kept = *after->exists("/kept");
            const auto content = readWholeFile(*after, "/f", 100);
            QVERIFY(kept || toText(*content) == "old");
            renamedAlone = renamedAlone || (kept && !content);
        }
        QVERIFY(renamedAlone);
    }

    void aRenameAcrossDirectoriesIsWholeOrNot()
    {
        MemoryFileSystem disk;
        QVERIFY(disk.createDirectories("/a"));
        QVERIFY(disk.createDirectories("/b"));
        QVERIFY(replaceFile(disk, "/a/f", asBytes("x")));
        disk.syncAll();
        QVERIFY(disk.rename("/a/f", "/b/g"));

        MemoryFileSystem::Random random(3);
        std::set<bool> moved;
        for (int i = 0; i < kRounds; ++i) {
            const auto after = disk.crash(random);
            QVERIFY(*after->exists("/a/f") != *after->exists("/b/g"));
            moved.insert(*after->exists("/b/g"));
        }
        QCOMPARE(moved.size(), std::size_t(2));
        QVERIFY(disk.syncDirectory("/b"));
        QCOMPARE(outcomes(disk, "/a/f"), std::set<std::string>{"-"});
    }

    void aFailedSyncLosesItsBytesAlthoughALaterOneSucceeds()
    {
        std::set<std::string> found;
        for (std::uint64_t seed = 0; seed < 100; ++seed) {
            MemoryFileSystem disk(seed);
            const auto file = *disk.open("/f", OpenMode::CreateNew);
            QVERIFY(disk.syncDirectory("/"));
            disk.inject({.operation = Operation::Sync});
            QVERIFY(writeText(*file, 0, std::string(512, 'a')));
            QCOMPARE(file->sync().error().code, Error::Io);
            QVERIFY(writeText(*file, 512, "b"));
            QVERIFY(file->sync());

            QCOMPARE(toText(*readWholeFile(disk, "/f", 1000)), std::string(512, 'a') + "b");
            found.merge(outcomes(disk, "/f"));
        }
        QCOMPARE(found, (std::set{std::string(512, 'a') + "b", std::string(512, '\0') + "b"}));
    }

    void faultsMeetTheOperationTheyName()
    {
        MemoryFileSystem disk;
        const auto file = *disk.open("/f", OpenMode::CreateNew);
        disk.inject({.operation = Operation::Write, .nth = 2, .writtenBytes = 3});
        disk.inject({.operation = Operation::Open, .errorNumber = EMFILE, .times = 2, .pathPart = "g"});
        disk.inject({.operation = Operation::Rename});
        disk.inject({.operation = Operation::SyncDirectory});

        QVERIFY(writeText(*file, 0, "one"));
        QCOMPARE(writeText(*file, 3, "second").error().code, Error::Io);
        QCOMPARE(toText(*readWholeFile(disk, "/f", 100)), std::string("onesec"));
        QCOMPARE(disk.open("/g", OpenMode::Read).error().code, Error::Io);
        QCOMPARE(disk.open("/g", OpenMode::Read).error().code, Error::Io);
        QCOMPARE(disk.open("/g", OpenMode::Read).error().code, Error::NotFound);
        QVERIFY(!disk.rename("/f", "/h"));
        QVERIFY(disk.rename("/f", "/h"));
        QVERIFY(!disk.syncDirectory("/"));
        QVERIFY(disk.syncDirectory("/"));
    }

    void nothingWorksAfterTheStop()
    {
        MemoryFileSystem disk;
        disk.stopAfter(2);
        const auto file = *disk.open("/f", OpenMode::CreateNew);
        QVERIFY(writeText(*file, 0, "x"));
        QVERIFY(disk.stopped());

        Bytes into(1);
        QCOMPARE(writeText(*file, 1, "y").error().code, Error::Io);
        QCOMPARE(file->readAt(0, into).error().code, Error::Io);
        QCOMPARE(file->sync().error().code, Error::Io);
        QCOMPARE(disk.list("/").error().code, Error::Io);
        QCOMPARE(disk.changes(), std::uint64_t(2));
        QCOMPARE(outcomes(disk, "/f"),
                 (std::set{std::string("-"), std::string(), std::string("x"), std::string(1, '\0')}));
    }

    void aFullDiskCutsTheWriteShort()
    {
        MemoryFileSystem disk;
        disk.limitSpace(10);
        const auto file = *disk.open("/f", OpenMode::CreateNew);
        QVERIFY(writeText(*file, 0, "0123456"));

        QCOMPARE(writeText(*file, 7, "789abc").error().code, Error::StorageFull);
        QCOMPARE(toText(*readWholeFile(disk, "/f", 100)), std::string("0123456789"));
        QCOMPARE(disk.space("/")->available, std::uint64_t(0));
        QVERIFY(writeText(*file, 0, "overwrites"));
        QVERIFY(disk.remove("/f"));
        QCOMPARE(disk.space("/")->available, std::uint64_t(10));
    }

    void aFlippedByteStaysFlipped()
    {
        MemoryFileSystem disk;
        QVERIFY(replaceFile(disk, "/f", asBytes("abc")));

        QVERIFY(disk.flipByte("/f", 1));
        QVERIFY(!disk.flipByte("/f", 3));
        QVERIFY(!disk.flipByte("/g", 0));

        QCOMPARE(toText(*readWholeFile(disk, "/f", 100)), std::string("acc"));
        QCOMPARE(outcomes(disk, "/f"), std::set<std::string>{"acc"});
    }

    void aCachedReadBlocksWhenToldTo()
    {
        MemoryFileSystem disk;
        QVERIFY(replaceFile(disk, "/f", asBytes("abc")));
        const auto file = *disk.open("/f", OpenMode::Read);
        Bytes into(3);

        QCOMPARE(*file->readCached(0, into), std::size_t(3));
        disk.setCached(false);
        QCOMPARE(file->readCached(0, into).error().code, Error::WouldBlock);
        QCOMPARE(*file->readAt(0, into), std::size_t(3));
    }

    void aLockHasOneHolder()
    {
        MemoryFileSystem disk;
        auto held = disk.lock("/node.lock");
        QVERIFY(held);
        QCOMPARE(disk.lock("/node.lock").error().code, Error::Locked);
        held->reset();
        QVERIFY(disk.lock("/node.lock"));
    }

    void itAnswersLikeTheOperatingSystem()
    {
        MemoryFileSystem disk;
        disk.setTime(1234);
        QVERIFY(disk.createDirectories("/a/b"));
        QVERIFY(replaceFile(disk, "/a/f", asBytes("12345")));

        const auto entries = *disk.list("/a");
        QCOMPARE(entries.size(), std::size_t(2));
        QVERIFY(entries[0].isDirectory && entries[0].name == "b");
        QVERIFY(!entries[1].isDirectory && entries[1].size == 5 && entries[1].modifiedMs == 1234);
        QCOMPARE(disk.open("/a/f", OpenMode::CreateNew).error().code, Error::AlreadyExists);
        QCOMPARE(disk.open("/x/f", OpenMode::CreateNew).error().code, Error::NotFound);
        QCOMPARE(disk.open("/a", OpenMode::Read).error().code, Error::Io);
        QCOMPARE(disk.remove("/a/g").error().code, Error::NotFound);
        QCOMPARE(disk.removeDirectory("/a").error().code, Error::Io);
        QVERIFY(disk.removeDirectory("/a/b"));
        QCOMPARE(disk.createDirectories("/a/f/x").error().code, Error::Io);
        QCOMPARE(disk.list("/a/b").error().code, Error::NotFound);
        QVERIFY(!writeText(**disk.open("/a/f", OpenMode::Read), 0, "x"));
        QCOMPARE(disk.count(Operation::Sync), std::uint64_t(1));
    }
};

MAXIOFS_TEST(MemoryFileSystemTest)

}  // namespace maxiofs::os

#include "memory_file_system_test.moc"
