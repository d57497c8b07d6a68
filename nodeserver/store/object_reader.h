// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "index/index.h"
#include "store/types.h"

#include <span>

namespace maxiofs::store {

// One version, opened for reading. Holds what it reads from, so that an overwrite or deletion meanwhile does
// not disturb it. No byte leaves unverified. One thread at a time.
class ObjectReader {
public:
    virtual ~ObjectReader() = default;

    [[nodiscard]] virtual const ObjectInfo &info() const = 0;
    /// Content headers, user metadata, tags and the rest; opened at the first call. Error::Corrupt, and with
    /// CachedOnly Error::WouldBlock when they are to be read from the disk.
    [[nodiscard]] virtual Result<const Attributes *>
    attributes(index::ReadMode mode = index::ReadMode::MayBlock) = 0;
    /// How many parts a multipart object has; 0 for one written in one piece.
    [[nodiscard]] virtual unsigned partCount() const = 0;
    /// First byte and length of part `number` (1 to partCount()).
    [[nodiscard]] virtual Result<std::pair<std::uint64_t, std::uint64_t>>
    partRange(unsigned number) const = 0;
    /// Parts with numbers above `after`, at most `limit`; the flag says that more follow.
    [[nodiscard]] virtual Result<std::pair<std::vector<PartInfo>, bool>> parts(unsigned after,
                                                                               std::size_t limit) = 0;

    /// Appends up to `length` bytes from `offset` to `to`; fewer only at the object's end, or where a natural
    /// border (frame, part) makes it cheaper: at least one. `to` grows by at most `length`. Errors: Corrupt,
    /// Damaged, Io; with CachedOnly WouldBlock.
    [[nodiscard]] virtual Result<std::size_t> read(std::uint64_t offset, std::size_t length, Bytes &to,
                                                   index::ReadMode mode = index::ReadMode::MayBlock) = 0;
};

}  // namespace maxiofs::store
