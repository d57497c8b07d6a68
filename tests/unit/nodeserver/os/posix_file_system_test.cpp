// SPDX-License-Identifier: GPL-3.0-or-later
#include "os/posix_file_system.h"
#include "support/test_runner.h"

#include <QTemporaryDir>

#include <sys/wait.h>
#include <unistd.h>

namespace maxiofs::os {

class PosixFileSystemTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        QVERIFY(m_folder->isValid());
    }

    void piecesAreWrittenOneAfterTheOther()
    {
        const auto file = *m_disk.open(path("f"), OpenMode::CreateNew);
        std::vector<std::string> texts;  // more than one call may take, some of them empty
        std::string expected;
        for (int i = 0; i < 3000; ++i) {
            texts.push_back(i % 7 == 0 ? std::string() : std::to_string(i) + ",");
            expected += texts.back();
        }
        std::vector<ByteView> pieces;
        for (const std::string &text : texts)
            pieces.push_back(asBytes(text));

        QVERIFY(file->writeAt(5, pieces));
        QVERIFY(file->sync());

        const Bytes content = *readWholeFile(m_disk, path("f"), 1 << 20);
        QCOMPARE(toText(content), std::string(5, '\0') + expected);
    }

    void emptyPiecesWriteNothing()
    {
        const auto file = *m_disk.open(path("f"), OpenMode::CreateNew);
        const std::vector<ByteView> pieces(3);

        QVERIFY(file->writeAt(7, pieces));
        QVERIFY(file->writeAt(7, {}));

        QCOMPARE(*file->size(), std::uint64_t(0));
    }

    void readingStopsAtTheEnd()
    {
        QVERIFY(replaceFile(m_disk, path("f"), asBytes("0123456789")));
        const auto file = *m_disk.open(path("f"), OpenMode::Read);
        Bytes into(8);

        QCOMPARE(*file->readAt(6, into), std::size_t(4));
        QCOMPARE(toText(ByteView(into).first(4)), std::string("6789"));
        QCOMPARE(*file->readAt(10, into), std::size_t(0));
        QCOMPARE(*file->readAt(100, into), std::size_t(0));
    }

    void cachedReadGivesTheSameOrWouldBlock()
    {
        QVERIFY(replaceFile(m_disk, path("f"), asBytes(std::string(100'000, 'x'))));
        const auto file = *m_disk.open(path("f"), OpenMode::Read);
        Bytes into(200'000);

        const auto got = file->readCached(1, into);

        if (got) {
            QCOMPARE(*got, std::size_t(99'999));
            QCOMPARE(toText(ByteView(into).first(*got)), std::string(99'999, 'x'));
        } else {
            QCOMPARE(got.error().code, Error::WouldBlock);
        }
    }

    void createNewRefusesAnExistingFile()
    {
        QVERIFY(replaceFile(m_disk, path("f"), asBytes("old")));

        QCOMPARE(m_disk.open(path("f"), OpenMode::CreateNew).error().code, Error::AlreadyExists);
        QCOMPARE(m_disk.open(path("g"), OpenMode::ReadWrite).error().code, Error::NotFound);
        QCOMPARE(m_disk.open(path("g"), OpenMode::Read).error().code, Error::NotFound);
    }

    void aFileOpenedForReadingCannotBeWritten()
    {
        QVERIFY(replaceFile(m_disk, path("f"), asBytes("old")));
        const auto file = *m_disk.open(path("f"), OpenMode::Read);
        const ByteView piece = asBytes("new");

        QCOMPARE(file->writeAt(0, std::span(&piece, 1)).error().code, Error::Io);
        QCOMPARE(toText(*readWholeFile(m_disk, path("f"), 100)), std::string("old"));
    }

    void truncateCutsAndGrows()
    {
        QVERIFY(replaceFile(m_disk, path("f"), asBytes("0123456789")));
        const auto file = *m_disk.open(path("f"), OpenMode::ReadWrite);

        QVERIFY(file->truncate(2));
        QVERIFY(file->truncate(4));
        file->startWriteback(0, 4);

        QCOMPARE(toText(*readWholeFile(m_disk, path("f"), 100)), std::string("01\0\0", 4));
    }

    void anOpenFileOutlivesItsName()
    {
        QVERIFY(replaceFile(m_disk, path("f"), asBytes("content")));
        const auto file = *m_disk.open(path("f"), OpenMode::Read);
        QVERIFY(m_disk.remove(path("f")));
        Bytes into(7);

        QCOMPARE(*file->readAt(0, into), std::size_t(7));
        QCOMPARE(toText(into), std::string("content"));
        QVERIFY(!*m_disk.exists(path("f")));
        QCOMPARE(m_disk.remove(path("f")).error().code, Error::NotFound);
    }

    void directoriesAreMadeListedAndRemoved()
    {
        QVERIFY(m_disk.createDirectories(path("a/b/c")));
        QVERIFY(m_disk.createDirectories(path("a/b/c")));
        QVERIFY(replaceFile(m_disk, path("a/file"), asBytes("12345")));
        QVERIFY(m_disk.syncDirectory(path("a")));

        auto entries = *m_disk.list(path("a"));
        std::ranges::sort(entries, {}, &DirectoryEntry::name);
        QCOMPARE(entries.size(), std::size_t(2));
        QCOMPARE(entries[0].name, std::string("b"));
        QVERIFY(entries[0].isDirectory);
        QCOMPARE(entries[1].name, std::string("file"));
        QVERIFY(!entries[1].isDirectory);
        QCOMPARE(entries[1].size, std::uint64_t(5));
        QVERIFY(entries[1].modifiedMs > 1'600'000'000'000);

        QCOMPARE(m_disk.removeDirectory(path("a/b")).error().code, Error::Io);
        QVERIFY(m_disk.removeDirectory(path("a/b/c")));
        QVERIFY(!*m_disk.exists(path("a/b/c")));
        QCOMPARE(m_disk.list(path("a/b/c")).error().code, Error::NotFound);
        QCOMPARE(m_disk.createDirectories(path("a/file/x")).error().code, Error::Io);
    }

    void renameReplaces()
    {
        QVERIFY(replaceFile(m_disk, path("a"), asBytes("new")));
        QVERIFY(replaceFile(m_disk, path("b"), asBytes("old")));

        QVERIFY(m_disk.rename(path("a"), path("b")));

        QCOMPARE(toText(*readWholeFile(m_disk, path("b"), 100)), std::string("new"));
        QCOMPARE(m_disk.rename(path("a"), path("b")).error().code, Error::NotFound);
    }

    void spaceIsThatOfTheVolume()
    {
        const Space space = *m_disk.space(path(""));

        QVERIFY(space.total > 0);
        QVERIFY(space.available <= space.total);
    }

    void aLockHasOneHolderWhoIsNamed()
    {
        auto held = m_disk.lock(path("node.lock"));
        QVERIFY(held);

        const auto second = m_disk.lock(path("node.lock"));
        QCOMPARE(second.error().code, Error::Locked);
        QVERIFY(second.error().message.contains("process " + std::to_string(::getpid())));

        held->reset();
        QVERIFY(m_disk.lock(path("node.lock")));
    }

    void aLockEndsWithItsProcess()
    {
        const pid_t child = ::fork();
        if (child == 0) {
            const auto held = m_disk.lock(path("node.lock"));
            ::_exit(held ? 0 : 1);  // runs no destructor
        }
        int status = 0;
        QCOMPARE(::waitpid(child, &status, 0), child);
        QCOMPARE(status, 0);

        QVERIFY(m_disk.lock(path("node.lock")));
    }

    void theProcessHasOneFileSystem()
    {
        QCOMPARE(&posixFileSystem(), &posixFileSystem());
        QVERIFY(*posixFileSystem().exists("/"));
    }

private:
    std::string path(const char *name) const { return m_folder->path().toStdString() + "/" + name; }

    std::unique_ptr<QTemporaryDir> m_folder;
    PosixFileSystem m_disk;
};

MAXIOFS_TEST(PosixFileSystemTest)

}  // namespace maxiofs::os

#include "posix_file_system_test.moc"
