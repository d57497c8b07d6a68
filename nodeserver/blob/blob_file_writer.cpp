// SPDX-License-Identifier: GPL-3.0-or-later
#include "blob/blob_file_writer.h"

#include "blob/thread_scratch.h"

#include <algorithm>
#include <array>

namespace maxiofs::blob {

namespace {

using frame::kFrameOverhead;
using frame::kFrameSize;

// So that the sync at the end has little left to do.
constexpr std::uint64_t kWritebackStep = 4 * 1024 * 1024;

}  // namespace

Result<std::unique_ptr<BlobFileWriter>> BlobFileWriter::create(os::FileSystem &fileSystem,
                                                               SharedDirectorySync &directorySync,
                                                               const frame::Keyring &keyring,
                                                               const std::string &directory,
                                                               const Origin &origin, const Purpose &purpose)
{
    TRY_ASSIGN(const frame::Key256 key, keyring.deriveKey(origin.dataKey, origin.salt, kKeyPurpose));
    std::unique_ptr<BlobFileWriter> writer(
        new BlobFileWriter(fileSystem, directorySync, directory, origin, key));
    const ClearHeader header{.dataKey = origin.dataKey, .salt = origin.salt, .id = origin.id};
    TRY_ASSIGN(writer->m_header, encodeHeader(header, purpose, writer->m_cipher));
    TRY_ASSIGN(writer->m_file, fileSystem.open(writer->m_path, os::OpenMode::CreateNew));
    writer->m_removesFile = true;
    return writer;
}

BlobFileWriter::BlobFileWriter(os::FileSystem &fileSystem, SharedDirectorySync &directorySync,
                               std::string directory, const Origin &origin, const frame::Key256 &key)
    : m_fileSystem(fileSystem),
      m_directorySync(directorySync),
      m_id(origin.id),
      m_directory(std::move(directory)),
      m_path(m_directory + "/" + origin.id.hex()),
      m_cipher(key, origin.salt)
{
}

BlobFileWriter::~BlobFileWriter()
{
    if (m_removesFile)
        discard();
}

Status BlobFileWriter::write(ByteView plaintext)
{
    checkUnfinished();
    if (m_status)
        m_status = writeFrames(plaintext);
    return m_status;
}

void BlobFileWriter::checkUnfinished()
{
    if (m_status && !m_file)
        m_status = failure(Error::Internal, "The large-object file " + m_path + " is finished.", m_path);
}

Status BlobFileWriter::writeFrames(ByteView plaintext)
{
    m_plaintext += plaintext.size();
    if (m_pending.size() + plaintext.size() <= kFrameSize) {
        m_pending.reserve(kFrameSize);
        append(m_pending, plaintext);
        return {};
    }
    // Every frame that is sealed here has bytes after it, so none is the last.
    const std::uint64_t frames = (m_pending.size() + plaintext.size() - 1) / kFrameSize;
    const std::span<std::byte> batch =
        threadScratch(std::min<std::uint64_t>(frames, kBatchFrames) * frame::kStoredFrameSize);
    std::size_t used = 0;
    if (!m_pending.empty()) {
        const std::size_t missing = kFrameSize - m_pending.size();
        append(m_pending, plaintext.first(missing));
        plaintext = plaintext.subspan(missing);
        sealNext(m_pending, false, batch, used);
        m_pending.clear();
    }
    while (plaintext.size() > kFrameSize) {
        if (used == batch.size()) {
            TRY_STATUS(flush(batch));
            used = 0;
        }
        sealNext(plaintext.first(kFrameSize), false, batch, used);
        plaintext = plaintext.subspan(kFrameSize);
    }
    TRY_STATUS(flush(batch.first(used)));
    m_pending.reserve(kFrameSize);
    append(m_pending, plaintext);
    return {};
}

Result<std::uint64_t> BlobFileWriter::finish()
{
    checkUnfinished();
    if (m_status)
        m_status = finishFile();
    if (!m_status)
        return failure(m_status.error());
    m_removesFile = false;
    m_file.reset();
    return m_plaintext;
}

Status BlobFileWriter::finishFile()
{
    const std::span<std::byte> last =
        threadScratch(m_pending.empty() ? 0 : m_pending.size() + kFrameOverhead);
    std::size_t used = 0;
    if (!m_pending.empty())
        sealNext(m_pending, true, last, used);
    TRY_STATUS(flush(last));
    m_pending = {};
    TRY_STATUS(m_file->sync());
    return m_directorySync.sync(m_directory);
}

void BlobFileWriter::discard()
{
    m_file.reset();
    m_removesFile = false;
    // What cannot be removed is found by the sweep of files without a record.
    [[maybe_unused]] const Status removed = m_fileSystem.remove(m_path);
}

void BlobFileWriter::sealNext(ByteView plaintext, bool isLast, std::span<std::byte> batch, std::size_t &used)
{
    const std::size_t size = plaintext.size() + kFrameOverhead;
    m_cipher.sealFrame(frame::FrameCipher::Owner::ofId(m_id), m_frames, isLast, plaintext,
                       batch.subspan(used, size));
    ++m_frames;
    used += size;
}

Status BlobFileWriter::flush(ByteView batch)
{
    const std::array<ByteView, 2> pieces{m_header, batch};
    TRY_STATUS(m_file->writeAt(m_stored, pieces));
    m_stored += m_header.size() + batch.size();
    m_header = {};
    if (m_stored - m_writtenBack >= kWritebackStep) {
        m_file->startWriteback(m_writtenBack, m_stored - m_writtenBack);
        m_writtenBack = m_stored;
    }
    return {};
}

}  // namespace maxiofs::blob
