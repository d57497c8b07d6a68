// SPDX-License-Identifier: GPL-3.0-or-later
#include "log/log.h"

#include "base/log_line.h"

#include <algorithm>

namespace maxiofs::log {

namespace {

constexpr const char *kEndMissing = "the segment's end is missing";
constexpr const char *kFileMissing = "the file is gone";

}  // namespace

Log::Log(os::FileSystem &fileSystem, const frame::Keyring &keyring, std::string directory)
    : m_fileSystem(fileSystem),
      m_keyring(keyring),
      m_directory(std::move(directory))
{
}

std::string Log::pathOf(std::uint64_t number) const
{
    return m_directory + "/" + segmentFileName(number);
}

Result<std::unique_ptr<Log>> Log::open(os::FileSystem &fileSystem, const frame::Keyring &keyring,
                                       std::string directory)
{
    TRY_STATUS(fileSystem.createDirectories(directory));
    std::unique_ptr<Log> log(new Log(fileSystem, keyring, std::move(directory)));
    TRY_STATUS(log->findSegments());
    return log;
}

Status Log::findSegments()
{
    TRY_ASSIGN(const auto entries, m_fileSystem.list(m_directory));
    base::MutexLock lock(m_mutex);
    for (const os::DirectoryEntry &entry : entries) {
        if (const auto number = segmentNumber(entry.name); number && !entry.isDirectory)
            m_segments[*number].length = entry.size;
    }
    if (m_segments.empty())
        return {};

    // A crash while a segment was being made may leave a header that never reached the disk.
    const std::uint64_t newest = m_segments.rbegin()->first;
    if (m_segments[newest].length <= SegmentHeader::kSize) {
        if (auto opened = Segment::open(m_fileSystem, m_keyring, pathOf(newest)); !opened) {
            if (opened.error().code != Error::Corrupt)
                return std::unexpected(std::move(opened).error());
            TRY_STATUS(m_fileSystem.remove(pathOf(newest)));
            TRY_STATUS(m_fileSystem.syncDirectory(m_directory));
            m_segments.erase(newest);
        }
    }

    for (const auto &[number, entry] : m_segments) {
        auto opened = Segment::open(m_fileSystem, m_keyring, pathOf(number));
        if (opened)
            TRY_STATUS(compareWithNext((*opened)->header()));
        else if (opened.error().code == Error::Unsupported)
            return std::unexpected(std::move(opened).error());
        // Else replay() reports it as damage.
    }
    return {};
}

// Each header names the synced length of the segment before it.
Status Log::compareWithNext(const SegmentHeader &next)
{
    const auto previous = m_segments.find(next.previous);
    if (previous == m_segments.end())
        return {};
    std::uint64_t &length = previous->second.length;
    if (length < next.previousLength)
        noteMissing({next.previous, length, next.previousLength, kEndMissing});
    if (length <= next.previousLength)
        return {};
    TRY_ASSIGN(const auto file, m_fileSystem.open(pathOf(next.previous), os::OpenMode::ReadWrite));
    TRY_STATUS(file->truncate(next.previousLength));
    TRY_STATUS(file->sync());
    length = next.previousLength;
    return {};
}

// What was read from the kernel's memory may never reach the disk: after a failed sync its pages count as
// written. So the last batch, the only one that may not be there, is written again before anything builds on
// it.
Status Log::settleTail(std::uint64_t number, Position from, Position synced)
{
    if (number < from.segment)
        return {};  // synced long ago
    const auto opened = segment(number);
    if (!opened)
        return {};  // reported as damage
    ScanOptions options;
    options.from = number == from.segment ? from.offset : SegmentHeader::kSize;
    options.length = lengthOf(number);
    options.isNewest = true;
    if (number <= synced.segment)
        options.synced = number < synced.segment ? UINT64_MAX : synced.offset;
    Visitor visitor;
    visitor.record = [](const Record &) { return Status(); };
    TRY_ASSIGN(const ScanOutcome outcome, scanSegment(**opened, options, visitor));
    os::File &file = (*opened)->file();
    if (outcome.goodLength < options.length) {
        base::infoLine("cut off the log's torn tail, nothing in it was acknowledged")
            .with("segment", number)
            .with("bytes", options.length - outcome.goodLength);
        TRY_STATUS(file.truncate(outcome.goodLength));
        base::MutexLock lock(m_mutex);
        m_segments[number].length = outcome.goodLength;
    }
    if (outcome.lastBatch != 0) {
        Bytes batch(outcome.goodLength - outcome.lastBatch);
        TRY_ASSIGN(const std::size_t got, file.readAt(outcome.lastBatch, batch));
        const ByteView piece = ByteView(batch).first(got);
        TRY_STATUS(file.writeAt(outcome.lastBatch, {&piece, 1}));
    }
    return file.sync();
}

// What was known to be durable up to here, and no longer is.
void Log::noteMissing(Position upTo)
{
    if (upTo.segment == 0)
        return;
    if (!hasSegment(upTo.segment))
        noteMissing({upTo.segment, 0, upTo.offset, kFileMissing});
    else if (const std::uint64_t length = lengthOf(upTo.segment); length < upTo.offset)
        noteMissing({upTo.segment, length, upTo.offset, kEndMissing});
}

void Log::noteMissing(const Damage &damage)
{
    const auto known = std::ranges::find(m_missing, damage.segment, &Damage::segment);
    if (known == m_missing.end())
        m_missing.push_back(damage);
    else
        known->to = std::max(known->to, damage.to);
}

Result<Log::Replayed> Log::replay(Position from, Position synced,
                                  const std::function<Status(const Record &)> &visit,
                                  const std::function<Status(Position)> &batchEnd)
{
    m_synced = std::max(from, synced);
    const std::vector<std::uint64_t> numbers = segments();
    if (!numbers.empty())
        TRY_STATUS(settleTail(numbers.back(), from, m_synced));
    noteMissing(m_synced);
    Replayed result;
    result.end = from;
    for (const std::uint64_t number : numbers) {
        if (number < from.segment)
            continue;
        auto opened = segment(number);
        if (!opened) {
            if (opened.error().code != Error::Corrupt && opened.error().code != Error::NotFound)
                return std::unexpected(std::move(opened).error());
            result.damage.push_back({number, 0, lengthOf(number), opened.error().message});
            continue;
        }
        const SegmentHeader &header = (*opened)->header();
        // Compaction removes none that the index was not flushed beyond.
        if (from.segment != 0 && header.previous >= from.segment && !hasSegment(header.previous))
            noteMissing({header.previous, 0, header.previousLength, kFileMissing});
        result.lastSequence = std::max(result.lastSequence, header.lastSequence);
        ScanOptions options;
        options.from = number == from.segment ? from.offset : SegmentHeader::kSize;
        options.length = lengthOf(number);
        Visitor visitor;
        visitor.record = visit;
        visitor.batchEnd = [&](std::uint64_t offset) { return batchEnd({number, offset}); };
        if (options.from < options.length) {
            TRY_ASSIGN(ScanOutcome outcome, scanSegment(**opened, options, visitor));
            result.lastSequence = std::max(result.lastSequence, outcome.lastSequence);
            std::ranges::move(outcome.damage, std::back_inserter(result.damage));
        }
        result.end = {number, std::max(options.length, options.from)};
    }
    std::ranges::copy(m_missing, std::back_inserter(result.damage));
    result.isComplete = std::ranges::none_of(
        result.damage, [&](const Damage &damage) { return Position{damage.segment, damage.to} > from; });
    return result;
}

Log::Position Log::end() const
{
    base::MutexLock lock(m_mutex);
    const Position newest = m_segments.empty()
                                ? Position()
                                : Position{m_segments.rbegin()->first, m_segments.rbegin()->second.length};
    return std::max(newest, m_synced);
}

Result<std::shared_ptr<Segment>> Log::segment(std::uint64_t number)
{
    base::MutexLock lock(m_mutex);
    const auto found = m_segments.find(number);
    if (found == m_segments.end() || found->second.removing)
        return failure(Error::NotFound, "there is no segment " + segmentFileName(number));
    Entry &entry = found->second;
    entry.usedAt = ++m_useCounter;
    if (entry.open)
        return entry.open;
    auto opened = Segment::open(m_fileSystem, m_keyring, pathOf(number));
    if (!opened) {
        if (opened.error().code == Error::NotFound)
            return failure(Error::Corrupt, "the segment " + pathOf(number) + " is missing");
        return std::unexpected(std::move(opened).error());
    }
    entry.open = *opened;
    ++m_openCount;
    evict();
    return *opened;
}

void Log::evict()
{
    while (m_openCount > kMaxOpenSegments) {
        Entry *oldest = nullptr;
        for (auto &[number, entry] : m_segments) {
            // A segment that is used elsewhere stays open anyway.
            if (entry.open && entry.open.use_count() == 1 &&
                (oldest == nullptr || entry.usedAt < oldest->usedAt))
                oldest = &entry;
        }
        if (oldest == nullptr)
            return;
        oldest->open.reset();
        --m_openCount;
    }
}

bool Log::hasSegment(std::uint64_t number) const
{
    base::MutexLock lock(m_mutex);
    return m_segments.contains(number);
}

std::vector<std::uint64_t> Log::segments() const
{
    base::MutexLock lock(m_mutex);
    std::vector<std::uint64_t> numbers;
    numbers.reserve(m_segments.size());
    for (const auto &[number, entry] : m_segments) {
        if (!entry.removing)
            numbers.push_back(number);
    }
    return numbers;
}

std::uint64_t Log::lengthOf(std::uint64_t number) const
{
    base::MutexLock lock(m_mutex);
    const auto found = m_segments.find(number);
    return found == m_segments.end() ? 0 : found->second.length;
}

Status Log::remove(std::uint64_t number)
{
    {
        base::MutexLock lock(m_mutex);
        const auto found = m_segments.find(number);
        if (found == m_segments.end())
            return {};
        found->second.removing = true;
        if (found->second.open) {
            found->second.open.reset();
            --m_openCount;
        }
    }
    // Others count on it until it is gone for good: what replaced its records may be forgotten only then.
    auto removed = m_fileSystem.remove(pathOf(number));
    if (!removed && removed.error().code != Error::NotFound) {
        base::MutexLock lock(m_mutex);
        m_segments[number].removing = false;
        return removed;
    }
    TRY_STATUS(m_fileSystem.syncDirectory(m_directory));
    base::MutexLock lock(m_mutex);
    m_segments.erase(number);
    return {};
}

}  // namespace maxiofs::log
