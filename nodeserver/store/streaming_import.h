// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "blob/blob_store.h"
#include "store/space_guard.h"
#include "store/version_import.h"

namespace maxiofs::store {

// The ImportSession of a store: collects small versions in memory, streams others to a large-object file.
class StreamingImport final : public ImportSession {
public:
    // Gets what is to be decided, with the file that is to be discarded when it is not applied; or an error
    // when the data is wrong or could not be made durable.
    struct Ready {
        NewImport import;
        std::shared_ptr<blob::BlobWriter> blob;
    };
    using Done = std::move_only_function<void(Result<Imported>)>;
    using Submit = std::move_only_function<void(Result<Ready>, Done)>;

    StreamingImport(blob::BlobStore &blobs, SpaceGuard &space, std::uint64_t inlineLimit, NewImport import,
                    ContentCheck check, Submit submit);

    [[nodiscard]] Status write(ByteView bytes) override;
    [[nodiscard]] std::uint64_t written() const override { return m_written; }
    void commit(Done done) override;

private:
    [[nodiscard]] Status makeFile();
    [[nodiscard]] Result<Ready> finish();

    blob::BlobStore &m_blobs;
    SpaceGuard &m_space;
    const bool m_isLarge;
    NewImport m_import;
    ContentCheck m_check;
    Submit m_submit;
    std::shared_ptr<blob::BlobWriter> m_blob;
    std::uint64_t m_written = 0;
};

}  // namespace maxiofs::store
