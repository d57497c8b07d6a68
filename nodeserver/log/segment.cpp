// SPDX-License-Identifier: GPL-3.0-or-later
#include "log/segment.h"

#include <algorithm>

namespace maxiofs::log {

namespace {

constexpr std::size_t kHeaderGuess = 4096;  // most records' headers arrive with the first read

}  // namespace

Segment::Segment(std::unique_ptr<os::File> file, SegmentHeader header,
                 std::unique_ptr<frame::FrameCipher> cipher)
    : m_file(std::move(file)),
      m_header(header),
      m_cipher(std::move(cipher))
{
}

Result<std::shared_ptr<Segment>> Segment::open(os::FileSystem &fileSystem, const frame::Keyring &keyring,
                                               const std::string &path)
{
    TRY_ASSIGN(auto file, fileSystem.open(path, os::OpenMode::ReadWrite));
    Bytes bytes(SegmentHeader::kSize);
    TRY_ASSIGN(const std::size_t got, file->readAt(0, bytes));
    bytes.resize(got);
    TRY_ASSIGN(const SegmentHeader header, SegmentHeader::decode(bytes));
    TRY_ASSIGN(const frame::Key256 key,
               keyring.deriveKey(header.dataKey, header.salt, SegmentHeader::kPurpose));
    auto cipher = std::make_unique<frame::FrameCipher>(key, header.salt);
    TRY_STATUS(SegmentHeader::authenticate(bytes, *cipher));
    return std::shared_ptr<Segment>(new Segment(std::move(file), header, std::move(cipher)));
}

Result<std::shared_ptr<Segment>> Segment::create(os::FileSystem &fileSystem, const frame::Keyring &keyring,
                                                 const std::string &path, SegmentHeader header)
{
    header.dataKey = keyring.currentDataKey();
    fillRandom(header.salt);
    fillRandom(header.marker.bytes);
    TRY_ASSIGN(const frame::Key256 key,
               keyring.deriveKey(header.dataKey, header.salt, SegmentHeader::kPurpose));
    auto cipher = std::make_unique<frame::FrameCipher>(key, header.salt);
    TRY_ASSIGN(auto file, fileSystem.open(path, os::OpenMode::CreateNew));
    Bytes bytes;
    header.encode(*cipher, bytes);
    const ByteView piece(bytes);
    TRY_STATUS(file->writeAt(0, {&piece, 1}));
    return std::shared_ptr<Segment>(new Segment(std::move(file), header, std::move(cipher)));
}

Result<Record> Segment::readRecord(std::uint64_t offset)
{
    Bytes bytes(kHeaderGuess);
    TRY_ASSIGN(std::size_t got, m_file->readAt(offset, bytes));
    bytes.resize(got);
    TRY_ASSIGN(const RecordPrefix prefix, RecordPrefix::decode(bytes));
    if (prefix.headerLength() > bytes.size()) {
        bytes.resize(prefix.headerLength());
        TRY_ASSIGN(got, m_file->readAt(offset, bytes));
        bytes.resize(got);
    }
    return decodeRecord(bytes, prefix, *m_cipher, m_header.number, offset);
}

Result<Record> Segment::decodeRecordAt(std::uint64_t offset, ByteView bytes) const
{
    TRY_ASSIGN(const RecordPrefix prefix, RecordPrefix::decode(bytes));
    return decodeRecord(bytes, prefix, *m_cipher, m_header.number, offset);
}

Result<frame::Fields> Segment::openSealed(std::uint64_t sequence, ByteView sealed) const
{
    frame::Fields fields;
    if (sealed.empty())
        return fields;
    const auto owner = frame::FrameCipher::Owner::ofSequence(sequence);
    TRY_ASSIGN(const Bytes secret, m_cipher->openHeader(kFieldsLabel, owner, {}, sealed));
    TRY_STATUS(fields.decode(secret, true));
    return fields;
}

Status Segment::readFrames(std::uint64_t sequence, std::uint64_t payloadOffset, std::uint64_t payloadSize,
                           std::uint64_t first, std::uint64_t count, bool cachedOnly, Bytes &to)
{
    const std::uint64_t frames = frame::frameCount(payloadSize);
    if (first >= frames)
        return failure(Error::Internal, "a frame beyond the payload's end was asked for");
    count = std::min(count, frames - first);
    const std::uint64_t from = first * frame::kStoredFrameSize;
    const std::uint64_t until =
        std::min((first + count) * frame::kStoredFrameSize, frame::framedSize(payloadSize));

    thread_local Bytes stored;
    stored.resize(until - from);
    auto got = cachedOnly ? m_file->readCached(payloadOffset + from, stored)
                          : m_file->readAt(payloadOffset + from, stored);
    if (!got)
        return std::unexpected(std::move(got).error());
    if (*got != stored.size())
        return failure(Error::Corrupt,
                       "segment " + segmentFileName(m_header.number) + " ends within a payload");

    return openFrames(sequence, payloadOffset, first, frames, stored, to);
}

Status Segment::openFrames(std::uint64_t sequence, std::uint64_t payloadOffset, std::uint64_t first,
                           std::uint64_t frames, ByteView stored, Bytes &to) const
{
    const auto owner = frame::FrameCipher::Owner::ofSequence(sequence);
    for (std::uint64_t index = first; !stored.empty(); ++index) {
        const ByteView frameBytes =
            stored.first(std::min<std::size_t>(frame::kStoredFrameSize, stored.size()));
        stored = stored.subspan(frameBytes.size());
        const std::size_t at = to.size();
        to.resize(at + frameBytes.size() - frame::kFrameOverhead);
        if (auto opened =
                m_cipher->openFrame(owner, index, index + 1 == frames, frameBytes, std::span(to).subspan(at));
            !opened) {
            to.resize(at);
            return failure(Error::Corrupt, "frame " + std::to_string(index) + " of the record at " +
                                               std::to_string(payloadOffset) + " in " +
                                               segmentFileName(m_header.number) + " is damaged");
        }
    }
    return {};
}

Result<Bytes> Segment::decodePayload(const Record &record, ByteView bytes) const
{
    Bytes payload;
    const std::uint64_t begin = record.payloadOffset - record.place.offset;
    const std::uint64_t size = record.payloadSize == 0 ? 0 : frame::framedSize(record.payloadSize);
    if (begin + size > bytes.size())
        return failure(Error::Corrupt, "a record's payload reaches beyond its batch");
    payload.reserve(record.payloadSize);
    TRY_STATUS(openFrames(record.sequence, record.payloadOffset, 0, frame::frameCount(record.payloadSize),
                          bytes.subspan(begin, size), payload));
    return payload;
}

Result<Bytes> Segment::readPayload(const Record &record)
{
    Bytes payload;
    if (record.payloadSize == 0)
        return payload;
    payload.reserve(record.payloadSize);
    TRY_STATUS(readFrames(record.sequence, record.payloadOffset, record.payloadSize, 0,
                          frame::frameCount(record.payloadSize), false, payload));
    return payload;
}

}  // namespace maxiofs::log
