// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/hex.h"
#include "os/memory_file_system.h"
#include "store/node_store.h"

#include <QDir>
#include <QFileInfo>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <future>
#include <iterator>
#include <memory>
#include <string>

namespace maxiofs::test {

// Moves on by a millisecond each time it is asked.
class ManualClock final : public Clock {
public:
    [[nodiscard]] std::int64_t unixMs() const override { return ++m_now; }
    void advance(std::chrono::milliseconds by) { m_now += by.count(); }

private:
    mutable std::atomic<std::int64_t> m_now{1'700'000'000'000};
};

inline std::string code(const Error &error)
{
    return std::string(nameOf(error.code));
}
template <typename T>
std::string codeOf(const Result<T> &result)
{
    return result ? "ok" : code(result.error());
}

// A node's store over a file system in memory and an index in a temporary folder, which can be stopped,
// crashed and opened again. Changes are made one at a time and waited for.
class StoreFixture {
public:
    using Store = store::NodeStore;

    explicit StoreFixture(std::uint64_t seed = 1)
        : m_files(std::make_unique<os::MemoryFileSystem>(seed)),
          m_index(indexTemplate())
    {
        bucket = Id128::random();
        node = Id128::random();
    }
    ~StoreFixture() { close(); }

    void open()
    {
        if (const Status opened = tryOpen(); !opened) {
            std::fprintf(stderr, "the store does not open: %s\n", opened.error().message.c_str());
            std::abort();
        }
    }
    Status tryOpen()
    {
        // The files of earlier runs are older than this start.
        clock.advance(std::chrono::seconds(2));
        m_files->setTime(clock.unixMs());
        store::DataDirectory::Options where;
        where.path = "/data";
        TRY_ASSIGN(m_directory, store::DataDirectory::open(*m_files, where));
        Store::Options options;
        options.node = node;
        options.inlineLimit = inlineLimit;
        options.backgroundWork = false;
        options.acceptLoss = acceptLoss;
        Store::Environment environment{.clock = clock, .indexDirectory = indexDirectory()};
        environment.segmentBytes = segmentBytes;
        environment.minPartBytes = minPartBytes;
        environment.flushAtStop = false;
        TRY_ASSIGN(m_store, Store::open(*m_directory, options, environment));
        m_store->setBucket({bucket, versioning, 0, 0, role});
        return {};
    }
    void close()
    {
        if (m_store) {
            m_store->stop();
            // A test may have broken the disk before.
            [[maybe_unused]] const Status flushed = m_store->flushIndex();
        }
        m_store.reset();
        m_directory.reset();
    }
    /// What killing the process leaves: all that was written, but not what the index had in memory.
    void kill()
    {
        m_files->stopAfter(0);
        m_store.reset();
        m_directory.reset();
        m_files->clearFaults();
    }
    /// What a power cut leaves: unsynced bytes are lost in part, the index is as it was last flushed.
    void crash(os::MemoryFileSystem::Random &random)
    {
        m_files->stopAfter(0);
        auto survived = m_files->crash(random);
        kill();
        m_files = std::move(survived);
    }
    /// The next open() builds the index from the log alone.
    void dropIndex()
    {
        QVERIFY(index::Index::destroy({.directory = indexDirectory()}));
        ++m_indexNumber;
    }
    std::string indexDirectory() const
    {
        return m_index.path().toStdString() + "/index" + std::to_string(m_indexNumber);
    }
    std::size_t largeObjectFiles()
    {
        std::size_t files = 0;
        for (const auto &folder : m_files->list("/data/blobs").value())
            files += m_files->list("/data/blobs/" + folder.name)->size();
        return files;
    }
    frame::Keyring &keyring() { return m_directory->keyring(); }

    Store &operator*() { return *m_store; }
    Store *operator->() { return m_store.get(); }
    os::MemoryFileSystem &files() { return *m_files; }

    template <typename T, typename Start>
    static Result<T> wait(Start start)
    {
        std::promise<Result<T>> promise;
        start([&promise](Result<T> result) { promise.set_value(std::move(result)); });
        return promise.get_future().get();
    }

