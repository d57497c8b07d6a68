// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/id.h"
#include "frame/fields.h"
#include "frame/frame_cipher.h"
#include "os/file_system.h"

#include <functional>
#include <memory>

namespace maxiofs::blob {

using BlobId = Id128;

// What a large-object file is for, kept encrypted in its header so that a lost record can be explained:
// bucket id, key, version or upload and part (frame::Tag fields).
using Purpose = frame::Fields;

// Streams one new large-object file. One thread at a time. A writer that ends without finish() removes its
// file.
class BlobWriter {
public:
    virtual ~BlobWriter() = default;
    [[nodiscard]] virtual const BlobId &id() const = 0;
    /// Encrypts and writes; holds back at most one frame.
    [[nodiscard]] virtual Status write(ByteView plaintext) = 0;
    /// Last frame, sync of the file and of its directory (shared with other writers that wait for the same
    /// one): when it returns, a record may name the file. The number of plaintext bytes.
    [[nodiscard]] virtual Result<std::uint64_t> finish() = 0;
    /// Removes a file that was finished but will not be named by a record.
    virtual void discard() = 0;
};

// Reads ranges of one large-object file; holds it open, so that a removal meanwhile does not matter. Any
// thread.
class BlobReader {
public:
    virtual ~BlobReader() = default;
    [[nodiscard]] virtual std::uint64_t size() const = 0;  // plaintext bytes
    /// Opens frames `first` to `first + count - 1`, appends their plaintext to `to`. With `cachedOnly`,
    /// Error::WouldBlock where the disk would be asked. Error::Corrupt names file and frame.
    [[nodiscard]] virtual Status readFrames(std::uint64_t first, std::uint64_t count, bool cachedOnly,
                                            Bytes &to) = 0;
    [[nodiscard]] virtual const Purpose &purpose() const = 0;
};

// The files blobs/xx/<32 hex digits> below the data directory. Any thread.
class BlobStore {
public:
    /// Makes and syncs the fan-out at the first start.
    [[nodiscard]] static Result<std::unique_ptr<BlobStore>>
    open(os::FileSystem &fileSystem, frame::Keyring &keyring, std::string directory);
    virtual ~BlobStore() = default;

    [[nodiscard]] virtual Result<std::unique_ptr<BlobWriter>> create(const Purpose &purpose) = 0;
    /// `size` is what the record says; Error::Damaged where the file is missing, Error::Corrupt where its
    /// header or length does not fit. Open files are cached up to a limit.
    [[nodiscard]] virtual Result<std::shared_ptr<BlobReader>> openForRead(const BlobId &id,
                                                                          std::uint64_t size) = 0;
    /// Unlinks; a missing file is no error.
    [[nodiscard]] virtual Status remove(const BlobId &id) = 0;
    /// Calls `visit` with every file's id and modification time, directory by directory; false stops.
    [[nodiscard]] virtual Status
    forEach(const std::function<bool(const BlobId &, std::int64_t modifiedMs)> &visit) = 0;
    /// Moves a file that no record names to `orphans/`, where it is kept for a while.
    [[nodiscard]] virtual Status moveToOrphans(const BlobId &id, const std::string &orphans) = 0;
};

}  // namespace maxiofs::blob
