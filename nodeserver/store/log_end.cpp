// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/log_end.h"

#include "base/log_line.h"

#include <charconv>
#include <xxhash.h>

namespace maxiofs::store {

namespace {

constexpr std::string_view kMagic = "maxiofs log end 1\n";
constexpr std::uint64_t kLargestFile = 4096;

std::optional<std::uint64_t> takeNumber(std::string_view &text, char end)
{
    std::uint64_t number = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
    const auto length = static_cast<std::size_t>(parsed.ptr - text.data());
    if (parsed.ec != std::errc() || length == text.size() || text[length] != end)
        return std::nullopt;
    text.remove_prefix(length + 1);
    return number;
}

std::uint64_t hashOf(std::string_view text)
{
    return XXH3_64bits(text.data(), text.size());
}

}  // namespace

LogEnd::LogEnd(os::FileSystem &fileSystem, std::string path)
    : m_fileSystem(fileSystem),
      m_path(std::move(path))
{
}

std::string LogEnd::encode(log::Log::Position end)
{
    const std::string place =
        std::string(kMagic) + std::to_string(end.segment) + " " + std::to_string(end.offset) + " ";
    return place + std::to_string(hashOf(place)) + "\n";
}

std::optional<log::Log::Position> LogEnd::decode(std::string_view text)
{
    const std::string_view whole = text;
    if (!text.starts_with(kMagic))
        return std::nullopt;
    text.remove_prefix(kMagic.size());
    const auto segment = takeNumber(text, ' ');
    const auto offset = segment ? takeNumber(text, ' ') : std::nullopt;
    const std::string_view place = whole.substr(0, whole.size() - text.size());
    const auto hash = offset ? takeNumber(text, '\n') : std::nullopt;
    if (!hash || *hash != hashOf(place))
        return std::nullopt;
    return log::Log::Position{*segment, *offset};
}

Result<log::Log::Position> LogEnd::load()
{
    const auto content = os::readWholeFile(m_fileSystem, m_path, kLargestFile);
    if (!content) {
        if (content.error().code == Error::NotFound)
            return log::Log::Position();
        return std::unexpected(content.error());
    }
    m_noted = decode(asText(*content));
    if (!m_noted)
        base::warningLine("what was noted of the log's end cannot be read").with("file", m_path);
    return m_noted.value_or(log::Log::Position());
}

Status LogEnd::note(log::Log::Position end)
{
    if (m_noted == end)
        return {};
    TRY_STATUS(os::replaceFile(m_fileSystem, m_path, asBytes(encode(end))));
    m_noted = end;
    return {};
}

}  // namespace maxiofs::store
