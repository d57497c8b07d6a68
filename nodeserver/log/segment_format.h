// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/id.h"
#include "base/result.h"
#include "frame/frame_cipher.h"

#include <string>

namespace maxiofs::log {

inline constexpr std::uint32_t kFormat = 1;
inline constexpr std::uint64_t kSegmentBytes = 256ULL << 20;  // a writer goes on in a new segment above this

// The first 128 bytes of <number>.seg.
struct SegmentHeader {
    static constexpr std::size_t kSize = 128;
    static constexpr std::string_view kPurpose = "maxiofs segment";

    frame::DataKeyId dataKey = 0;
    std::uint64_t number = 0;  // rises by one from segment to segment
    std::array<std::byte, frame::kSaltSize> salt{};
    Id128 marker;                      // begins every batch of this segment
    std::uint64_t previous = 0;        // 0: none
    std::uint64_t previousLength = 0;  // what lies beyond in the previous segment was never synced
    std::int64_t createdMs = 0;
    std::uint64_t lastSequence = 0;  // the greatest given out before this segment

    void encode(frame::FrameCipher &cipher, Bytes &to) const;
    /// What stands there, not yet authenticated: `number` and `salt` find the key.
    [[nodiscard]] static Result<SegmentHeader> decode(ByteView bytes);
    [[nodiscard]] static Status authenticate(ByteView bytes, const frame::FrameCipher &cipher);
};

// Begins each batch. Batch n + 1 is written only after batch n was synced, so an intact batch header proves
// that everything before it had reached the disk.
struct BatchHeader {
    static constexpr std::uint32_t kMagic = 0x5442584d;  // "MXBT"
    static constexpr std::size_t kSize = 48;

    Id128 marker;
    std::uint64_t number = 0;  // from 1 in each segment
    std::uint32_t records = 0;
    std::uint32_t bytes = 0;  // of the records that follow

    void encode(Bytes &to) const;
    /// Error::Corrupt where it is not an intact batch header of the segment with this marker.
    [[nodiscard]] static Result<BatchHeader> decode(ByteView bytes, const Id128 &marker);
};

/// "0000000000000042.seg"; the order of names is the order of numbers.
[[nodiscard]] std::string segmentFileName(std::uint64_t number);
[[nodiscard]] std::optional<std::uint64_t> segmentNumber(std::string_view fileName);

}  // namespace maxiofs::log
