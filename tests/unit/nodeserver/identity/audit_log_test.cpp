// SPDX-License-Identifier: GPL-3.0-or-later
#include "identity/audit_log.h"

#include "identity_fixture.h"
#include "os/memory_file_system.h"
#include "support/test_runner.h"

#include <QDir>
#include <QFile>

using namespace Qt::StringLiterals;

namespace maxiofs::identity {

class AuditLogTest : public QObject {
    Q_OBJECT

private:
    QTemporaryDir m_folder;
    fixture::FakeClock m_clock;
    int m_next = 0;

    AuditLog::Options fresh(std::uint64_t fileBytes = 1'000'000, unsigned files = 3)
    {
        return {m_folder.filePath(QString::number(++m_next)).toStdString(), fileBytes, files,
                [] { return "n1"; }};
    }
    std::unique_ptr<AuditLog> open(const AuditLog::Options &options)
    {
        return AuditLog::open(os::posixFileSystem(), m_clock, options).value();
    }
    static protocol::AuditEntry entry(const std::string &action, const std::string &resource = "r")
    {
        protocol::AuditEntry entry;
        entry.userId = "u";
        entry.action = action;
        entry.resource = resource;
        entry.after = u"value"_s;
        entry.answer = 200;
        return entry;
    }
    static QStringList actionsOf(const protocol::Page<protocol::AuditEntry> &page)
    {
        QStringList actions;
        for (const auto &item : page.items)
            actions << QString::fromStdString(item.action);
        return actions;
    }

private Q_SLOTS:
    void readsNewestFirstByPage()
    {
        const auto log = open(fresh());
        for (int i = 0; i < 5; ++i) {
            m_clock.nowMs += 10;
            QVERIFY(log->record(entry("a" + std::to_string(i))).has_value());
        }

        AuditLog::Query query;
        query.limit = 2;
        const auto first = log->read(query).value();
        QCOMPARE(actionsOf(first), (QStringList{u"a4"_s, u"a3"_s}));
        QCOMPARE(first.items[0].nodeId, std::string("n1"));
        QCOMPARE(first.items[0].time.unixMs, m_clock.nowMs);
        QCOMPARE(first.items[0].after.toString(), u"value"_s);
        query.after = first.next;
        const auto second = log->read(query).value();
        QCOMPARE(actionsOf(second), (QStringList{u"a2"_s, u"a1"_s}));
        query.after = second.next;
        const auto third = log->read(query).value();
        QCOMPARE(actionsOf(third), (QStringList{u"a0"_s}));
        QVERIFY(third.next.empty());
    }

    void filters()
    {
        const auto log = open(fresh());
        QVERIFY(log->record(entry("user.create", "ann")).has_value());
        m_clock.nowMs += 1000;
        QVERIFY(log->record(entry("bucket.create", "photos")).has_value());
        m_clock.nowMs += 1000;
        QVERIFY(log->record(entry("user.delete", "bob")).has_value());

        AuditLog::Query query;
        query.action = "user.";
        QCOMPARE(actionsOf(*log->read(query)), (QStringList{u"user.delete"_s, u"user.create"_s}));
        query.resource = "ann";
        QCOMPARE(actionsOf(*log->read(query)), (QStringList{u"user.create"_s}));
        query = {};
        query.sinceMs = m_clock.nowMs - 1000;
        query.untilMs = m_clock.nowMs;
        QCOMPARE(actionsOf(*log->read(query)), (QStringList{u"bucket.create"_s}));
        query = {};
        query.userId = "other";
        QVERIFY(log->read(query)->items.empty());
        query = {};
        query.after = "x";
        QCOMPARE(log->read(query).error().code, Error::InvalidArgument);
    }

    void numbersGoOnAfterARestart()
    {
        const auto options = fresh();
        QVERIFY(open(options)->record(entry("a0")).has_value());
        QVERIFY(open(options)->record(entry("a1")).has_value());

        const auto page = open(options)->read({}).value();
        QCOMPARE(actionsOf(page), (QStringList{u"a1"_s, u"a0"_s}));
        QCOMPARE(page.items[0].id, std::string("2"));
    }

