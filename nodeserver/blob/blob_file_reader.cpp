// SPDX-License-Identifier: GPL-3.0-or-later
#include "blob/blob_file_reader.h"

#include "blob/thread_scratch.h"

#include <algorithm>

namespace maxiofs::blob {

namespace {

using frame::kFrameOverhead;
using frame::kFrameSize;
using frame::kStoredFrameSize;

constexpr std::size_t kFirstRead = 4096;  // holds the header of any but the longest keys

std::unexpected<Error> aboutFile(const Error &error, const std::string &path)
{
    return failure(error.code, "The large-object file " + path + " cannot be read: " + error.message, path);
}

std::unexpected<Error> corrupt(const std::string &path, const std::string &reason)
{
    return aboutFile(Error(Error::Corrupt, reason), path);
}

// Plaintext bytes of the frames [first, first + count) of a file of `size`.
std::uint64_t plaintextOf(std::uint64_t first, std::uint64_t count, std::uint64_t size)
{
    return std::min((first + count) * kFrameSize, size) - first * kFrameSize;
}

}  // namespace

// The first bytes of a file: at least the whole header.
struct BlobFileReader::Head {
    Bytes bytes;
    ClearHeader clear;

    [[nodiscard]] std::size_t size() const { return ClearHeader::kSize + clear.sealedSize; }
    [[nodiscard]] Status read(os::File &file)
    {
        bytes.resize(kFirstRead);
        TRY_ASSIGN(std::size_t got, file.readAt(0, bytes));
        TRY_ASSIGN(clear, decodeClearHeader(ByteView(bytes).first(got)));
        if (size() > got && got == kFirstRead) {
            bytes.resize(size());
            TRY_ASSIGN(got, file.readAt(0, bytes));
        }
        if (size() > got)
            return failure(Error::Corrupt, "Its header is cut off.");
        return {};
    }
};

Result<std::shared_ptr<BlobFileReader>> BlobFileReader::open(os::FileSystem &fileSystem,
                                                             const frame::Keyring &keyring,
                                                             const std::string &path, const BlobId &id,
                                                             std::uint64_t size)
{
    auto file = fileSystem.open(path, os::OpenMode::Read);
    if (!file && file.error().code == Error::NotFound)
        return failure(Error::Damaged, "The large-object file " + path + " is missing.", path);
    if (!file)
        return failure(std::move(file).error());
    Head head;
    if (const Status read = head.read(**file); !read)
        return aboutFile(read.error(), path);
    if (head.clear.id != id)
        return corrupt(path, "It is the file " + head.clear.id.hex() + " under another name.");
    const auto key = keyring.deriveKey(head.clear.dataKey, head.clear.salt, kKeyPurpose);
    if (!key)
        return corrupt(path, key.error().message);

    std::shared_ptr<BlobFileReader> reader(new BlobFileReader(*std::move(file), path, size, head, *key));
    const ByteView begin = head.bytes;
    auto purpose = openPurpose(id, begin.first(ClearHeader::kSize),
                               begin.subspan(ClearHeader::kSize, head.clear.sealedSize), reader->m_cipher);
    if (!purpose)
        return aboutFile(purpose.error(), path);
    reader->m_purpose = *std::move(purpose);
    TRY_ASSIGN(const std::uint64_t stored, reader->m_file->size());
    const std::uint64_t expected = head.size() + frame::framedSize(size);
    if (stored != expected)
        return corrupt(path, "It has " + std::to_string(stored) + " bytes instead of " +
                                 std::to_string(expected) + ".");
    return reader;
}

BlobFileReader::BlobFileReader(std::unique_ptr<os::File> file, std::string path, std::uint64_t size,
                               const Head &head, const frame::Key256 &key)
    : m_file(std::move(file)),
      m_path(std::move(path)),
      m_id(head.clear.id),
      m_size(size),
      m_frames(frame::frameCount(size)),
      m_framesBegin(head.size()),
      m_cipher(key, head.clear.salt)
{
}

Status BlobFileReader::readFrames(std::uint64_t first, std::uint64_t count, bool cachedOnly, Bytes &to)
{
    if (first > m_frames || count > m_frames - first)
        return failure(Error::InvalidArgument,
                       "The large-object file " + m_path + " has " + std::to_string(m_frames) + " frames.",
                       m_path);
    if (count == 0)
        return {};
    const std::size_t begin = to.size();
    to.resize(begin + plaintextOf(first, count, m_size));
    std::span<std::byte> place = std::span(to).subspan(begin);
    while (count > 0) {
        const std::uint64_t batch = std::min<std::uint64_t>(count, kBatchFrames);
        const std::uint64_t plaintext = plaintextOf(first, batch, m_size);
        if (Status read = readBatch(first, cachedOnly, place.first(plaintext)); !read) {
            to.resize(begin);
            return read;
        }
        place = place.subspan(plaintext);
        first += batch;
        count -= batch;
    }
    return {};
}

Status BlobFileReader::readBatch(std::uint64_t first, bool cachedOnly, std::span<std::byte> into)
{
    std::span<std::byte> stored = threadScratch(frame::framedSize(into.size()));
    const std::uint64_t offset = m_framesBegin + first * kStoredFrameSize;
    TRY_ASSIGN(const std::size_t got,
               cachedOnly ? m_file->readCached(offset, stored) : m_file->readAt(offset, stored));
    if (got != stored.size())
        return corrupt(m_path, "It was cut off at " + std::to_string(offset + got) + " bytes.");
    const auto owner = frame::FrameCipher::Owner::ofId(m_id);
    for (std::uint64_t index = first; !into.empty(); ++index) {
        const std::size_t plaintext = std::min(into.size(), kFrameSize);
        const Status opened =
            m_cipher.openFrame(owner, index, index + 1 == m_frames, stored.first(plaintext + kFrameOverhead),
                               into.first(plaintext));
        if (!opened)
            return aboutFile(opened.error(), m_path);
        stored = stored.subspan(plaintext + kFrameOverhead);
        into = into.subspan(plaintext);
    }
    return {};
}

}  // namespace maxiofs::blob
