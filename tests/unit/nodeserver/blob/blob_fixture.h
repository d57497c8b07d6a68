// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "blob/file_blob_store.h"
#include "os/memory_file_system.h"

#include <random>

namespace maxiofs::blob::blob_fixture {

inline Bytes randomBytes(std::size_t size, std::uint64_t seed)
{
    std::mt19937_64 random(seed);
    Bytes bytes(size);
    for (std::byte &byte : bytes)
        byte = static_cast<std::byte>(random());
    return bytes;
}

inline Purpose purposeOf(std::string_view key)
{
    Purpose purpose;
    purpose.setText(frame::Tag::Key, key);
    purpose.setText(frame::Tag::UserMetadata, "sealed");
    return purpose;
}

inline const frame::Keyring::Options kKeys{.directory = "/keys", .masterKeyFile = {}, .mayCreate = true};

// A disk with a keyring and an empty store on it, all durable. start() is a new run on the disk as it is.
struct Node {
    explicit Node(std::uint64_t seed = 1) : disk(std::make_unique<os::MemoryFileSystem>(seed))
    {
        start();
        disk->syncAll();
    }
    void start()
    {
        store.reset();
        keyring = *frame::Keyring::open(*disk, kKeys);
        store = *BlobStore::open(*disk, *keyring, "/data/blobs");
    }
    /// A new run on what a power cut leaves.
    void cutPower(std::uint64_t seed)
    {
        os::MemoryFileSystem::Random random(seed);
        store.reset();
        disk = disk->crash(random);
        start();
    }
    BlobId put(ByteView content, std::string_view key = "key")
    {
        const auto writer = *store->create(purposeOf(key));
        if (!writer->write(content) || !writer->finish())
            std::abort();
        return writer->id();
    }
    /// The whole content, by a reader that no cache holds.
    Result<Bytes> get(const BlobId &id, std::uint64_t size)
    {
        FileBlobStore fresh(*disk, *keyring, "/data/blobs");
        TRY_ASSIGN(const auto reader, fresh.openForRead(id, size));
        Bytes content;
        TRY_STATUS(reader->readFrames(0, frame::frameCount(size), false, content));
        return content;
    }
    static std::string pathOf(const BlobId &id)
    {
        return "/data/blobs/" + id.hex().substr(0, 2) + "/" + id.hex();
    }
    Bytes stored(const BlobId &id) { return *os::readWholeFile(*disk, pathOf(id), 64 << 20); }
    void overwrite(const BlobId &id, ByteView content)
    {
        if (!os::replaceFile(*disk, pathOf(id), content))
            std::abort();
    }
    std::size_t files()
    {
        std::size_t count = 0;
        if (!store->forEach([&](const BlobId &, std::int64_t) { return ++count > 0; }))
            std::abort();
        return count;
    }

    std::unique_ptr<os::MemoryFileSystem> disk;
    std::unique_ptr<frame::Keyring> keyring;
    std::unique_ptr<BlobStore> store;
};

}  // namespace maxiofs::blob::blob_fixture
