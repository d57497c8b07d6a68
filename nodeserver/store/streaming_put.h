// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "blob/blob_store.h"
#include "crypto/digest.h"
#include "store/committer.h"
#include "store/hash_threads.h"
#include "store/put_session.h"

namespace maxiofs::store {

// The PutSession of objects and parts: collects up to the inline limit in memory, then streams to a
// large-object file, and hands fields and payload to whoever decides the record.
class StreamingPut final : public PutSession {
public:
    struct Ready {
        frame::Fields fields;  // size, ETag, content hash, checksum, file; with what `base` held
        Bytes payload;
        std::uint64_t size = 0;
        std::string etag;
        std::optional<ObjectChecksum> checksum;
        std::shared_ptr<blob::BlobWriter> blob;  // to be discarded when the change is refused
    };
    // Gets an error in place of what is ready when the data could not be made durable.
    using Submit = std::move_only_function<void(Result<Ready>, WriteConditions, Done<Committed>)>;

    StreamingPut(blob::BlobStore &blobs, HashThreads &hashThreads, SpaceGuard &space,
                 std::uint64_t inlineLimit, std::optional<std::uint64_t> sizeHint, frame::Fields base,
                 Submit submit);

    void addChecksum(crypto::ChecksumAlgorithm algorithm) override;
    void storeChecksum(crypto::ChecksumAlgorithm algorithm) override;
    [[nodiscard]] bool mayBlock(std::size_t nextWrite) const override;
    [[nodiscard]] Status write(ByteView bytes) override;
    [[nodiscard]] Status writeAhead(std::span<const ByteView> pieces) override;
    void settle() override { m_md5Chain.wait(0); }
    [[nodiscard]] Result<Digests> finish() override;
    void commit(WriteConditions conditions, Done<Committed> done) override;

private:
    [[nodiscard]] Status admit(std::size_t more);
    [[nodiscard]] Status writeHere(ByteView bytes);
    [[nodiscard]] Status goOnInFile();
    void hash(ByteView bytes);

    blob::BlobStore &m_blobs;
    SpaceGuard &m_space;
    const std::uint64_t m_inlineLimit;
    frame::Fields m_fields;
    Submit m_submit;

    crypto::Md5 m_md5;
    crypto::Xxh128 m_contentHash;
    std::vector<crypto::Checksum> m_checksums;
    std::optional<crypto::ChecksumAlgorithm> m_stored;

    bool m_large = false;
    Bytes m_payload;
    std::shared_ptr<blob::BlobWriter> m_blob;
    std::uint64_t m_size = 0;
    std::optional<ObjectChecksum> m_checksum;
    std::string m_etag;

    HashThreads::Chain m_md5Chain;  // last: its end waits for those who use the rest
};

}  // namespace maxiofs::store
