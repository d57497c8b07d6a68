// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/log_end.h"

#include "os/memory_file_system.h"
#include "support/golden.h"
#include "support/test_runner.h"

namespace maxiofs::test {

using store::LogEnd;
using Position = log::Log::Position;

class LogEndTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void formatIsAsTheGoldenFile()
    {
        const std::string text = LogEnd::encode({42, 4711});

        QVERIFY(goldenFile("log-end-v1.txt", toBytes(text)) == toBytes(text));
        QVERIFY(LogEnd::decode(text) == (Position{42, 4711}));
    }

    void everyFlippedBitMakesItUnreadable()
    {
        const std::string text = LogEnd::encode({42, 4711});
        for (std::size_t at = 0; at < text.size() * 8; ++at) {
            std::string flipped = text;
            flipped[at / 8] = static_cast<char>(flipped[at / 8] ^ (1 << at % 8));
            QVERIFY2(!LogEnd::decode(flipped), flipped.c_str());
        }
        for (std::size_t length = 0; length < text.size(); ++length)
            QVERIFY(!LogEnd::decode(text.substr(0, length)));
    }

    void whatWasNotedSurvivesAPowerCut()
    {
        os::MemoryFileSystem disk;
        QVERIFY(disk.createDirectories("/data"));
        disk.syncAll();
        LogEnd end(disk, "/data/log.end");
        QVERIFY(*end.load() == Position());
        QVERIFY(end.note({1, 200}));
        QVERIFY(end.note({2, 100}));

        os::MemoryFileSystem::Random random(1);
        const auto survived = disk.crash(random);
        LogEnd after(*survived, "/data/log.end");

        QVERIFY(*after.load() == (Position{2, 100}));
    }
};

}  // namespace maxiofs::test

using maxiofs::test::LogEndTest;
MAXIOFS_TEST(LogEndTest)
#include "log_end_test.moc"