    void aTornLineIsReplaced()
    {
        const auto options = fresh();
        QVERIFY(open(options)->record(entry("a0")).has_value());
        QFile file(QString::fromStdString(options.directory) + u"/audit.log"_s);
        QVERIFY(file.open(QIODevice::Append));
        file.write("{\"id\":\"2\",\"action\":\"torn");
        file.close();

        QVERIFY(open(options)->record(entry("a1")).has_value());

        const auto page = open(options)->read({}).value();
        QCOMPARE(actionsOf(page), (QStringList{u"a1"_s, u"a0"_s}));
    }

    void rotatesBySizeAndDropsTheOldest()
    {
        const auto options = fresh(600, 3);
        auto log = open(options);
        for (int i = 0; i < 30; ++i)
            QVERIFY(log->record(entry("a" + std::to_string(i))).has_value());
        const QDir folder(QString::fromStdString(options.directory));
        QCOMPARE(folder.entryList(QDir::Files),
                 (QStringList{u"audit.1.log"_s, u"audit.2.log"_s, u"audit.log"_s}));
        for (const QFileInfo &file : folder.entryInfoList(QDir::Files))
            QVERIFY(file.size() <= 600);

        log = open(options);
        const auto page = log->read({}).value();
        QCOMPARE(page.items[0].id, std::string("30"));
        for (std::size_t i = 1; i < page.items.size(); ++i)
            QCOMPARE(std::stoi(page.items[i].id), std::stoi(page.items[i - 1].id) - 1);
        QVERIFY(page.items.size() < 30 && page.items.size() > 3);
    }

    void aHugeEntryLosesItsValuesNotItself()
    {
        const auto log = open(fresh());
        auto huge = entry("huge");
        huge.after = QString(100'000, u'x');
        QVERIFY(log->record(huge).has_value());
        auto named = entry("named", std::string(100'000, 'x'));
        named.username = std::string(100'000, 'y');
        QVERIFY(log->record(named).has_value());
        QCOMPARE(log->read({})->items[0].resource.size(), AuditLog::kMaxNameBytes);
        AuditLog::Query query;
        query.action = "huge";
        const auto page = log->read(query).value();
        QCOMPARE(actionsOf(page), (QStringList{u"huge"_s}));
        QVERIFY(page.items[0].after.isNull());
    }

    void anEntryIsWholeOrRefusedWhateverFails()
    {
        for (const os::Operation operation :
             {os::Operation::Write, os::Operation::Sync, os::Operation::Rename, os::Operation::Create,
              os::Operation::SyncDirectory}) {
            for (std::uint64_t nth = 1; nth <= 4; ++nth) {
                os::MemoryFileSystem files;
                const auto log =
                    AuditLog::open(files, m_clock, {"/data", 500, 3, [] { return "n1"; }}).value();
                files.inject({.operation = operation, .nth = nth, .writtenBytes = 5});
                std::size_t accepted = 0;
                for (int i = 0; i < 6; ++i)
                    accepted += log->record(entry("a")).has_value() ? 1 : 0;

                // A failed sync leaves its line readable, so there may be one more, never one less.
                const auto page = log->read({}).value();
                QVERIFY(page.items.size() >= std::min<std::size_t>(accepted, 4));
                QVERIFY(accepted >= 4);
                std::set<std::string> ids;
                for (const auto &item : page.items)
                    QVERIFY(ids.insert(item.id).second);
            }
        }
    }

    void watchersHearOfEachEntry()
    {
        const auto log = open(fresh());
        std::vector<std::string> ids;
        log->whenRecorded([&](const protocol::AuditEntry &heard) { ids.push_back(heard.id); });
        QVERIFY(log->record(entry("a")).has_value());
        QVERIFY(log->record(entry("b")).has_value());
        QCOMPARE(ids, (std::vector<std::string>{"1", "2"}));
    }
};

MAXIOFS_TEST(AuditLogTest)

}  // namespace maxiofs::identity

#include "audit_log_test.moc"
