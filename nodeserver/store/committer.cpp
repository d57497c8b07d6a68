// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/committer.h"

#include "base/log_line.h"

#include <chrono>
#include <pthread.h>

namespace maxiofs::store {

namespace {

using namespace std::chrono_literals;

constexpr auto kIdleBeforeMark = 1000ms;

}  // namespace

Status Decision::record(log::RecordType type, const Stamp &stamp, const frame::Fields &fields,
                        ByteView payload, std::uint64_t sequence)
{
    const log::NewRecord record{type, sequence != 0 ? sequence : ++m_sequence, stamp, &fields, payload};
    const log::Placed placed = m_writer.add(record);
    const AppliedRecord applied{type,           record.sequence, stamp,
                                &fields,        placed.place,    placed.payloadOffset,
                                payload.size(), &placed.sealed,  sequence != 0};
    m_broken = m_applier.apply(applied);
    return m_broken;
}

Committer::Committer(Parts parts)
    : m_parts(std::move(parts)),
      m_writer(m_parts.log, m_parts.clock, m_parts.segmentBytes),
      m_applier(m_parts.feed),
      m_sequence(m_parts.lastSequence),
      m_thread([this] { run(); })
{
}

Committer::~Committer()
{
    stop();
}

void Committer::stop()
{
    {
        base::MutexLock lock(m_mutex);
        m_stopping = true;
    }
    m_wake.notify_one();
    if (m_thread.joinable())
        m_thread.join();
}

void Committer::commit(std::unique_ptr<Change> change)
{
    {
        base::MutexLock lock(m_mutex);
        if (!m_stopping) {
            m_waiting.push_back(std::move(change));
            if (m_waiting.size() == 1)
                m_wake.notify_one();
            return;
        }
    }
    change->answer(failure(Error::Stopping, "The node is stopping"));
}

Status Committer::readOnly() const
{
    base::MutexLock lock(m_mutex);
    return m_readOnly;
}

void Committer::setReadOnly(const Error &reason)
{
    base::errorLine("the node is read-only until it is restarted").with("reason", reason.message);
    base::MutexLock lock(m_mutex);
    m_readOnly = failure(Error::ReadOnly, reason.message);
}

void Committer::refuseWrites(const Error &reason)
{
    if (reason.code == Error::Io && readOnly())
        setReadOnly(reason);
}

void Committer::run()
{
    ::pthread_setname_np(::pthread_self(), "committer");
    std::vector<std::unique_ptr<Change>> batch;
    while (true) {
        bool idle = false;
        {
            base::MutexLock lock(m_mutex);
            while (m_waiting.empty() && !m_stopping && !idle) {
                if (m_writer.isMarked())
                    lock.wait(m_wake);
                else
                    idle = !lock.waitFor(m_wake, kIdleBeforeMark);
            }
            if (m_waiting.empty() && m_stopping)
                break;
            std::size_t bytes = 0;
            while (!m_waiting.empty() && batch.size() < kMaxBatchRequests && bytes < kMaxBatchBytes) {
                bytes += m_waiting.front()->bytes();
                batch.push_back(std::move(m_waiting.front()));
                m_waiting.pop_front();
            }
        }
        if (batch.empty())
            mark();
        else
            process(batch);
        batch.clear();
    }
    mark();
}

// An empty batch proves that the one before it was synced, so that damage to it is never taken for a torn
// tail.
void Committer::mark()
{
    if (!readOnly() || m_writer.isMarked())
        return;
    if (auto marked = m_writer.mark(); !marked && marked.error().code == Error::ReadOnly)
        setReadOnly(marked.error());
}

void Committer::process(Batch batch)
{
    while (!batch.empty()) {
        std::size_t decided = batch.size();
        Status outcome = readOnly();
        if (outcome)
            outcome = write(batch, decided);
        for (const auto &change : batch.first(decided))
            change->answer(outcome);
        batch = batch.subspan(decided);
    }
}

Status Committer::write(Batch batch, std::size_t &decided)
{
    m_parts.space.refresh();
    TRY_STATUS(applyWaiting());
    if (auto begun = m_writer.begin(m_sequence); !begun) {
        if (begun.error().code == Error::ReadOnly)
            setReadOnly(begun.error());
        return begun;
    }
    auto transaction = m_parts.index.begin();
    const std::int64_t now = m_parts.clock.unixMs();
    m_applier.begin(*transaction, now);
    Decision decision(*transaction, now, m_parts.node, m_parts.space, m_parts.buckets, m_parts.feed,
                      m_applier, m_writer, m_sequence, m_lastTime);
    decided = 0;
    for (const auto &change : batch) {
        // Headers may be large: of objects with many parts.
        if (m_writer.batchBytes() >= kMaxBatchBytes)
            break;
        ++decided;
        // A refusal is remembered by the change itself and wrote nothing.
        [[maybe_unused]] const bool accepted = change->decide(decision);
        if (!decision.m_broken) {
            decided = batch.size();
            m_writer.abandon();
            setReadOnly(decision.m_broken.error());
            return decision.m_broken;
        }
    }
    const std::size_t records = m_writer.batchRecords();
    if (records == 0) {
        m_writer.abandon();
        return applyWithoutRecord(std::move(transaction));
    }

    const std::uint64_t bytes = m_writer.batchBytes();
    const auto begin = std::chrono::steady_clock::now();
    if (auto written = m_writer.commit(); !written) {
        if (written.error().code == Error::ReadOnly)
            setReadOnly(written.error());
        m_parts.space.refresh(true);
        return written;
    }
    const auto took = std::chrono::steady_clock::now() - begin;
    m_syncTimes.record(
        static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::microseconds>(took).count()));
    m_commits.add(records);
    m_batches.add();

