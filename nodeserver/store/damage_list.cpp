// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/damage_list.h"

#include "base/log_line.h"
#include "log/segment_format.h"

#include <algorithm>
#include <charconv>

namespace maxiofs::store {

namespace {

constexpr std::string_view kMagic = "maxiofs damage 1";
constexpr std::string_view kRange = "range";
constexpr std::string_view kMissing = "missing";
constexpr std::string_view kFile = "file";
constexpr std::string_view kMore = "more";
constexpr std::string_view kHealed = "healed ";  // before another word
constexpr std::uint64_t kLargestFile = 4U << 20;
constexpr std::size_t kLongestReason = 500;

std::string_view nextWord(std::string_view &line)
{
    const std::size_t end = std::min(line.find(' '), line.size());
    const std::string_view word = line.substr(0, end);
    line.remove_prefix(std::min(end + 1, line.size()));
    return word;
}

std::uint64_t nextNumber(std::string_view &line)
{
    const std::string_view word = nextWord(line);
    std::uint64_t number = 0;
    std::from_chars(word.data(), word.data() + word.size(), number);
    return number;
}

std::optional<DamageEntry> parseLine(std::string_view line)
{
    const std::string_view kind = nextWord(line);
    DamageEntry entry;
    if (kind == kRange) {
        entry.segment = nextNumber(line);
        entry.from = nextNumber(line);
        entry.to = nextNumber(line);
    } else if (kind == kMissing) {
        entry.kind = DamageEntry::Kind::MissingSegment;
        entry.segment = nextNumber(line);
    } else if (const auto file = kind == kFile ? Id128::fromHex(nextWord(line)) : std::nullopt) {
        entry.kind = DamageEntry::Kind::File;
        entry.file = *file;
    } else {
        return std::nullopt;
    }
    entry.reason = line;
    return entry;
}

std::string lineOf(const DamageEntry &entry)
{
    std::string line;
    switch (entry.kind) {
    case DamageEntry::Kind::Range:
        line = std::string(kRange) + " " + std::to_string(entry.segment) + " " + std::to_string(entry.from) +
               " " + std::to_string(entry.to);
        break;
    case DamageEntry::Kind::MissingSegment:
        line = std::string(kMissing) + " " + std::to_string(entry.segment);
        break;
    case DamageEntry::Kind::File: line = std::string(kFile) + " " + entry.file.hex(); break;
    }
    return line + " " + entry.reason + "\n";
}

// One line each, of bounded length: a key of an object may hold anything.
std::string printable(std::string reason)
{
    if (reason.size() > kLongestReason)
        reason.resize(kLongestReason);
    std::ranges::replace_if(reason, [](unsigned char c) { return c < 0x20 || c == 0x7f; }, '?');
    return reason;
}

}  // namespace

DamageEntry DamageEntry::ofSegment(std::uint64_t segment, std::uint64_t from, std::uint64_t to,
                                   std::string reason)
{
    DamageEntry entry;
    entry.segment = segment;
    entry.from = from;
    entry.to = to;
    entry.reason = std::move(reason);
    return entry;
}

DamageEntry DamageEntry::ofMissing(std::uint64_t segment)
{
    DamageEntry entry;
    entry.kind = Kind::MissingSegment;
    entry.segment = segment;
    entry.reason = "the file is gone";
    return entry;
}

DamageEntry DamageEntry::of(const log::Log &log, const log::Damage &damage)
{
    if (!log.hasSegment(damage.segment))
        return ofMissing(damage.segment);
    return ofSegment(damage.segment, damage.from, damage.to, damage.reason);
}

DamageEntry DamageEntry::ofFile(const Id128 &file, std::string reason)
{
    DamageEntry entry;
    entry.kind = Kind::File;
    entry.file = file;
    entry.reason = std::move(reason);
    return entry;
}

bool DamageEntry::isSame(const DamageEntry &other) const
{
    return kind == other.kind && segment == other.segment && from == other.from && file == other.file;
}

std::string DamageEntry::text() const
{
    switch (kind) {
    case Kind::Range:
        return log::segmentFileName(segment) + " from byte " + std::to_string(from) + " to " +
               std::to_string(to) + ": " + reason;
    case Kind::MissingSegment: return log::segmentFileName(segment) + " is missing: " + reason;
    case Kind::File: break;
    }
    return "the large-object file " + file.hex() + ": " + reason;
}

DamageList::DamageList(os::FileSystem &fileSystem, std::string path)
    : m_fileSystem(fileSystem),
      m_path(std::move(path))
{
}

Status DamageList::load()
{
    const auto content = os::readWholeFile(m_fileSystem, m_path, kLargestFile);
    if (!content)
        return content.error().code == Error::NotFound ? Status() : std::unexpected(content.error());
    std::string_view text = asText(*content);
    const auto nextLine = [&text] {
        const std::size_t end = std::min(text.find('\n'), text.size());
        const std::string_view line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        return line;
    };
    if (nextLine() != kMagic) {
        base::warningLine("the list of damage cannot be read and is begun anew").with("file", m_path);
        return {};
    }
    base::MutexLock lock(m_mutex);
    while (!text.empty() && m_known.size() < kMostDamageEntries) {
        std::string_view line = nextLine();
        const bool healed = line.starts_with(kHealed);
        if (healed)
            line.remove_prefix(kHealed.size());
        if (auto entry = parseLine(line))
            m_known.push_back({std::move(*entry), false, healed});
        else if (line == kMore)
            m_more = true;
    }
    return {};
}

void DamageList::add(DamageEntry entry)
{
    entry.reason = printable(std::move(entry.reason));
    {
        base::MutexLock lock(m_mutex);
        const auto known = std::ranges::find_if(
            m_known, [&](const Known &candidate) { return candidate.entry.isSame(entry); });
        if (known != m_known.end()) {
            known->found = true;
            known->entry.to = std::max(known->entry.to, entry.to);
            if (!known->healed)
                return;
        } else if (m_known.size() >= kMostDamageEntries) {
            m_moreFound = true;
            if (std::exchange(m_more, true))
                return;
        } else {
            base::errorLine("acknowledged data is damaged").with("where", entry.text());
            m_known.push_back({std::move(entry), true, false});
        }
    }
    store();
    tellHook();
}

void DamageList::setHook(std::function<void()> hook)
{
    const base::MutexLock lock(m_hookMutex);
    m_hook = std::move(hook);
}

void DamageList::tellHook()
{
    const base::MutexLock lock(m_hookMutex);
    if (m_hook)
        m_hook();
}

std::vector<DamageList::Item> DamageList::items() const
{
    const base::MutexLock lock(m_mutex);
    std::vector<Item> items;
    items.reserve(m_known.size());
    for (const Known &known : m_known)
        items.push_back({known.entry, known.healed});
    return items;
}

void DamageList::setHealed(const DamageEntry &entry, bool healed)
{
    {
        const base::MutexLock lock(m_mutex);
        const auto known = std::ranges::find_if(
            m_known, [&](const Known &candidate) { return candidate.entry.isSame(entry); });
        if (known == m_known.end() || known->healed == healed)
            return;
        known->healed = healed;
        if (healed)
            base::infoLine("damage is healed: nothing stands on it any more").with("where", entry.text());
    }
    store();
}

void DamageList::beginRound()
{
    base::MutexLock lock(m_mutex);
    for (Known &known : m_known)
        known.found = false;
    m_moreFound = false;
}

void DamageList::endRound()
{
    {
        base::MutexLock lock(m_mutex);
        const std::size_t before = m_known.size();
        std::erase_if(m_known, [](const Known &known) { return !known.found; });
        const bool hadMore = std::exchange(m_more, m_moreFound);
        if (m_known.size() == before && hadMore == m_more)
            return;
    }
    store();
}

bool DamageList::empty() const
{
    base::MutexLock lock(m_mutex);
    return !m_more && std::ranges::all_of(m_known, &Known::healed);
}

bool DamageList::hasSegment(std::uint64_t number) const
{
    base::MutexLock lock(m_mutex);
    return std::ranges::any_of(m_known, [&](const Known &known) {
        return known.entry.kind != DamageEntry::Kind::File && known.entry.segment == number;
    });
}

bool DamageList::hasMissingSegment() const
{
    base::MutexLock lock(m_mutex);
    return std::ranges::any_of(
        m_known, [](const Known &known) { return known.entry.kind == DamageEntry::Kind::MissingSegment; });
}

std::vector<std::string> DamageList::texts() const
{
    base::MutexLock lock(m_mutex);
    std::vector<std::string> texts;
    texts.reserve(m_known.size() + 1);
    for (const Known &known : m_known) {
        if (!known.healed)
            texts.push_back(known.entry.text());
    }
    if (m_more)
        texts.emplace_back("there is more damage than this list holds");
    return texts;
}

Bytes DamageList::encoded() const
{
    Bytes bytes = toBytes(kMagic);
    bytes.push_back(std::byte{'\n'});
    for (const Known &known : m_known)
        append(bytes, asBytes((known.healed ? std::string(kHealed) : std::string()) + lineOf(known.entry)));
    if (m_more)
        append(bytes, asBytes(std::string(kMore) + "\n"));
    return bytes;
}

void DamageList::store()
{
    const base::MutexLock file(m_fileMutex);
    Bytes bytes;
    {
        base::MutexLock lock(m_mutex);
        bytes = encoded();
    }
    if (auto stored = os::replaceFile(m_fileSystem, m_path, bytes); !stored)
        base::warningLine("the list of damage could not be stored").with("reason", stored.error().message);
}

}  // namespace maxiofs::store
