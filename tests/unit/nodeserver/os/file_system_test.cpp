// SPDX-License-Identifier: GPL-3.0-or-later
#include "os/memory_file_system.h"
#include "support/test_runner.h"

namespace maxiofs::os {

class FileSystemTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void parentIsTheDirectoryThatHoldsThePath()
    {
        QCOMPARE(parentOf("/data/keys/master"), std::string("/data/keys"));
        QCOMPARE(parentOf("/data/keys/"), std::string("/data"));
        QCOMPARE(parentOf("/data"), std::string("/"));
        QCOMPARE(parentOf("keyring"), std::string("."));
    }

    void aWholeFileIsReadUpToTheLimit()
    {
        MemoryFileSystem disk;
        QVERIFY(replaceFile(disk, "/f", asBytes("twelve bytes")));

        QCOMPARE(toText(*readWholeFile(disk, "/f", 12)), std::string("twelve bytes"));
        QCOMPARE(readWholeFile(disk, "/f", 11).error().code, Error::EntityTooLarge);
        QCOMPARE(readWholeFile(disk, "/g", 11).error().code, Error::NotFound);
    }

    void aReplacedFileIsOldOrNewAtEveryCrashPoint()
    {
        const std::string oldText(1500, 'o');
        const std::string newText(2500, 'n');
        int olds = 0;
        int news = 0;
        for (std::uint64_t seed = 0; seed < 2000; ++seed) {
            MemoryFileSystem disk(seed);
            QVERIFY(disk.createDirectories("/data"));
            QVERIFY(replaceFile(disk, "/data/f", asBytes(oldText)));
            disk.syncAll();
            disk.stopAfter(seed % 8);
            const Status replaced = replaceFile(disk, "/data/f", asBytes(newText));
            MemoryFileSystem::Random random(seed);
            const auto after = disk.crash(random);

            const std::string found = toText(*readWholeFile(*after, "/data/f", 10'000));
            QVERIFY2(found == newText || (found == oldText && !replaced), std::to_string(seed).c_str());
            ++(found == newText ? news : olds);
            QVERIFY(replaceFile(*after, "/data/f", asBytes("again")));
        }
        QVERIFY(olds > 100 && news > 100);
    }

    void aReplacementThatFailsLeavesTheOldContentAndNoRest()
    {
        MemoryFileSystem disk;
        QVERIFY(replaceFile(disk, "/f", asBytes("old")));
        disk.inject({.operation = Operation::Write, .errorNumber = ENOSPC, .writtenBytes = 2});

        const Status replaced = replaceFile(disk, "/f", asBytes("new"));

        QCOMPARE(replaced.error().code, Error::StorageFull);
        QCOMPARE(toText(*readWholeFile(disk, "/f", 100)), std::string("old"));
        QCOMPARE(disk.list("/")->size(), std::size_t(1));
    }
};

MAXIOFS_TEST(FileSystemTest)

}  // namespace maxiofs::os

#include "file_system_test.moc"
