// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "blob/blob_store.h"
#include "store/space_guard.h"
#include "store/version_import.h"

namespace maxiofs::store {

// A version that is ready to be decided.
struct ReadyVersion {
    NewImport import;
    std::shared_ptr<blob::BlobWriter> blob;  // to be discarded when no record names it; null: none
};

// Takes in the bytes of a version that another node made, or that are copied here: small versions are
// collected in memory, others streamed to a large-object file. One thread.
class IncomingVersion {
public:
    IncomingVersion(blob::BlobStore &blobs, SpaceGuard &space, std::uint64_t inlineLimit, NewImport import,
                    ContentCheck check);

    /// As ImportSession::write().
    [[nodiscard]] Status write(ByteView bytes);
    [[nodiscard]] std::uint64_t written() const { return m_written; }
    /// Checks the content and makes a file durable. Once. Error::BadDigest.
    [[nodiscard]] Result<ReadyVersion> finish();

private:
    [[nodiscard]] Status makeFile();

    blob::BlobStore &m_blobs;
    SpaceGuard &m_space;
    const bool m_isLarge;
    NewImport m_import;
    ContentCheck m_check;
    std::shared_ptr<blob::BlobWriter> m_blob;
    std::uint64_t m_written = 0;
};

}  // namespace maxiofs::store
