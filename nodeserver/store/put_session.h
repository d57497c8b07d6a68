// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "store/types.h"

#include <array>
#include <functional>
#include <span>

namespace maxiofs::store {

// The bytes of one object or part on their way in. Small ones stay in memory until the commit; larger ones
// stream to a file. Digests of the plaintext are computed in the same pass: MD5 (the ETag), XXH3-128 (the
// content hash) and those asked for. One thread at a time. A session that ends without commit() leaves
// nothing.
class PutSession {
public:
    template <typename T>
    using Done = std::move_only_function<void(Result<T>)>;

    virtual ~PutSession() = default;

    /// Before the first write: also compute this checksum (several calls: several checksums).
    virtual void addChecksum(crypto::ChecksumAlgorithm algorithm) = 0;
    /// Which of them is stored with the object and returned; at most one.
    virtual void storeChecksum(crypto::ChecksumAlgorithm algorithm) = 0;

    /// True when write(), finish() or commit() may touch the disk or take long: call them where blocking is
    /// allowed.
    [[nodiscard]] virtual bool mayBlock(std::size_t nextWrite) const = 0;
    /// Errors: EntityTooLarge above kMaxPutBytes, StorageFull, Io.
    [[nodiscard]] virtual Status write(ByteView bytes) = 0;
    /// The same for pieces that stay as they are until kWritesAhead further calls or settle() have returned:
    /// the slowest digest may lag behind.
    [[nodiscard]] virtual Status writeAhead(std::span<const ByteView> pieces) = 0;
    static constexpr std::size_t kWritesAhead = 2;
    /// Returns when nothing that was written is looked at any more.
    virtual void settle() = 0;

    struct Digests {
        std::array<std::byte, 16> md5{};
        std::uint64_t size = 0;
        std::vector<ObjectChecksum> checksums;
    };
    /// All bytes are in: the digests, to be compared with what the client promised before commit().
    [[nodiscard]] virtual Result<Digests> finish() = 0;

    /// Makes the data durable, then the record. `done` is called once on the committer's thread, also for
    /// errors: NoSuchBucket, PreconditionFailed, NoSuchKey (If-Match on a missing object), NoSuchUpload,
    /// ReadOnly, StorageFull, Quota. The session is used up.
    virtual void commit(WriteConditions conditions, Done<Committed> done) = 0;
};

}  // namespace maxiofs::store
