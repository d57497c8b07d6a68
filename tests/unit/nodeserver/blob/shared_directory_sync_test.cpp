// SPDX-License-Identifier: GPL-3.0-or-later
#include "blob/shared_directory_sync.h"

#include "os/memory_file_system.h"
#include "support/test_runner.h"

#include <atomic>
#include <thread>

namespace maxiofs::blob {

namespace shared_directory_sync_test {

// A file system of which only syncDirectory() works: it counts, and each sync lasts until `mayEnd` allows it.
class CountingDisk final : public os::FileSystem {
public:
    std::function<bool()> mayEnd = [] { return true; };
    std::atomic<std::uint64_t> begun = 0;
    std::atomic<std::uint64_t> ended = 0;

    Status syncDirectory(const std::string &) override
    {
        ++begun;
        while (!mayEnd())
            std::this_thread::yield();
        ++ended;
        return {};
    }
    Result<std::unique_ptr<os::File>> open(const std::string &, os::OpenMode) override { return none(); }
    Status createDirectories(const std::string &) override { return none(); }
    Result<std::vector<os::DirectoryEntry>> list(const std::string &) override { return none(); }
    Result<bool> exists(const std::string &) override { return none(); }
    Status rename(const std::string &, const std::string &) override { return none(); }
    Status remove(const std::string &) override { return none(); }
    Status removeDirectory(const std::string &) override { return none(); }
    Result<os::Space> space(const std::string &) override { return none(); }
    Result<std::unique_ptr<os::Lock>> lock(const std::string &) override { return none(); }

private:
    static std::unexpected<Error> none() { return failure(Error::Internal, "not asked for"); }
};

}  // namespace shared_directory_sync_test

using namespace shared_directory_sync_test;

class SharedDirectorySyncTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyCallerGetsASyncThatBeganAfterItsCall()
    {
        constexpr int kThreads = 8;
        constexpr int kCalls = 500;
        CountingDisk disk;
        SharedDirectorySync sync(disk);
        std::atomic<int> tooEarly = 0;
        {
            std::vector<std::jthread> threads;
            for (int i = 0; i < kThreads; ++i)
                threads.emplace_back([&] {
                    for (int call = 0; call < kCalls; ++call) {
                        const std::uint64_t before = disk.begun;
                        if (!sync.sync("/a") || disk.ended < before + 1)
                            ++tooEarly;
                    }
                });
        }
        QCOMPARE(tooEarly.load(), 0);
        QCOMPARE(disk.begun.load(), disk.ended.load());
        QVERIFY(disk.begun <= std::uint64_t(kThreads * kCalls));
    }

    void oneSyncServesAllThatWait()
    {
        constexpr int kThreads = 8;
        constexpr int kCalls = 50;
        CountingDisk disk;
        SharedDirectorySync sync(disk);
        std::atomic<int> calling = 0;
        std::atomic<int> left = kThreads;
        // A sync lasts until every thread that has calls left has asked for one.
        disk.mayEnd = [&] { return calling >= left; };
        {
            std::vector<std::jthread> threads;
            for (int i = 0; i < kThreads; ++i)
                threads.emplace_back([&] {
                    for (int call = 0; call < kCalls; ++call) {
                        ++calling;
                        const Status synced = sync.sync("/a");
                        --calling;
                        if (!synced)
                            return;
                    }
                    --left;
                });
        }
        QVERIFY2(disk.begun < std::uint64_t(kThreads * kCalls), std::to_string(disk.begun).c_str());
    }

    void directoriesAreSyncedApart()
    {
        CountingDisk disk;
        SharedDirectorySync sync(disk);

        QVERIFY(sync.sync("/a"));
        QVERIFY(sync.sync("/b"));

        QCOMPARE(disk.ended.load(), std::uint64_t(2));
    }

    void aFailureIsReportedAndNotKept()
    {
        os::MemoryFileSystem disk;
        QVERIFY(disk.createDirectories("/a"));
        disk.inject({.operation = os::Operation::SyncDirectory});
        SharedDirectorySync sync(disk);

        QCOMPARE(sync.sync("/a").error().code, Error::Io);
        QVERIFY(sync.sync("/a"));
    }
};

MAXIOFS_TEST(SharedDirectorySyncTest)

}  // namespace maxiofs::blob

#include "shared_directory_sync_test.moc"