    Result<store::Committed> put(const std::string &key, std::string_view data,
                                 store::WriteConditions conditions = {}, store::Attributes attributes = {})
    {
        TRY_ASSIGN(auto session, m_store->beginPut(bucket, key, std::move(attributes), std::nullopt));
        TRY_STATUS(session->write(asBytes(data)));
        TRY_ASSIGN([[maybe_unused]] const auto digests, session->finish());
        return wait<store::Committed>([&](auto done) { session->commit(conditions, std::move(done)); });
    }
    Result<std::string> get(const std::string &key, const std::optional<store::VersionId> &version = {})
    {
        TRY_ASSIGN(const auto object, m_store->open(bucket, key, version, index::ReadMode::MayBlock));
        Bytes data;
        while (data.size() < object->info().size) {
            TRY_ASSIGN(const std::size_t got,
                       object->read(data.size(), 1 << 20, data, index::ReadMode::MayBlock));
            if (got == 0)
                return failure(Error::Internal, "a read gave nothing");
        }
        return toText(data);
    }
    Result<store::Deleted> remove(const std::string &key, const std::optional<store::VersionId> &version = {})
    {
        return wait<store::Deleted>(
            [&](auto done) { m_store->remove(bucket, key, version, {}, std::move(done)); });
    }
    Result<store::Committed> replaceAttributes(const std::string &key, std::string etag,
                                               store::Attributes attributes)
    {
        return wait<store::Committed>([&](auto done) {
            m_store->replaceAttributes(bucket, key, std::move(etag), std::move(attributes), std::move(done));
        });
    }
    Result<Id128> beginUpload(const std::string &key, store::Attributes attributes = {})
    {
        return wait<Id128>([&](auto done) {
            m_store->createUpload(bucket, key, std::move(attributes), {}, std::move(done));
        });
    }
    Result<store::Committed> putPart(const std::string &key, const Id128 &upload, unsigned number,
                                     std::string_view data)
    {
        TRY_ASSIGN(auto session, m_store->beginPart(bucket, key, upload, number, std::nullopt));
        TRY_STATUS(session->write(asBytes(data)));
        TRY_ASSIGN([[maybe_unused]] const auto digests, session->finish());
        return wait<store::Committed>([&](auto done) { session->commit({}, std::move(done)); });
    }
    Result<store::Committed> complete(const std::string &key, const Id128 &upload,
                                      std::vector<store::ObjectStore::CompletePart> parts)
    {
        return wait<store::Committed>([&](auto done) {
            m_store->completeUpload(bucket, key, upload, std::move(parts), {}, {}, {}, std::move(done));
        });
    }
    Result<void> abort(const std::string &key, const Id128 &upload)
    {
        return wait<void>([&](auto done) { m_store->abortUpload(bucket, key, upload, std::move(done)); });
    }
    Result<store::Committed> setTags(const std::string &key, store::Pairs tags,
                                     const std::optional<store::VersionId> &version = {})
    {
        return wait<store::Committed>(
            [&](auto done) { m_store->setTags(bucket, key, version, std::move(tags), std::move(done)); });
    }
    Result<void> closeBucket()
    {
        return wait<void>([&](auto done) { m_store->closeBucket(bucket, std::move(done)); });
    }
    void setVersioning(store::Versioning state)
    {
        versioning = state;
        m_store->setBucket({bucket, versioning, 0, 0, role});
    }
    void setRole(store::BucketRole given)
    {
        role = given;
        m_store->setBucket({bucket, versioning, 0, 0, role});
    }
    /// All conflict versions, read in pages.
    std::vector<store::Conflict> conflicts(std::size_t pageSize = 1000)
    {
        std::vector<store::Conflict> all;
        std::optional<store::ConflictPlace> after;
        do {
            auto page = m_store->conflicts(bucket, after, pageSize);
            if (!page)
                qFatal("%s", page.error().message.c_str());
            std::ranges::move(page->conflicts, std::back_inserter(all));
            after = std::move(page->next);
        } while (after);
        return all;
    }
    Result<store::Committed> restore(const std::string &key, const store::VersionId &conflict)
    {
        return wait<store::Committed>(
            [&](auto done) { m_store->restoreConflict(bucket, key, conflict, std::move(done)); });
    }
    Result<void> discard(const std::string &key, const store::VersionId &conflict)
    {
        return wait<void>(
            [&](auto done) { m_store->discardConflict(bucket, key, conflict, std::move(done)); });
    }

    BucketId bucket;
    NodeId node;
    store::Versioning versioning = store::Versioning::Off;
    store::BucketRole role = store::BucketRole::Owner;
    std::uint64_t inlineLimit = 4096;
    std::uint64_t segmentBytes = 256 << 10;
    std::uint64_t minPartBytes = store::kMinPartBytes;
    bool acceptLoss = false;
    ManualClock clock;

private:
    // RocksDB's many syncs cost nothing in a file system in memory.
    static QString indexTemplate()
    {
        const QString shared = QStringLiteral("/dev/shm");
        return (QFileInfo(shared).isWritable() ? shared : QDir::tempPath()) +
               QStringLiteral("/store-test-XXXXXX");
    }

    std::unique_ptr<os::MemoryFileSystem> m_files;
    QTemporaryDir m_index;
    unsigned m_indexNumber = 0;
    std::unique_ptr<store::DataDirectory> m_directory;
    std::unique_ptr<Store> m_store;
};

inline std::string patternOf(std::size_t size, unsigned seed)
{
    std::string text(size, '\0');
    std::uint32_t state = seed * 2654435761U + 1;
    for (char &c : text) {
        state = state * 1664525U + 1013904223U;
        c = static_cast<char>(state >> 24);
    }
    return text;
}

}  // namespace maxiofs::test
