// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "blob/blob_header.h"
#include "blob/shared_directory_sync.h"

namespace maxiofs::blob {

// Writes one large-object file. Whole frames are encrypted straight from the caller's buffer and go out
// kBatchFrames at a time; the frame that may turn out to be the last one is held back.
class BlobFileWriter final : public BlobWriter {
public:
    // What makes the file unlike any other.
    struct Origin {
        BlobId id;
        std::array<std::byte, frame::kSaltSize> salt{};
        frame::DataKeyId dataKey = 0;
    };

    /// Creates <directory>/<id>; nothing is written before the first frame is whole.
    [[nodiscard]] static Result<std::unique_ptr<BlobFileWriter>>
    create(os::FileSystem &fileSystem, SharedDirectorySync &directorySync, const frame::Keyring &keyring,
           const std::string &directory, const Origin &origin, const Purpose &purpose);
    ~BlobFileWriter() override;

    [[nodiscard]] const BlobId &id() const override { return m_id; }
    [[nodiscard]] Status write(ByteView plaintext) override;
    [[nodiscard]] Result<std::uint64_t> finish() override;
    void discard() override;

private:
    BlobFileWriter(os::FileSystem &fileSystem, SharedDirectorySync &directorySync, std::string directory,
                   const Origin &origin, const frame::Key256 &key);
    void checkUnfinished();
    [[nodiscard]] Status writeFrames(ByteView plaintext);
    void sealNext(ByteView plaintext, bool isLast, std::span<std::byte> batch, std::size_t &used);
    [[nodiscard]] Status flush(ByteView batch);
    [[nodiscard]] Status finishFile();

    os::FileSystem &m_fileSystem;
    SharedDirectorySync &m_directorySync;
    const BlobId m_id;
    const std::string m_directory;
    const std::string m_path;
    frame::FrameCipher m_cipher;

    std::unique_ptr<os::File> m_file;  // null once finished or discarded
    bool m_removesFile = false;
    Bytes m_header;   // until it is written
    Bytes m_pending;  // plaintext of the frame that is held back
    std::uint64_t m_frames = 0;
    std::uint64_t m_plaintext = 0;
    std::uint64_t m_stored = 0;
    std::uint64_t m_writtenBack = 0;
    Status m_status;  // the first failure stays: after it, the file is good for nothing
};

}  // namespace maxiofs::blob