    m_outcome = m_applier.finish();
    m_batchBytes = bytes;
    const log::Log::Position end = m_writer.position();
    transaction->setPosition({end.segment, end.offset, m_sequence});
    if (auto applied = m_parts.index.apply(std::move(transaction)); !applied) {
        if (applied.error().code != Error::StorageFull) {
            setReadOnly(applied.error());
            return applied;
        }
        // The records are durable and name their files: they become visible when there is room again.
        base::warningLine("the volume has no room for the index: writes wait for space")
            .with("reason", applied.error().message);
        m_waitsForRoom = true;
        return failure(Error::ReadOnly, "The volume has no room for the index: delete files or add space.");
    }
    finishBatch();
    return {};
}

Status Committer::applyWaiting()
{
    if (!m_waitsForRoom)
        return {};
    if (auto applied = m_parts.index.applyWaiting(); !applied) {
        if (applied.error().code != Error::StorageFull)
            setReadOnly(applied.error());
        return applied;
    }
    base::infoLine("the volume has room for the index again");
    m_waitsForRoom = false;
    finishBatch();
    return {};
}

void Committer::finishBatch()
{
    Applier::Outcome outcome = std::exchange(m_outcome, {});
    if (!outcome.deadBlobs.empty())
        m_parts.onDeadBlobs(std::move(outcome.deadBlobs));
    m_parts.onLogGrowth(std::exchange(m_batchBytes, 0));
    if (!outcome.fedBuckets.empty())
        m_parts.onChanges(std::move(outcome.fedBuckets));
}

// Changes of the index alone: what is forgotten comes back after a rebuild and is forgotten again.
Status Committer::applyWithoutRecord(std::unique_ptr<index::Transaction> transaction)
{
    if (transaction->empty())
        return {};
    auto applied = m_parts.index.apply(std::move(transaction));
    if (!applied && applied.error().code == Error::StorageFull)
        m_waitsForRoom = true;
    else if (!applied)
        setReadOnly(applied.error());
    return applied;
}

}  // namespace maxiofs::store
