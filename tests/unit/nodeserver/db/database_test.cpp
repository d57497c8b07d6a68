// SPDX-License-Identifier: GPL-3.0-or-later
#include "db/database.h"
#include "support/test_runner.h"

#include <QFile>
#include <QTemporaryDir>

#include <sqlite3.h>
#include <thread>

namespace maxiofs::db {

namespace database_test {

constexpr std::array kOne{Migration{1, "CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT, raw BLOB);"}};
constexpr std::array kTwo{kOne[0], Migration{2, "ALTER TABLE t ADD COLUMN extra TEXT;"}};
constexpr std::array kBroken{kOne[0], Migration{2, "ALTER TABLE t ADD COLUMN extra TEXT; NONSENSE;"}};

std::string pathIn(const QTemporaryDir &folder)
{
    return folder.filePath(QStringLiteral("auth.db")).toStdString();
}

Result<std::int64_t> count(Database &database)
{
    std::int64_t rows = 0;
    TRY_STATUS(database.read([&](Connection &connection) -> Status {
        TRY_ASSIGN(rows, connection.queryInteger("SELECT count(*) FROM t"));
        return {};
    }));
    return rows;
}

Status insert(Connection &connection, std::int64_t id, std::string_view name)
{
    TRY_ASSIGN(auto row, connection.prepare("INSERT INTO t (id, name) VALUES (?, ?)"));
    row.bind(id, name);
    return row.run();
}

}  // namespace database_test

using namespace database_test;

class DatabaseTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void keepsEachTypeOfValue();
    void opensWithTheDurableSettings();
    void undoesAFailedTransaction();
    void migratesInOrderAndOnlyOnce();
    void undoesABrokenMigration();
    void refusesANewerSchema();
    void refusesAFileThatIsNoDatabase();
    void readersSeeOnlyWhatIsCommitted();
    void readersCannotWrite();
    void manyThreadsReadAndWrite();
    void theFileIsPrivate();

private:
    QTemporaryDir m_folder;

private Q_SLOTS:
    void init() { QFile::remove(m_folder.filePath(QStringLiteral("auth.db"))); }
};

void DatabaseTest::keepsEachTypeOfValue()
{
    const auto database = Database::open(pathIn(m_folder), kOne).value();
    const std::string text("a\0b", 3);
    const Bytes raw{std::byte{0}, std::byte{255}};

    const Status status = database->write([&](Connection &connection) -> Status {
        TRY_ASSIGN(auto row, connection.prepare("INSERT INTO t VALUES (?, ?, ?)"));
        row.bind(std::int64_t{1} << 62, text, raw);
        TRY_STATUS(row.run());
        row.bind(2, std::optional<std::string>(), Bytes());
        TRY_STATUS(row.run());
        row.bind(3, "", std::nullopt);
        return row.run();
    });

    QVERIFY(status.has_value());
    QVERIFY(database
                ->read([&](Connection &connection) -> Status {
                    TRY_ASSIGN(auto rows, connection.prepare("SELECT id, name, raw FROM t ORDER BY id DESC"));
                    TRY_ASSIGN(const bool first, rows.step());
                    [&] {
                        QVERIFY(first);
                        QCOMPARE(rows.integer(0), std::int64_t{1} << 62);
                        QVERIFY(rows.text(1) == text);
                        QVERIFY(rows.blob(2) == raw);
                    }();
                    TRY_ASSIGN(const bool second, rows.step());
                    [&] {
                        QVERIFY(second);
                        QVERIFY(rows.text(1).empty() && !rows.isNull(1));
                        QVERIFY(rows.isNull(2));
                    }();
                    TRY_ASSIGN(const bool third, rows.step());
                    [&] {
                        QVERIFY(third);
                        QVERIFY(rows.isNull(1));
                        QVERIFY(rows.blob(2).empty() && !rows.isNull(2));
                    }();
                    TRY_ASSIGN(const bool fourth, rows.step());
                    [&] { QVERIFY(!fourth); }();
                    return {};
                })
                .has_value());
}

void DatabaseTest::opensWithTheDurableSettings()
{
    const auto database = Database::open(pathIn(m_folder), kOne).value();

    std::string mode;
    std::int64_t synchronous = 0;
    std::int64_t foreignKeys = 0;
    QVERIFY(database
                ->write([&](Connection &connection) -> Status {
                    TRY_ASSIGN(auto row, connection.prepare("PRAGMA journal_mode"));
                    TRY_STATUS(row.step());
                    mode = row.text(0);
                    TRY_ASSIGN(synchronous, connection.queryInteger("PRAGMA synchronous"));
                    TRY_ASSIGN(foreignKeys, connection.queryInteger("PRAGMA foreign_keys"));
                    return {};
                })
                .has_value());

    QCOMPARE(mode, std::string("wal"));
    QCOMPARE(synchronous, 2);
    QCOMPARE(foreignKeys, 1);
}

