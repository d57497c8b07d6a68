// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "blob/blob_header.h"

namespace maxiofs::blob {

// Reads one large-object file that it holds open. Any thread.
class BlobFileReader final : public BlobReader {
public:
    /// Opens the file and checks header and length. Error::Damaged where it is missing.
    [[nodiscard]] static Result<std::shared_ptr<BlobFileReader>> open(os::FileSystem &fileSystem,
                                                                      const frame::Keyring &keyring,
                                                                      const std::string &path,
                                                                      const BlobId &id, std::uint64_t size);

    [[nodiscard]] std::uint64_t size() const override { return m_size; }
    [[nodiscard]] Status readFrames(std::uint64_t first, std::uint64_t count, bool cachedOnly,
                                    Bytes &to) override;
    [[nodiscard]] const Purpose &purpose() const override { return m_purpose; }

private:
    struct Head;
    BlobFileReader(std::unique_ptr<os::File> file, std::string path, std::uint64_t size, const Head &head,
                   const frame::Key256 &key);
    [[nodiscard]] Status readBatch(std::uint64_t first, bool cachedOnly, std::span<std::byte> into);

    const std::unique_ptr<os::File> m_file;
    const std::string m_path;
    const BlobId m_id;
    const std::uint64_t m_size;
    const std::uint64_t m_frames;
    const std::uint64_t m_framesBegin;
    const frame::FrameCipher m_cipher;
    Purpose m_purpose;  // set before anyone else has the reader
};

}  // namespace maxiofs::blob
