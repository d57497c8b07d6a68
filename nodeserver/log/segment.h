// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "log/record.h"
#include "log/segment_format.h"
#include "os/file_system.h"

#include <memory>

namespace maxiofs::log {

// One open segment: reads records and payload frames by place. Holds the file, so that a removal meanwhile
// does not matter. Any thread.
class Segment {
public:
    /// Error::Corrupt where the header is not what a writer made; Error::NotFound for a missing file or key.
    [[nodiscard]] static Result<std::shared_ptr<Segment>>
    open(os::FileSystem &fileSystem, const frame::Keyring &keyring, const std::string &path);
    /// A new file with its header written, not yet synced.
    [[nodiscard]] static Result<std::shared_ptr<Segment>> create(os::FileSystem &fileSystem,
                                                                 const frame::Keyring &keyring,
                                                                 const std::string &path,
                                                                 SegmentHeader header);

    [[nodiscard]] const SegmentHeader &header() const { return m_header; }
    [[nodiscard]] frame::FrameCipher &cipher() { return *m_cipher; }
    [[nodiscard]] os::File &file() { return *m_file; }

    /// The record at a place that the index names. Error::Corrupt where none begins there.
    [[nodiscard]] Result<Record> readRecord(std::uint64_t offset);
    /// The same from bytes that hold it, before or without reading.
    [[nodiscard]] Result<Record> decodeRecordAt(std::uint64_t offset, ByteView bytes) const;
    /// The sealed fields of a record of this segment.
    [[nodiscard]] Result<frame::Fields> openSealed(std::uint64_t sequence, ByteView sealed) const;
    /// Appends the plaintext of frames `first` to `first + count - 1` of a payload of `payloadSize` bytes.
    [[nodiscard]] Status readFrames(std::uint64_t sequence, std::uint64_t payloadOffset,
                                    std::uint64_t payloadSize, std::uint64_t first, std::uint64_t count,
                                    bool cachedOnly, Bytes &to);
    [[nodiscard]] Result<Bytes> readPayload(const Record &record);
    /// The same from bytes that hold the record, before or without reading.
    [[nodiscard]] Result<Bytes> decodePayload(const Record &record, ByteView bytes) const;

private:
    /// Opens frames from `first` on, one behind the other in `stored`.
    [[nodiscard]] Status openFrames(std::uint64_t sequence, std::uint64_t payloadOffset, std::uint64_t first,
                                    std::uint64_t frames, ByteView stored, Bytes &to) const;

    Segment(std::unique_ptr<os::File> file, SegmentHeader header, std::unique_ptr<frame::FrameCipher> cipher);

    const std::unique_ptr<os::File> m_file;
    const SegmentHeader m_header;
    const std::unique_ptr<frame::FrameCipher> m_cipher;
};

}  // namespace maxiofs::log
