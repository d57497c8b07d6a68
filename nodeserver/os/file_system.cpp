// SPDX-License-Identifier: GPL-3.0-or-later
#include "os/file_system.h"

namespace maxiofs::os {

std::string parentOf(std::string_view path)
{
    while (path.size() > 1 && path.ends_with('/'))
        path.remove_suffix(1);
    const auto slash = path.rfind('/');
    if (slash == std::string_view::npos)
        return ".";
    return std::string(slash == 0 ? "/" : path.substr(0, slash));
}

Result<Bytes> readWholeFile(FileSystem &fileSystem, const std::string &path, std::uint64_t limit)
{
    TRY_ASSIGN(const auto file, fileSystem.open(path, OpenMode::Read));
    TRY_ASSIGN(const std::uint64_t size, file->size());
    if (size > limit)
        return failure(Error::EntityTooLarge,
                       path + " has " + std::to_string(size) + " bytes; at most " + std::to_string(limit) +
                           " are expected. Check that it is the right file.",
                       path);
    Bytes content(size);
    TRY_ASSIGN(const std::size_t got, file->readAt(0, content));
    content.resize(got);
    return content;
}

namespace {

Status writeTemporary(FileSystem &fileSystem, const std::string &path, ByteView content)
{
    TRY_ASSIGN(const auto file, fileSystem.open(path, OpenMode::CreateNew));
    TRY_STATUS(file->writeAt(0, std::span(&content, 1)));
    return file->sync();
}

}  // namespace

Status replaceFile(FileSystem &fileSystem, const std::string &path, ByteView content)
{
    const std::string temporary = path + ".tmp";
    // A crash may have left one.
    if (const Status removed = fileSystem.remove(temporary);
        !removed && removed.error().code != Error::NotFound)
        return removed;
    Status replaced = writeTemporary(fileSystem, temporary, content);
    if (replaced)
        replaced = fileSystem.rename(temporary, path);
    if (!replaced) {
        // The first error is the one to report; a left-over is removed by the next replacement.
        [[maybe_unused]] const Status removed = fileSystem.remove(temporary);
        return replaced;
    }
    return fileSystem.syncDirectory(parentOf(path));
}

}  // namespace maxiofs::os
