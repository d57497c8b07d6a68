// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/scrubber.h"

#include "base/log_line.h"
#include "store/record_fate.h"

#include <algorithm>
#include <chrono>
#include <pthread.h>

namespace maxiofs::store {

namespace {

using namespace std::chrono_literals;

constexpr auto kAfterStart = 60s;
constexpr auto kBetweenRounds = 24h;
constexpr std::uint64_t kSliceBytes = 4ULL << 20;
constexpr std::uint64_t kFramesAtOnce = 16;
constexpr std::size_t kRowsAtOnce = 200;

}  // namespace

Scrubber::Scrubber(Parts parts, std::uint64_t bytesPerSecond)
    : m_parts(std::move(parts)),
      m_rate(bytesPerSecond)
{
}

void Scrubber::start()
{
    m_thread = std::thread([this] { run(); });
}

void Scrubber::stop()
{
    {
        base::MutexLock lock(m_mutex);
        m_stopping.store(true, std::memory_order_relaxed);
    }
    m_wake.notify_all();
    if (m_thread.joinable())
        m_thread.join();
}

void Scrubber::setRate(std::uint64_t bytesPerSecond)
{
    {
        base::MutexLock lock(m_mutex);
        m_rate.store(bytesPerSecond, std::memory_order_relaxed);
        m_roundAsked = true;
    }
    m_wake.notify_all();
}

double Scrubber::progress() const
{
    const std::uint64_t expected = m_roundExpected.load(std::memory_order_relaxed);
    const std::uint64_t done = m_roundBytes.load(std::memory_order_relaxed);
    return expected == 0 ? 0 : std::min(1.0, static_cast<double>(done) / static_cast<double>(expected));
}

std::optional<std::int64_t> Scrubber::lastRoundMs() const
{
    const std::int64_t last = m_lastRoundMs.load(std::memory_order_relaxed);
    return last == 0 ? std::nullopt : std::optional(last);
}

void Scrubber::run()
{
    ::pthread_setname_np(::pthread_self(), "scrub");
    if (m_parts.before)
        m_parts.before();
    auto next = std::chrono::steady_clock::now() + kAfterStart;
    while (true) {
        bool mayBegin = false;
        {
            base::MutexLock lock(m_mutex);
            while (!stopping() && m_suspects.empty() && !mayBegin) {
                mayBegin = rate() != 0 && (m_roundAsked || std::chrono::steady_clock::now() >= next);
                if (!mayBegin)
                    lock.waitFor(m_wake, 1000ms);
            }
            if (stopping())
                return;
            if (mayBegin)
                m_roundAsked = false;
        }
        noteSuspects();
        if (!mayBegin)
            continue;
        const std::uint64_t before = found();
        const auto done = round();
        if (done)
            base::infoLine("scrub finished a round")
                .with("bytes", m_roundBytes.load())
                .with("found", found() - before);
        else if (done.error().code != Error::Stopping)
            base::warningLine("scrub ended a round early").with("reason", done.error().message);
        m_roundExpected.store(0, std::memory_order_relaxed);
        next = std::chrono::steady_clock::now() + kBetweenRounds;
    }
}

Status Scrubber::round()
{
    std::uint64_t logBytes = 0;
    const auto segments = m_parts.log.segments();
    for (const std::uint64_t number : segments)
        logBytes += m_parts.log.lengthOf(number);
    m_roundBytes.store(0, std::memory_order_relaxed);
    m_roundExpected.store(logBytes + m_fileBytes, std::memory_order_relaxed);

    m_parts.damage.beginRound();
    TRY_STATUS(findMissingSegments());
    for (const std::uint64_t number : segments)
        TRY_STATUS(readSegment(number));
    const std::uint64_t beforeFiles = m_roundBytes.load(std::memory_order_relaxed);
    TRY_STATUS(readObjects());
    TRY_STATUS(readParts());
    m_fileBytes = m_roundBytes.load(std::memory_order_relaxed) - beforeFiles;
    m_parts.damage.endRound();
    m_lastRoundMs.store(m_parts.clock.unixMs(), std::memory_order_relaxed);
    return {};
}

Status Scrubber::findMissingSegments()
{
    for (const log::Damage &damage : m_parts.log.missing())
        note(DamageEntry::of(m_parts.log, damage));
    TRY_ASSIGN(const auto rows, m_parts.index.segments());
    for (const auto &[number, row] : rows) {
        if (m_parts.log.hasSegment(number))
            continue;
        // Compaction erases the row before the segment goes.
        TRY_ASSIGN(const index::SegmentRow now, m_parts.index.segment(number));
        if (now.deadBytes < now.bytes)
            note(DamageEntry::ofMissing(number));
    }
    return {};
}

Status Scrubber::readSegment(std::uint64_t number)
{
    const std::uint64_t length = m_parts.log.lengthOf(number);
    const bool isComplete = number < m_parts.index.appliedPosition().segment;
    const auto segment = m_parts.log.segment(number);
    if (!segment) {
        // Compaction may have removed it meanwhile.
        if (segment.error().code != Error::NotFound || m_parts.log.hasSegment(number))
            note(DamageEntry::ofSegment(number, 0, length, segment.error().message));
        return {};
    }
    std::uint64_t droppable = 0;
    log::ScanOptions options;
    options.length = length;
    options.checkPayloads = true;
    options.atMost = kSliceBytes;
    log::Visitor visitor;
    visitor.record = [&](const log::Record &record) -> Status {
        TRY_ASSIGN(const bool needed, isNeeded(m_parts.index, m_parts.log, record));
        droppable += needed ? 0 : record.place.length;
        return {};
    };
    while (options.from < length) {
        const auto outcome = log::scanSegment(**segment, options, visitor);
        if (!outcome) {
            if (outcome.error().code != Error::Io)
                return std::unexpected(outcome.error());
            note(DamageEntry::ofSegment(number, options.from, length, outcome.error().message));
            return {};
        }
        for (const log::Damage &damage : outcome->damage) {
            TRY_ASSIGN(const bool lost, isLoss(**segment, damage));
            if (lost)
                note(DamageEntry::ofSegment(damage.segment, damage.from, damage.to, damage.reason));
        }
        if (outcome->goodLength <= options.from)
            return {};
        TRY_STATUS(pace(outcome->goodLength - options.from));
        options.from = outcome->goodLength;
    }
    if (isComplete && m_parts.onDroppable)
        m_parts.onDroppable(number, droppable);
    return {};
}

Result<bool> Scrubber::isLoss(log::Segment &segment, const log::Damage &damage) const
{
    if (!m_parts.log.hasSegment(damage.segment))
        return false;  // compacted meanwhile
    const auto record = segment.readRecord(damage.from);
    if (!record)
        return true;
    TRY_ASSIGN(const Fate fate, fateOf(m_parts.index, *record));
    return fate == Fate::Live;
}

Status Scrubber::readObjects()
{
    index::Index::ObjectCursor cursor;
    while (true) {
        TRY_ASSIGN(const auto rows, m_parts.index.walkObjects(cursor, kRowsAtOnce));
        if (rows.empty())
            return {};
        for (const auto &[place, row] : rows) {
            const auto isStillNamed = [&, &at = place, &stored = row]() -> Result<bool> {
                TRY_ASSIGN(const auto current, m_parts.index.current(at.bucket, at.key));
                TRY_ASSIGN(const auto version, m_parts.index.version(at.bucket, at.key, stored.stamp));
                return (current && current->data == stored.data) || (version && version->data == stored.data);
            };
            TRY_STATUS(readFile(row.data, row.size, isStillNamed));
        }
        TRY_STATUS(pace(0));
    }
}

Status Scrubber::readParts()
{
    index::Index::PartCursor cursor;
    while (true) {
        TRY_ASSIGN(const auto rows, m_parts.index.walkParts(cursor, kRowsAtOnce));
        if (rows.empty())
            return {};
        for (const auto &[place, row] : rows) {
            const auto isStillNamed = [&, &at = place, &stored = row]() -> Result<bool> {
                TRY_ASSIGN(const auto now, m_parts.index.part(at.dataId, at.number));
                return now && now->data == stored.data;
            };
            TRY_STATUS(readFile(row.data, row.size, isStillNamed));
        }
        TRY_STATUS(pace(0));
    }
}

Status Scrubber::readFile(const index::DataPlace &data, std::uint64_t size,
                          const std::function<Result<bool>()> &isStillNamed)
{
    const auto *blob = std::get_if<index::InBlob>(&data);
    if (blob == nullptr)
        return {};
    Status read;
    if (auto file = m_parts.blobs.openForRead(blob->blob, size); !file) {
        read = std::unexpected(std::move(file).error());
    } else {
        Bytes plaintext;
        const std::uint64_t frames = frame::frameCount(size);
        for (std::uint64_t first = 0; first < frames && read; first += kFramesAtOnce) {
            plaintext.clear();
            read = (*file)->readFrames(first, std::min(kFramesAtOnce, frames - first), false, plaintext);
            TRY_STATUS(pace(plaintext.size()));
        }
    }
    if (read)
        return {};
    // Deleted meanwhile, a missing file is no damage.
    TRY_ASSIGN(const bool named, isStillNamed());
    if (named)
        note(DamageEntry::ofFile(blob->blob, read.error().message));
    return {};
}

Status Scrubber::pace(std::uint64_t bytes)
{
    noteSuspects();
    m_bytes.fetch_add(bytes, std::memory_order_relaxed);
    m_roundBytes.fetch_add(bytes, std::memory_order_relaxed);
    const std::uint64_t perSecond = rate();
    const auto pause = std::chrono::milliseconds(perSecond == 0 ? 0 : bytes * 1000 / perSecond);
    const auto until = std::chrono::steady_clock::now() + pause;
    base::MutexLock lock(m_mutex);
    for (auto now = std::chrono::steady_clock::now(); !stopping() && now < until && rate() == perSecond;
         now = std::chrono::steady_clock::now())
        lock.waitFor(m_wake, std::chrono::duration_cast<std::chrono::milliseconds>(until - now) + 1ms);
    if (stopping())
        return failure(Error::Stopping, "The node is stopping");
    return {};
}

void Scrubber::suspect(DamageEntry entry)
{
    {
        base::MutexLock lock(m_mutex);
        const auto isSame = [&](const DamageEntry &other) { return other.isSame(entry); };
        if (m_suspects.size() >= kMostSuspects || std::ranges::any_of(m_suspects, isSame))
            return;
        m_suspects.push_back(std::move(entry));
    }
    m_wake.notify_all();
}

void Scrubber::noteSuspects()
{
    std::vector<DamageEntry> suspects;
    {
        base::MutexLock lock(m_mutex);
        suspects.swap(m_suspects);
    }
    for (DamageEntry &entry : suspects)
        note(std::move(entry));
}

void Scrubber::note(DamageEntry entry)
{
    m_found.fetch_add(1, std::memory_order_relaxed);
    base::errorLine("damaged data was found").with("where", entry.text());
    m_parts.damage.add(std::move(entry));
}

}  // namespace maxiofs::store
