// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/test_runner.h"

#include "api/console/log_tail.h"

namespace maxiofs::api::console {

class LogTailTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void theOldestLinesGo()
    {
        LogTail tail(SystemClock::instance());
        for (std::size_t i = 0; i < LogTail::kKept + 10; ++i)
            tail.line(base::LogLevel::Info, "line " + std::to_string(i));
        LogTail::Query query;
        query.limit = LogTail::kKept + 100;
        const auto page = tail.read(query);
        QCOMPARE(page.items.size(), LogTail::kKept);
        QCOMPARE(page.items.back().text, std::string("line 10"));
        QVERIFY(page.next.empty());
    }

    void aLongLineIsCut()
    {
        LogTail tail(SystemClock::instance());
        tail.line(base::LogLevel::Info, std::string(100'000, 'x'));
        QCOMPARE(tail.read({}).items[0].text.size(), LogTail::kMaxLine);
    }

    void afterItsEndLinesGoOnWithoutIt()
    {
        {
            const LogTail tail(SystemClock::instance());
        }
        base::setLogLevel(base::LogLevel::Error);
        base::errorLine("a line of the test, seen by no tap");
        base::setLogLevel(base::LogLevel::Info);
    }

    void pagesJoinWithoutGapOrRepetition()
    {
        LogTail tail(SystemClock::instance());
        for (int i = 0; i < 25; ++i)
            tail.line(i % 2 == 0 ? base::LogLevel::Info : base::LogLevel::Warning, std::to_string(i));
        std::vector<std::string> seen;
        LogTail::Query query;
        query.limit = 4;
        query.lowest = base::LogLevel::Warning;
        do {
            const auto page = tail.read(query);
            for (const auto &line : page.items)
                seen.push_back(line.text);
            query.before = page.next;
        } while (!query.before.empty());
        QCOMPARE(seen.size(), 12);
        QCOMPARE(seen.front(), std::string("23"));
        QCOMPARE(seen.back(), std::string("1"));
    }
};

MAXIOFS_TEST(LogTailTest)

}  // namespace maxiofs::api::console

#include "log_tail_test.moc"
