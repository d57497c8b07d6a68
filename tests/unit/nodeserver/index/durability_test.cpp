// SPDX-License-Identifier: GPL-3.0-or-later
#include "index/families.h"
#include "index_samples.h"
#include "support/test_runner.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace maxiofs;
using namespace maxiofs::index;
using namespace std::string_literals;

// What is left on disk: after a flush, a crash (the index is dropped without one), damage, another version.
class IndexDurabilityTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init()
    {
        m_directory = std::make_unique<QTemporaryDir>();
        QVERIFY(m_directory->isValid());
    }

    void aCrashLosesWhatWasNotFlushedAndNothingElse()
    {
        {
            const auto index = open();
            QVERIFY(putAt(*index, "flushed", {1, 10, 1}));
            QVERIFY(index->flush().has_value());
            QVERIFY(index->flushedPosition() == (LogPosition{1, 10, 1}));
            QVERIFY(putAt(*index, "lost", {1, 20, 2}));
            QVERIFY(index->appliedPosition() == (LogPosition{1, 20, 2}));
            QVERIFY(index->flushedPosition() == (LogPosition{1, 10, 1}));
        }

        const auto index = open();

        QVERIFY(index->current(m_bucket, "flushed")->has_value());
        QVERIFY(!index->current(m_bucket, "lost")->has_value());
        QVERIFY(index->flushedPosition() == (LogPosition{1, 10, 1}));
        QVERIFY(index->appliedPosition() == (LogPosition{1, 10, 1}));
        QCOMPARE(index->counters(m_bucket)->currentObjects, std::uint64_t{1});
    }

    void anIndexThatWasNeverFlushedIsNewAgain()
    {
        {
            const auto index = open();
            QVERIFY(putAt(*index, "lost", {1, 20, 2}));
        }

        const auto index = open();

        QVERIFY(index->flushedPosition() == LogPosition{});
        QVERIFY(!index->current(m_bucket, "lost")->has_value());
        QVERIFY(!index->counters(m_bucket)->currentObjects);
    }

    // Small write buffers flush by themselves all the time. Whenever the crash comes, every family must hold
    // the state of the position that is found.
    void afterACrashAllFamiliesAreOfOneMoment()
    {
        samples::RandomKeys random(samples::newSeed());
        std::uint64_t written = 0;
        bool flushedByItself = false;
        constexpr int kMostRounds = 100;  // the crash may be faster than the flush
        for (int round = 0; round < 5 || (!flushedByItself && round < kMostRounds); ++round) {
            const auto index = samples::opened({.directory = path(), .memoryBytes = 6 << 20});
            const LogPosition found = index->flushedPosition();
            QVERIFY(found.sequence <= written);
            flushedByItself |= found.sequence > 0;
            QCOMPARE(index->counters(m_bucket)->currentObjects, found.sequence);
            QCOMPARE(index->segment(1)->records, found.sequence);
            Index::ObjectCursor cursor;
            std::uint64_t rows = 0;
            while (const std::size_t count = index->walkObjects(cursor, 1000)->size())
                rows += count;
            QCOMPARE(rows, found.sequence);
            for (std::uint64_t i : {std::uint64_t{1}, found.sequence, found.sequence + 1}) {
                const bool expected = i >= 1 && i <= found.sequence;
                QCOMPARE(index->current(m_bucket, std::to_string(i))->has_value(), expected);
                QCOMPARE(index->part(i, 1)->has_value(), expected);
            }

            written = found.sequence;
            for (const std::uint64_t last = written + 5000 + random.below(10'000); written < last;) {
                QVERIFY(samples::applied(*index, [&](Transaction &t) {
                    for (const std::uint64_t end = written + 1 + random.below(50); written < end;) {
                        ++written;
                        t.putCurrent(m_bucket, std::to_string(written), samples::objectAt(written));
                        t.putPart(written, 1, samples::partOf(written));
                    }
                    t.setCounters(m_bucket, {.currentObjects = written});
                    t.setSegment(1, {.records = written});
                    t.setPosition({1, written, written});
                }));
            }
        }
        QVERIFY(flushedByItself);
    }

    void aDestroyedIndexBeginsEmptyWhateverItsState()
    {
        {
            const auto index = open();
            QVERIFY(putAt(*index, "k", {1, 10, 1}));
            QVERIFY(index->flush().has_value());
            QCOMPARE(nameOf(Index::destroy({.directory = path()}).error().code), "Locked");
        }
        QFile pointer(m_directory->filePath(QStringLiteral("CURRENT")));
        QVERIFY(pointer.open(QIODevice::WriteOnly));
        pointer.write("damaged");
        pointer.close();

        verifyDestroyed();
        verifyDestroyed();

        const auto index = open();
        QVERIFY(index->flushedPosition() == LogPosition{});
        QVERIFY(!index->current(m_bucket, "k")->has_value());
    }

    void whatIsNotInMemoryWouldBlock()
    {
        {
            const auto index = open();
            QVERIFY(putAt(*index, "k", {1, 10, 1}));
            QVERIFY(samples::applied(*index, [&](Transaction &t) {
                t.putVersion(m_bucket, "k", samples::objectAt(1));
                t.putPart(1, 1, samples::partOf(1));
            }));
            QVERIFY(index->flush().has_value());
        }
        const auto index = open();
        const auto blocks = [](const auto &answer) {
            return !answer && answer.error().code == Error::WouldBlock;
        };

        QVERIFY(blocks(index->current(m_bucket, "k", ReadMode::CachedOnly)));
        QVERIFY(blocks(index->list({.bucket = m_bucket}, ReadMode::CachedOnly)));
        QVERIFY(blocks(index->version(m_bucket, "k", samples::stampAt(1), ReadMode::CachedOnly)));
        QVERIFY(blocks(index->newestVersion(m_bucket, "k", ReadMode::CachedOnly)));
        QVERIFY(blocks(index->part(1, 1, ReadMode::CachedOnly)));

        QVERIFY(index->current(m_bucket, "k")->has_value());
        QVERIFY(index->current(m_bucket, "k", ReadMode::CachedOnly)->has_value());
        QCOMPARE(index->list({.bucket = m_bucket}, ReadMode::CachedOnly)->entries.size(), std::size_t{1});
    }

    // RocksDB opens 16 tables at a start; what is in the others must not be mistaken for an empty row.
    void whatIsInATableThatIsNotOpenWouldBlock()
    {
        constexpr std::uint64_t kRounds = 11;
        {
            const auto index = open();
            for (std::uint64_t round = 1; round <= kRounds; ++round) {
                QVERIFY(putAt(*index, "k" + std::to_string(round), {1, 10 * round, round}));
                QVERIFY(samples::applied(*index, [&](Transaction &t) {
                    t.putVersion(m_bucket, "k" + std::to_string(round), samples::objectAt(1));
                    t.putPart(round, 1, samples::partOf(1));
                }));
                QVERIFY(index->flush().has_value());
            }
        }
        const auto index = open();
        const auto blocksOrFinds = [](const auto &answer) {
            return answer ? answer->has_value() : answer.error().code == Error::WouldBlock;
        };

        for (std::uint64_t round = 1; round <= kRounds; ++round) {
            const std::string key = "k" + std::to_string(round);
            QVERIFY(blocksOrFinds(index->current(m_bucket, key, ReadMode::CachedOnly)));
            QVERIFY(blocksOrFinds(index->version(m_bucket, key, samples::stampAt(1), ReadMode::CachedOnly)));
            QVERIFY(blocksOrFinds(index->part(round, 1, ReadMode::CachedOnly)));
        }
    }

    void oneProcessOpensItOnce()
    {
        const auto index = open();

        QVERIFY(Index::open({.directory = path()}).error().code == Error::Locked);
    }

    void anotherProcessKeepsItLocked()
    {
        {
            const auto index = open();
        }
        int ready[2];
        QVERIFY(::pipe(ready) == 0);
        const pid_t child = ::fork();
        if (child == 0) {
            struct flock lock{};
            lock.l_type = F_WRLCK;
            const int file = ::open((path() + "/LOCK").c_str(), O_RDWR);
            const char result = ::fcntl(file, F_SETLK, &lock) == 0 ? 'y' : 'n';
            (void)!::write(ready[1], &result, 1);
            ::pause();
            ::_exit(0);
        }
        char result = 0;
        QCOMPARE(::read(ready[0], &result, 1), ssize_t{1});

        const auto index = Index::open({.directory = path()});

        ::kill(child, SIGKILL);
        ::waitpid(child, nullptr, 0);
        ::close(ready[0]);
        ::close(ready[1]);
        QCOMPARE(result, 'y');
        QVERIFY(!index);
        QVERIFY(index.error().code == Error::Locked);
    }

    void damagedFilesAreCorrupt_data()
    {
        QTest::addColumn<QString>("pattern");
        QTest::newRow("table list") << QStringLiteral("MANIFEST-*");
        QTest::newRow("pointer to it") << QStringLiteral("CURRENT");
    }
    void damagedFilesAreCorrupt()
    {
        QFETCH(const QString, pattern);
        {
            const auto index = open();
            QVERIFY(putAt(*index, "k", {1, 10, 1}));
            QVERIFY(index->flush().has_value());
        }
        const QFileInfoList files = QDir(m_directory->path()).entryInfoList({pattern});
        QVERIFY(!files.isEmpty());
        for (const QFileInfo &info : files) {
            QFile file(info.filePath());
            QVERIFY(file.open(QIODevice::ReadWrite));
            QByteArray bytes = file.readAll();
            bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 0x55);
            file.seek(0);
            file.write(bytes);
        }

        const auto index = Index::open({.directory = path()});

        QVERIFY(!index);
        QCOMPARE(nameOf(index.error().code), "Corrupt");
    }

    void aMissingFileIsCorrupt()
    {
        {
            const auto index = open();
            QVERIFY(putAt(*index, "k", {1, 10, 1}));
            QVERIFY(index->flush().has_value());
        }
        for (const QFileInfo &info : QDir(m_directory->path()).entryInfoList({QStringLiteral("*.sst")}))
            QVERIFY(QFile::remove(info.filePath()));

        const auto index = Index::open({.directory = path()});

        QVERIFY(!index);
        QCOMPARE(nameOf(index.error().code), "Corrupt");
    }

    void aFlippedByteInARowIsCorrupt()
    {
        {
            const auto index = open();
            QVERIFY(putAt(*index, "k", {1, 10, 1}));
            QVERIFY(index->flush().has_value());
        }
        for (const QFileInfo &info : QDir(m_directory->path()).entryInfoList({QStringLiteral("*.sst")})) {
            QFile file(info.filePath());
            QVERIFY(file.open(QIODevice::ReadWrite));
            char byte = 0;
            file.seek(20);
            file.read(&byte, 1);
            byte = static_cast<char>(byte ^ 1);
            file.seek(20);
            file.write(&byte, 1);
        }

        const auto index = Index::open({.directory = path()});
        const Error error = index ? (*index)->current(m_bucket, "k").error() : index.error();

        QCOMPARE(nameOf(error.code), "Corrupt");
    }

    void theFormatOfANewerVersionIsRefused()
    {
        {
            const auto index = open();
        }
        {
            rocksdb::DB *db = nullptr;
            std::vector<rocksdb::ColumnFamilyHandle *> handles;
            const SharedMemory memory(8 << 20);
            QVERIFY(
                rocksdb::DB::Open(memory.databaseOptions(), path(), memory.families(), &handles, &db).ok());
            QVERIFY(db->Put({}, kFormatKey, "2").ok());
            QVERIFY(db->Flush({}).ok());
            for (rocksdb::ColumnFamilyHandle *handle : handles)
                QVERIFY(db->DestroyColumnFamilyHandle(handle).ok());
            delete db;
        }

        const auto index = Index::open({.directory = path()});

        QVERIFY(!index);
        QCOMPARE(nameOf(index.error().code), "Unsupported");
        QVERIFY(index.error().message.find("format 2") != std::string::npos);
    }

    void theTablesOfANewerVersionAreRefused()
    {
        {
            const auto index = open();
        }
        {
            rocksdb::DB *db = nullptr;
            std::vector<rocksdb::ColumnFamilyHandle *> handles;
            const SharedMemory memory(8 << 20);
            QVERIFY(
                rocksdb::DB::Open(memory.databaseOptions(), path(), memory.families(), &handles, &db).ok());
            handles.emplace_back();
            QVERIFY(db->CreateColumnFamily({}, "unknown", &handles.back()).ok());
            for (rocksdb::ColumnFamilyHandle *handle : handles)
                QVERIFY(db->DestroyColumnFamilyHandle(handle).ok());
            delete db;
        }

        const auto index = Index::open({.directory = path()});

        QVERIFY(!index);
        QCOMPARE(nameOf(index.error().code), "Unsupported");
        QVERIFY(index.error().message.find("\"unknown\"") != std::string::npos);
    }

    // Before changes were kept there were no tables for them.
    void theTablesThatAnEarlierVersionLacksAreMade()
    {
        {
            const auto index = open();
            QVERIFY(putAt(*index, "key", {1, 100, 7}));
            QVERIFY(index->flush());
        }
        {
            rocksdb::DB *db = nullptr;
            std::vector<rocksdb::ColumnFamilyHandle *> handles;
            const SharedMemory memory(8 << 20);
            QVERIFY(
                rocksdb::DB::Open(memory.databaseOptions(), path(), memory.families(), &handles, &db).ok());
            for (const Family family : {Family::Changes, Family::Consumers})
                QVERIFY(db->DropColumnFamily(handles[static_cast<std::size_t>(family)]).ok());
            for (rocksdb::ColumnFamilyHandle *handle : handles)
                QVERIFY(db->DestroyColumnFamilyHandle(handle).ok());
            delete db;
        }

        const auto index = open();

        QVERIFY(index->current(m_bucket, "key")->has_value());
        QVERIFY((index->flushedPosition() == LogPosition{1, 100, 7}));
        QVERIFY(samples::applied(*index, [&](Transaction &t) { t.putChange(m_bucket, 8, {.key = "key"}); }));
        QCOMPARE(index->lastChange(m_bucket)->value().first, std::uint64_t{8});
    }

private:
    [[nodiscard]] std::string path() const { return m_directory->path().toStdString(); }
    [[nodiscard]] std::unique_ptr<Index> open() const { return samples::opened({.directory = path()}); }
    void verifyDestroyed() const
    {
        const Status destroyed = Index::destroy({.directory = path()});
        QVERIFY2(destroyed.has_value(), destroyed ? "" : destroyed.error().message.c_str());
    }

    [[nodiscard]] bool putAt(Index &index, const std::string &key, const LogPosition &position) const
    {
        return samples::applied(index, [&](Transaction &t) {
            t.putCurrent(m_bucket, key, samples::objectAt(position.sequence));
            t.setCounters(m_bucket, {.currentObjects = position.sequence});
            t.setPosition(position);
        });
    }

    const BucketId m_bucket = samples::idOf(1);
    std::unique_ptr<QTemporaryDir> m_directory;
};

MAXIOFS_TEST(IndexDurabilityTest)
#include "durability_test.moc"
