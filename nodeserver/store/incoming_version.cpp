// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/incoming_version.h"

namespace maxiofs::store {

using frame::Tag;

IncomingVersion::IncomingVersion(blob::BlobStore &blobs, SpaceGuard &space, std::uint64_t inlineLimit,
                                 NewImport import, ContentCheck check)
    : m_blobs(blobs),
      m_space(space),
      m_isLarge(import.header.size > inlineLimit),
      m_import(std::move(import)),
      m_check(std::move(check))
{
    if (!m_isLarge)
        m_import.payload.reserve(m_import.header.size);
}

Status IncomingVersion::makeFile()
{
    frame::Fields purpose;
    for (const Tag tag : {Tag::BucketId, Tag::Key, Tag::Version}) {
        if (const auto value = m_import.fields.get(tag))
            purpose.set(tag, Bytes(value->begin(), value->end()));
    }
    TRY_ASSIGN(m_blob, m_blobs.create(purpose));
    return {};
}

Status IncomingVersion::write(ByteView bytes)
{
    if (bytes.size() > m_import.header.size - m_written)
        return failure(Error::EntityTooLarge, "Another node sent more bytes than the version has.",
                       m_import.header.key);
    m_written += bytes.size();
    m_check.update(bytes);
    if (!m_isLarge) {
        append(m_import.payload, bytes);
        return {};
    }
    m_space.refresh();
    TRY_STATUS(m_space.check());
    if (!m_blob)
        TRY_STATUS(makeFile());
    return m_blob->write(bytes);
}

Result<ReadyVersion> IncomingVersion::finish()
{
    TRY_STATUS(m_check.finish());
    if (m_blob) {
        TRY_ASSIGN([[maybe_unused]] const std::uint64_t size, m_blob->finish());
        m_import.fields.set(Tag::BlobId, Bytes(m_blob->id().bytes.begin(), m_blob->id().bytes.end()));
    }
    return ReadyVersion{std::move(m_import), std::move(m_blob)};
}

}  // namespace maxiofs::store
