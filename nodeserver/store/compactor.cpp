// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/compactor.h"

#include "base/log_line.h"
#include "store/object_changes.h"
#include "store/record_fate.h"

namespace maxiofs::store {

using log::RecordType;

namespace {

constexpr std::uint64_t kSliceBytes = kMaxBatchBytes;  // read, moved and committed at a time

}  // namespace

struct Compactor::Moving {
    log::Record record;  // with its sealed fields opened
    Bytes payload;
};

namespace {

// Waits for the committer's answers; outlives the last of them.
class Answers {
public:
    explicit Answers(std::size_t expected) : m_left(expected) {}

    void take(Result<void> answer)
    {
        base::MutexLock lock(m_mutex);
        if (!answer)
            m_outcome = std::move(answer);
        if (--m_left == 0)
            m_done.notify_one();
    }
    Status wait()
    {
        base::MutexLock lock(m_mutex);
        while (m_left != 0)
            lock.wait(m_done);
        return m_outcome;
    }

private:
    base::Mutex m_mutex;
    std::condition_variable m_done;
    std::size_t m_left GUARDED_BY(m_mutex);
    Status m_outcome GUARDED_BY(m_mutex);
};

// In the record's turn: it may have died since it was read.
Result<void> decideMove(Decision &decision, const log::Log &log, const log::Record &record, ByteView payload)
{
    TRY_ASSIGN(const Fate fate, fateOf(decision.index, record));
    if (fate == Fate::Superseded)
        return {};
    std::vector<std::uint64_t> kills = remainingKills(log, record);
    if (fate == Fate::Dead) {
        if (kills.empty())
            return {};
        TRY_ASSIGN(const frame::Fields stub, stubFields(record, std::move(kills)));
        return decision.record(RecordType::Stub, record.stamp, stub, {}, record.sequence);
    }
    // The copy stands for its original too until that is gone.
    kills.push_back(record.place.segment);
    frame::Fields fields = record.fields;
    setKills(fields, std::move(kills));
    return decision.record(record.type, record.stamp, fields, payload, record.sequence);
}

}  // namespace

Result<bool> Compactor::step()
{
    if (!m_work) {
        TRY_ASSIGN(const auto number, choose());
        if (!number)
            return false;
        TRY_STATUS(beginWork(*number));
        if (!m_work)
            return true;
    }
    Status done = m_work->offset < m_work->end ? moveSlice() : unlink();
    if (!done) {
        endWork();
        return std::unexpected(std::move(done).error());
    }
    return true;
}

// Wholly dead ones first: they cost nothing, also on a full volume. Then the one with the greatest part dead.
Result<std::optional<std::uint64_t>> Compactor::choose() const
{
    TRY_ASSIGN(const auto rows, m_parts.index.segments());
    const std::map<std::uint64_t, index::SegmentRow> known(rows.begin(), rows.end());
    const std::uint64_t active = m_parts.index.appliedPosition().segment;
    std::optional<std::uint64_t> best;
    double bestRatio = kCompactAtDeadPercent / 100.0;
    for (const std::uint64_t number : m_parts.log.segments()) {
        if (number >= active)
            break;
        if (m_unreadable.contains(number) || m_parts.damage.hasSegment(number))
            continue;
        const auto found = known.find(number);
        const index::SegmentRow row = found != known.end() ? found->second : index::SegmentRow{};
        const std::uint64_t dead = std::max(row.deadBytes, droppableIn(number));
        if (dead >= row.bytes)
            return number;
        if (row.bytes - dead > m_parts.space.available() / 2)
            continue;
        const double ratio = static_cast<double>(dead) / static_cast<double>(row.bytes);
        if (ratio >= bestRatio) {
            best = number;
            bestRatio = ratio;
        }
    }
    return best;
}

void Compactor::noteDroppable(std::uint64_t segment, std::uint64_t bytes)
{
    base::MutexLock lock(m_mutex);
    m_droppable[segment] = bytes;
}

std::uint64_t Compactor::droppableIn(std::uint64_t segment) const
{
    base::MutexLock lock(m_mutex);
    const auto found = m_droppable.find(segment);
    return found != m_droppable.end() ? found->second : 0;
}

std::optional<std::int64_t> Compactor::lastMs() const
{
    const std::int64_t last = m_lastMs.load(std::memory_order_relaxed);
    return last == 0 ? std::nullopt : std::optional(last);
}

Status Compactor::beginWork(std::uint64_t number)
{
    auto segment = m_parts.log.segment(number);
    if (!segment) {
        m_unreadable.insert(number);
        if (segment.error().code != Error::Corrupt)
            return std::unexpected(std::move(segment).error());
        m_parts.damage.add(
            DamageEntry::ofSegment(number, 0, m_parts.log.lengthOf(number), segment.error().message));
        return {};
    }
    m_work = Work{std::move(*segment), number, log::SegmentHeader::kSize, m_parts.log.lengthOf(number)};
    m_busy.store(true, std::memory_order_relaxed);
    return {};
}

void Compactor::endWork()
{
    m_work.reset();
    m_busy.store(false, std::memory_order_relaxed);
}

Status Compactor::moveSlice()
{
    std::vector<Moving> moving;
    log::ScanOptions options;
    options.from = m_work->offset;
    options.length = m_work->end;
    options.atMost = kSliceBytes;
    log::Visitor visitor;
    visitor.record = [&](const log::Record &record) { return collect(record, moving); };
    TRY_ASSIGN(const log::ScanOutcome outcome, log::scanSegment(*m_work->segment, options, visitor));
    if (!outcome.damage.empty()) {
        for (const log::Damage &damage : outcome.damage)
            m_parts.damage.add(DamageEntry::ofSegment(damage.segment, damage.from, damage.to, damage.reason));
        endWork();
        return {};
    }
    m_work->offset = outcome.goodLength;
    return commit(moving);
}

Status Compactor::collect(const log::Record &record, std::vector<Moving> &moving)
{
    TRY_ASSIGN(const bool needed, isNeeded(m_parts.index, m_parts.log, record));
    if (!needed)
        return {};
    TRY_ASSIGN(const Fate fate, fateOf(m_parts.index, record));
    Moving moved{record, {}};
    if (fate == Fate::Live) {
        const auto sealed = m_work->segment->openSealed(record.sequence, record.sealed);
        auto payload = m_work->segment->readPayload(record);
        if (!sealed || !payload) {
            const Error &error = !sealed ? sealed.error() : payload.error();
            if (error.code != Error::Corrupt)
                return std::unexpected(error);
            const std::uint64_t from = record.place.offset;
            m_parts.damage.add(DamageEntry::ofSegment(record.place.segment, from, from + record.place.length,
                                                      error.message));
            return {};
        }
        TRY_STATUS(moved.record.fields.decode(sealed->encode(true), true));
        moved.payload = std::move(*payload);
    }
    moving.push_back(std::move(moved));
    return {};
}

Status Compactor::commit(const std::vector<Moving> &moving)
{
    if (m_parts.damage.hasSegment(m_work->number)) {
        endWork();
        return {};
    }
    if (moving.empty())
        return {};
    const auto answers = std::make_shared<Answers>(moving.size());
    for (const Moving &moved : moving) {
        m_parts.committer.commit<void>(
            moved.payload.size(),
            [this, &moved](Decision &decision) {
                return decideMove(decision, m_parts.log, moved.record, moved.payload);
            },
            [answers](Result<void> done) { answers->take(std::move(done)); });
    }
    return answers->wait();
}

// Nothing points into the segment any more. The index is made durable without it first, so that a start that
// misses the file knows it to be no loss.
Status Compactor::unlink()
{
    const std::uint64_t number = m_work->number;
    const auto answer = std::make_shared<Answers>(1);
    m_parts.committer.commit<void>(
        0,
        [number](Decision &decision) {
            decision.index.eraseSegment(number);
            return Result<void>();
        },
        [answer](Result<void> done) { answer->take(std::move(done)); });
    TRY_STATUS(answer->wait());
    TRY_STATUS(m_parts.index.flush());
    const std::uint64_t bytes = m_parts.log.lengthOf(number);
    TRY_STATUS(m_parts.log.remove(number));
    {
        base::MutexLock lock(m_mutex);
        std::erase_if(m_droppable, [&](const auto &entry) { return !m_parts.log.hasSegment(entry.first); });
    }
    m_compacted.fetch_add(bytes, std::memory_order_relaxed);
    m_lastMs.store(m_parts.clock.unixMs(), std::memory_order_relaxed);
    base::debugLine("compacted a segment").with("segment", number).with("bytes", bytes);
    endWork();
    return {};
}

}  // namespace maxiofs::store
