// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/streaming_put.h"

#include "base/hex.h"
#include "store/object_fields.h"

#include <algorithm>

namespace maxiofs::store {

using frame::Tag;

namespace {

// Below this a task for another thread costs more than it saves.
constexpr std::size_t kSmallestSharedHash = 32 * 1024;
// Digests of a body of this size are computed where blocking is allowed.
constexpr std::size_t kLargeWrite = 128 * 1024;

}  // namespace

StreamingPut::StreamingPut(blob::BlobStore &blobs, HashThreads &hashThreads, SpaceGuard &space,
                           std::uint64_t inlineLimit, std::optional<std::uint64_t> sizeHint,
                           frame::Fields base, Submit submit)
    : m_blobs(blobs),
      m_space(space),
      m_inlineLimit(inlineLimit),
      m_fields(std::move(base)),
      m_submit(std::move(submit)),
      m_large(sizeHint.value_or(0) > inlineLimit),
      m_md5Chain(hashThreads)
{
    if (!m_large && sizeHint)
        m_payload.reserve(*sizeHint);
}

void StreamingPut::addChecksum(crypto::ChecksumAlgorithm algorithm)
{
    const bool known =
        std::ranges::any_of(m_checksums, [&](const auto &sum) { return sum.algorithm() == algorithm; });
    if (!known)
        m_checksums.emplace_back(algorithm);
}

void StreamingPut::storeChecksum(crypto::ChecksumAlgorithm algorithm)
{
    addChecksum(algorithm);
    m_stored = algorithm;
}

bool StreamingPut::mayBlock(std::size_t nextWrite) const
{
    return m_large || nextWrite >= kLargeWrite || m_payload.size() + nextWrite > m_inlineLimit;
}

void StreamingPut::hash(ByteView bytes)
{
    m_contentHash.update(bytes);
    for (crypto::Checksum &checksum : m_checksums)
        checksum.update(bytes);
}

Status StreamingPut::admit(std::size_t more)
{
    if (more > kMaxPutBytes - m_size)
        return failure(Error::EntityTooLarge, "Your proposed upload exceeds the maximum allowed object size");
    m_size += more;
    if (!m_large && m_payload.size() + more <= m_inlineLimit)
        return {};
    if (!m_blob)
        TRY_STATUS(goOnInFile());
    m_space.refresh();
    return m_space.check();
}

Status StreamingPut::writeHere(ByteView bytes)
{
    settle();
    m_md5.update(bytes);
    hash(bytes);
    if (m_blob)
        return m_blob->write(bytes);
    append(m_payload, bytes);
    return {};
}

Status StreamingPut::write(ByteView bytes)
{
    Status written = writeAhead({&bytes, 1});
    settle();
    return written;
}

Status StreamingPut::writeAhead(std::span<const ByteView> pieces)
{
    std::size_t size = 0;
    for (const ByteView piece : pieces)
        size += piece.size();
    TRY_STATUS(admit(size));
    if (!m_blob || size < kSmallestSharedHash) {
        for (const ByteView piece : pieces)
            TRY_STATUS(writeHere(piece));
        return {};
    }
    m_md5Chain.wait(kWritesAhead - 1);
    m_md5Chain.add([this, kept = std::vector(pieces.begin(), pieces.end())] {
        for (const ByteView piece : kept)
            m_md5.update(piece);
    });
    for (const ByteView piece : pieces) {
        hash(piece);
        TRY_STATUS(m_blob->write(piece));
    }
    return {};
}

// The purpose names what the file is for, so that a lost record can be explained.
Status StreamingPut::goOnInFile()
{
    m_large = true;
    frame::Fields purpose;
    for (const Tag tag : {Tag::BucketId, Tag::Key, Tag::UploadId, Tag::PartNumber}) {
        if (const auto value = m_fields.get(tag))
            purpose.set(tag, Bytes(value->begin(), value->end()));
    }
    TRY_ASSIGN(m_blob, m_blobs.create(purpose));
    const Bytes collected = std::exchange(m_payload, {});
    return m_blob->write(collected);
}

Result<PutSession::Digests> StreamingPut::finish()
{
    settle();
    Digests digests;
    digests.md5 = m_md5.finish();
    digests.size = m_size;
    for (crypto::Checksum &checksum : m_checksums) {
        ObjectChecksum value{checksum.algorithm(), ChecksumType::FullObject, checksum.finish()};
        if (m_stored == checksum.algorithm())
            m_checksum = value;
        digests.checksums.push_back(std::move(value));
    }
    m_etag = toHex(digests.md5);
    const auto hash = m_contentHash.finish();
    m_fields.set(Tag::ContentHash, Bytes(hash.begin(), hash.end()));
    m_fields.setVarint(Tag::Size, m_size);
    m_fields.setText(Tag::Etag, m_etag);
    if (m_checksum)
        m_fields.setText(Tag::Checksum, encodeChecksum(m_checksum));
    return digests;
}

void StreamingPut::commit(WriteConditions conditions, Done<Committed> done)
{
    if (m_blob) {
        if (auto finished = m_blob->finish(); !finished) {
            m_submit(std::unexpected(std::move(finished).error()), std::move(conditions), std::move(done));
            return;
        }
        m_fields.set(Tag::BlobId, Bytes(m_blob->id().bytes.begin(), m_blob->id().bytes.end()));
    }
    Ready ready{std::move(m_fields), std::move(m_payload), m_size, m_etag, m_checksum, std::move(m_blob)};
    m_submit(std::move(ready), std::move(conditions), std::move(done));
}

}  // namespace maxiofs::store