void DatabaseTest::undoesAFailedTransaction()
{
    const auto database = Database::open(pathIn(m_folder), kOne).value();

    const Status status = database->write([](Connection &connection) -> Status {
        TRY_STATUS(insert(connection, 1, "a"));
        return insert(connection, 1, "b");
    });

    QVERIFY(!status);
    QCOMPARE(status.error().code, Error::AlreadyExists);
    QCOMPARE(count(*database).value(), 0);
    QVERIFY(database->write([](Connection &connection) { return insert(connection, 1, "c"); }).has_value());
    QCOMPARE(count(*database).value(), 1);
}

void DatabaseTest::migratesInOrderAndOnlyOnce()
{
    {
        const auto database = Database::open(pathIn(m_folder), kOne).value();
        QVERIFY(database->write([](Connection &connection) { return insert(connection, 7, "kept"); })
                    .has_value());
    }

    for (int start = 0; start < 2; ++start) {
        const auto database = Database::open(pathIn(m_folder), kTwo).value();
        QVERIFY(database
                    ->read([](Connection &connection) -> Status {
                        TRY_ASSIGN(const auto id,
                                   connection.queryInteger("SELECT id FROM t WHERE extra IS NULL"));
                        [&] { QCOMPARE(id, 7); }();
                        return {};
                    })
                    .has_value());
    }
}

void DatabaseTest::undoesABrokenMigration()
{
    QVERIFY(Database::open(pathIn(m_folder), kOne).has_value());

    QVERIFY(!Database::open(pathIn(m_folder), kBroken).has_value());

    QVERIFY(Database::open(pathIn(m_folder), kTwo).has_value());
}

void DatabaseTest::refusesANewerSchema()
{
    QVERIFY(Database::open(pathIn(m_folder), kTwo).has_value());

    const auto database = Database::open(pathIn(m_folder), kOne);

    QVERIFY(!database);
    QCOMPARE(database.error().code, Error::Unsupported);
    QVERIFY(database.error().message.contains("schema 2"));
    QVERIFY(database.error().message.contains("up to 1"));
}

void DatabaseTest::refusesAFileThatIsNoDatabase()
{
    QFile file(m_folder.filePath(QStringLiteral("auth.db")));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(QByteArray(4096, 'x'));
    file.close();

    const auto database = Database::open(pathIn(m_folder), kOne);

    QVERIFY(!database);
    QCOMPARE(database.error().code, Error::Corrupt);
}

void DatabaseTest::readersSeeOnlyWhatIsCommitted()
{
    const auto database = Database::open(pathIn(m_folder), kOne).value();

    std::int64_t during = -1;
    QVERIFY(database
                ->write([&](Connection &connection) -> Status {
                    TRY_STATUS(insert(connection, 1, "a"));
                    TRY_ASSIGN(during, count(*database));
                    return {};
                })
                .has_value());

    QCOMPARE(during, 0);
    QCOMPARE(count(*database).value(), 1);
}

void DatabaseTest::readersCannotWrite()
{
    const auto database = Database::open(pathIn(m_folder), kOne).value();

    const Status status = database->read([](Connection &connection) { return insert(connection, 1, "a"); });

    QVERIFY(!status);
    QCOMPARE(status.error().code, Error::ReadOnly);
}

void DatabaseTest::manyThreadsReadAndWrite()
{
    constexpr int kThreads = 8;
    constexpr int kEach = 10;
    const auto database = Database::open(pathIn(m_folder), kOne).value();

    std::atomic<int> failures = 0;
    {
        std::vector<std::jthread> threads;
        for (int thread = 0; thread < kThreads; ++thread) {
            threads.emplace_back([&, thread] {
                for (int i = 0; i < kEach; ++i) {
                    const auto id = thread * kEach + i;
                    if (!database->write([&](Connection &c) { return insert(c, id, "x"); }) ||
                        !count(*database))
                        ++failures;
                }
            });
        }
    }

    QCOMPARE(failures.load(), 0);
    QCOMPARE(count(*database).value(), kThreads * kEach);
}

void DatabaseTest::theFileIsPrivate()
{
    const auto database = Database::open(pathIn(m_folder), kOne).value();

    for (const QString &name : {QStringLiteral("auth.db"), QStringLiteral("auth.db-wal")}) {
        const auto permissions = QFile::permissions(m_folder.filePath(name));
        QVERIFY(permissions & QFileDevice::ReadOwner);
        QVERIFY(!(permissions & (QFileDevice::ReadGroup | QFileDevice::ReadOther)));
    }
}

MAXIOFS_TEST(DatabaseTest)

}  // namespace maxiofs::db

#include "database_test.moc"
