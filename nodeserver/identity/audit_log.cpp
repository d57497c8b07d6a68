// SPDX-License-Identifier: GPL-3.0-or-later
#include "identity/audit_log.h"

#include <algorithm>
#include <charconv>

namespace maxiofs::identity {

namespace {

constexpr std::uint64_t kReadLimitFactor = 2;  // a file may exceed its size by one line

std::optional<std::uint64_t> numberOf(std::string_view id)
{
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(id.data(), id.data() + id.size(), number);
    if (error != std::errc() || end != id.data() + id.size())
        return std::nullopt;
    return number;
}

std::optional<protocol::AuditEntry> entryOf(std::string_view line)
{
    const auto object = protocol::parseObject(QByteArray(line.data(), static_cast<qsizetype>(line.size())));
    if (!object)
        return std::nullopt;
    auto entry = protocol::fromJson<protocol::AuditEntry>(*object);
    if (!entry)
        return std::nullopt;
    return *std::move(entry);
}

// Calls `use` with each whole line, the last first, until it answers false.
template <typename Use>
bool eachLineBackwards(std::string_view text, Use use)
{
    text = text.substr(0, text.rfind('\n') == text.npos ? 0 : text.rfind('\n'));
    while (!text.empty()) {
        const std::size_t end = text.rfind('\n');
        const std::string_view line = end == text.npos ? text : text.substr(end + 1);
        text = end == text.npos ? std::string_view() : text.substr(0, end);
        if (!line.empty() && !use(line))
            return false;
    }
    return true;
}

// The number of the last readable entry; 0 without one.
std::uint64_t lastNumberIn(std::string_view text)
{
    std::uint64_t number = 0;
    eachLineBackwards(text, [&](std::string_view line) {
        const auto entry = entryOf(line);
        number = entry ? numberOf(entry->id).value_or(0) : 0;
        return number == 0;
    });
    return number;
}

bool fits(const protocol::AuditEntry &entry, const AuditLog::Query &query)
{
    return (query.userId.empty() || entry.userId == query.userId) && entry.action.starts_with(query.action) &&
           (query.resource.empty() || entry.resource == query.resource) &&
           (!query.sinceMs || entry.time.unixMs >= *query.sinceMs) &&
           (!query.untilMs || entry.time.unixMs < *query.untilMs);
}

}  // namespace

Result<std::unique_ptr<AuditLog>> AuditLog::open(os::FileSystem &fileSystem, const Clock &clock,
                                                 Options options)
{
    TRY_STATUS(fileSystem.createDirectories(options.directory));
    std::unique_ptr<AuditLog> log(new AuditLog(fileSystem, clock, std::move(options)));
    const base::MutexLock lock(log->m_mutex);
    TRY_STATUS(log->openCurrent());
    return log;
}

AuditLog::AuditLog(os::FileSystem &fileSystem, const Clock &clock, Options options)
    : m_fileSystem(fileSystem),
      m_clock(clock),
      m_options(std::move(options))
{
}

std::string AuditLog::pathOf(unsigned number) const
{
    return m_options.directory +
           (number == 0 ? std::string("/audit.log") : "/audit." + std::to_string(number) + ".log");
}

Result<std::string> AuditLog::readFile(unsigned number) const
{
    TRY_ASSIGN(const bool there, m_fileSystem.exists(pathOf(number)));
    if (!there)
        return std::string();
    TRY_ASSIGN(const Bytes bytes, os::readWholeFile(m_fileSystem, pathOf(number),
                                                    m_options.fileBytes * kReadLimitFactor + kMaxLineBytes));
    return toText(bytes);
}

Status AuditLog::openCurrent()
{
    TRY_ASSIGN(const bool there, m_fileSystem.exists(pathOf(0)));
    TRY_ASSIGN(m_file,
               m_fileSystem.open(pathOf(0), there ? os::OpenMode::ReadWrite : os::OpenMode::CreateNew));
    if (!there)
        TRY_STATUS(m_fileSystem.syncDirectory(m_options.directory));
    // A line without its end was never reported as written: the next one takes its place.
    TRY_ASSIGN(const std::string text, readFile(0));
    m_size = text.rfind('\n') == text.npos ? 0 : text.rfind('\n') + 1;
    if (m_size < text.size())
        TRY_STATUS(m_file->truncate(m_size));
    m_next = std::max(m_next, lastNumberIn(text) + 1);
    for (unsigned number = 1; number < m_options.files && m_next == 1; ++number) {
        TRY_ASSIGN(const std::string older, readFile(number));
        m_next = lastNumberIn(older) + 1;
    }
    return {};
}

Status AuditLog::rotate()
{
    m_file.reset();
    for (unsigned number = m_options.files - 1; number > 0; --number) {
        TRY_ASSIGN(const bool there, m_fileSystem.exists(pathOf(number - 1)));
        if (there)
            TRY_STATUS(m_fileSystem.rename(pathOf(number - 1), pathOf(number)));
    }
    TRY_ASSIGN(m_file, m_fileSystem.open(pathOf(0), os::OpenMode::CreateNew));
    m_size = 0;
    return m_fileSystem.syncDirectory(m_options.directory);
}

Status AuditLog::record(protocol::AuditEntry entry)
{
    {
        const base::MutexLock lock(m_mutex);
        if (m_file == nullptr)  // a write or a rotation failed half way
            TRY_STATUS(openCurrent());
        entry.username.resize(std::min(entry.username.size(), kMaxNameBytes));
        entry.resource.resize(std::min(entry.resource.size(), kMaxNameBytes));
        entry.id = std::to_string(m_next);
        entry.time = protocol::Time{m_clock.unixMs()};
        entry.nodeId = m_options.nodeId();
        QByteArray line = protocol::toText(protocol::toJson(entry)) + '\n';
        if (static_cast<std::size_t>(line.size()) > kMaxLineBytes) {
            entry.before = QJsonValue::Null;
            entry.after = QJsonValue::Null;
            line = protocol::toText(protocol::toJson(entry)) + '\n';
        }
        if (m_size > 0 && m_size + static_cast<std::uint64_t>(line.size()) > m_options.fileBytes)
            TRY_STATUS(rotate());
        const ByteView bytes = asBytes({line.constData(), static_cast<std::size_t>(line.size())});
        Status written = m_file->writeAt(m_size, std::span(&bytes, 1));
        if (written)
            written = m_file->sync();
        if (!written) {
            m_file.reset();
            return written;
        }
        m_size += bytes.size();
        ++m_next;
    }
    if (m_watcher)
        m_watcher(entry);
    return {};
}

Result<protocol::Page<protocol::AuditEntry>> AuditLog::read(const Query &query) const
{
    protocol::Page<protocol::AuditEntry> page;
    std::optional<std::uint64_t> before;
    if (!query.after.empty()) {
        before = numberOf(query.after);
        if (!before)
            return failure(Error::InvalidArgument, "\"after\" is not the id of an audit entry.", "after");
    }
    // Held while reading, so that no rotation moves a file past the reader.
    const base::MutexLock lock(m_mutex);
    for (unsigned number = 0; number < m_options.files; ++number) {
        TRY_ASSIGN(const std::string text, readFile(number));
        const bool more = eachLineBackwards(text, [&](std::string_view line) {
            auto entry = entryOf(line);
            if (!entry || (before && numberOf(entry->id).value_or(0) >= *before) || !fits(*entry, query))
                return true;
            if (page.items.size() == query.limit) {
                page.next = page.items.empty() ? std::string() : page.items.back().id;
                return false;
            }
            page.items.push_back(*std::move(entry));
            return true;
        });
        if (!more)
            break;
    }
    return page;
}

}  // namespace maxiofs::identity
