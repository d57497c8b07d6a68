// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "blob/blob_store.h"

namespace maxiofs::blob {

/// What the keys of large-object files are derived for.
inline constexpr std::string_view kKeyPurpose = "maxiofs blob";

/// How many frames go to or come from the disk with one call: 1 MiB.
inline constexpr std::size_t kBatchFrames = 16;

// The beginning of a large-object file. In clear: magic "MXLARGEO" | u16 version | u32 data key id | salt
// (32) | blob id (16) | u32 size of what follows. Then, sealed with all of that as associated data: the
// purpose, its clear fields and its sealed fields, each with its size. The frames come next.
struct ClearHeader {
    static constexpr std::size_t kSize = 8 + 2 + 4 + frame::kSaltSize + 16 + 4;
    static constexpr std::size_t kMostSealed = 64 * 1024;

    frame::DataKeyId dataKey = 0;
    std::array<std::byte, frame::kSaltSize> salt{};
    BlobId id;
    std::uint32_t sealedSize = 0;
};

/// Clear and sealed part. Error::InvalidArgument for a purpose that is too large.
[[nodiscard]] Result<Bytes> encodeHeader(const ClearHeader &header, const Purpose &purpose,
                                         frame::FrameCipher &cipher);
/// Reads the clear part from a file's first ClearHeader::kSize bytes. Error::Corrupt where it is none,
/// Error::Unsupported for a newer version.
[[nodiscard]] Result<ClearHeader> decodeClearHeader(ByteView begin);
/// Opens the sealed part with both at hand.
[[nodiscard]] Result<Purpose> openPurpose(const BlobId &id, ByteView clear, ByteView sealed,
                                          const frame::FrameCipher &cipher);

}  // namespace maxiofs::blob
