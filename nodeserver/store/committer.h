// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/histogram.h"
#include "base/mutex.h"
#include "log/segment_writer.h"
#include "store/applier.h"
#include "store/bucket_table.h"
#include "store/space_guard.h"

#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <span>
#include <thread>

namespace maxiofs::store {

inline constexpr std::size_t kMaxBatchRequests = 1024;
inline constexpr std::size_t kMaxBatchBytes = 4U << 20;

// What a change sees while it is decided, in its turn: the index with all changes before it, and the record
// that it may write.
class Decision {
public:
    index::Transaction &index;
    std::int64_t nowMs;
    NodeId node;
    const SpaceGuard &space;

    /// For changes of clients: Error::NoSuchBucket for an unknown or closed bucket, Error::Busy for a
    /// replica.
    [[nodiscard]] Result<BucketState> openBucket(const BucketId &bucket) const
    {
        return m_buckets.open(bucket);
    }
    /// Of either role.
    [[nodiscard]] Status checkBucket(const BucketId &bucket) const { return m_buckets.checkOpen(bucket); }
    /// Whether removals of other nodes may be in the bucket, or this node's go to others.
    [[nodiscard]] bool isExchanged(const BucketId &bucket) const { return m_feed.isExchanged(bucket); }
    [[nodiscard]] Result<index::BucketCounters *> counters(const BucketId &bucket)
    {
        return m_applier.counters(bucket);
    }

    /// The record that a row stands on, also one that waits in the same batch.
    [[nodiscard]] Result<log::Record> readRecord(const index::RecordPlace &place)
    {
        return m_writer.readRecord(place.segment, place.offset);
    }
    /// Its payload.
    [[nodiscard]] Result<Bytes> readPayload(const index::RecordPlace &place)
    {
        return m_writer.readPayload(place.segment, place.offset);
    }
    /// A stamp for a change now: later than `replaced`, and unlike any that another change of this run gets.
    [[nodiscard]] Stamp stampAfter(const Stamp &replaced)
    {
        m_lastTime = Stamp::after({m_lastTime, node}, nowMs, node).time;
        return {std::max(m_lastTime, replaced.time + 1), node};
    }
    /// That of the record written last.
    [[nodiscard]] std::uint64_t lastSequence() const { return m_sequence; }
    /// The sequence that the next record gets.
    [[nodiscard]] std::uint64_t nextSequence() const { return m_sequence + 1; }
    /// Writes the record into the batch and applies it. Everything that may refuse the change comes before.
    /// `sequence` 0: a new one.
    [[nodiscard]] Status record(log::RecordType type, const Stamp &stamp, const frame::Fields &fields,
                                ByteView payload = {}, std::uint64_t sequence = 0);

private:
    friend class Committer;
    Decision(index::Transaction &transaction, std::int64_t now, NodeId nodeId, const SpaceGuard &guard,
             const BucketTable &buckets, const ChangeFeed &feed, Applier &applier, log::SegmentWriter &writer,
             std::uint64_t &sequence, std::uint64_t &lastTime)
        : index(transaction),
          nowMs(now),
          node(nodeId),
          space(guard),
          m_buckets(buckets),
          m_feed(feed),
          m_applier(applier),
          m_writer(writer),
          m_sequence(sequence),
          m_lastTime(lastTime)
    {
    }

    const BucketTable &m_buckets;
    const ChangeFeed &m_feed;
    Applier &m_applier;
    log::SegmentWriter &m_writer;
    std::uint64_t &m_sequence;
    std::uint64_t &m_lastTime;
    Status m_broken;  // a record was written but could not be applied: nothing may follow
};

// A change that waits for its turn.
class Change {
public:
    explicit Change(std::size_t bytes) : m_bytes(bytes) {}
    virtual ~Change() = default;

    /// Decides; false: refused, no record was written. Remembers the answer.
    [[nodiscard]] virtual bool decide(Decision &decision) = 0;
    /// Gives the remembered answer, or `failed` in its place. Once.
    virtual void answer(const Status &failed) = 0;
    /// Roughly what it adds to the batch.
    [[nodiscard]] std::size_t bytes() const { return m_bytes; }

private:
    const std::size_t m_bytes;
};

// Decides and commits changes. Many threads may call commit() at once; one committer thread checks what is
// waiting in order, writes it with one fdatasync and applies it to the index, so the cost of a sync is shared
// and no two requests can both win a condition. There is no timer: a batch is what came in while the last one
// was syncing.
//
// Answers come on the committer thread, once each, when the change would survive a power cut or was refused.
// After a failed sync every further change is refused (Error::ReadOnly): the kernel reports such a failure
// only once.
class Committer {
public:
    struct Parts {
        log::Log &log;
        index::Index &index;
        BucketTable &buckets;
        ChangeFeed &feed;
        SpaceGuard &space;
        const Clock &clock;
        NodeId node;
        std::uint64_t lastSequence = 0;
        std::uint64_t segmentBytes = log::kSegmentBytes;
        std::function<void(std::vector<DeadBlob>)> onDeadBlobs;  // after their batch; must not block
        std::function<void(std::uint64_t bytes)> onLogGrowth;    // after each batch; must not block
        std::function<void(std::vector<BucketId>)> onChanges;    // after a batch that feeds tell of; the same
    };
    explicit Committer(Parts parts);
    ~Committer();  // commits what was accepted

    template <typename T>
    using Done = std::move_only_function<void(Result<T>)>;
    template <typename T>
    using Decide = std::move_only_function<Result<T>(Decision &)>;

    template <typename T>
    void commit(std::size_t bytes, Decide<T> decide, Done<T> done);
    void commit(std::unique_ptr<Change> change);

    /// Refuses further changes with Error::Stopping; returns when what was accepted is answered.
    void stop();

    [[nodiscard]] Status readOnly() const;  // the reason why writes are refused
    /// Whether the index has no room on its volume: writes are refused with Error::StorageFull until it has.
    [[nodiscard]] bool waitsForRoom() const { return m_waitsForRoom.load(std::memory_order_relaxed); }
    /// Data outside the log could not be made durable: nothing may be promised any more. Only Error::Io
    /// counts.
    void refuseWrites(const Error &reason);
    [[nodiscard]] const base::Histogram &syncTimes() const { return m_syncTimes; }
    [[nodiscard]] std::uint64_t commits() const { return m_commits.value(); }
    [[nodiscard]] std::uint64_t batches() const { return m_batches.value(); }

private:
    void run();
    using Batch = std::span<const std::unique_ptr<Change>>;
    void process(Batch batch);
    /// Decides and writes as many as make a batch; `decided` is how many.
    [[nodiscard]] Status write(Batch batch, std::size_t &decided);
    [[nodiscard]] Status applyWithoutRecord(std::unique_ptr<index::Transaction> transaction);
    [[nodiscard]] Status applyWaiting();
    void finishBatch();
    void mark();
    void setReadOnly(const Error &reason);

    const Parts m_parts;
    log::SegmentWriter m_writer;  // from here to the figures: committer thread alone
    Applier m_applier;
    std::uint64_t m_sequence;
    std::uint64_t m_lastTime = 0;             // of the last stamp
    Applier::Outcome m_outcome;               // of the batch that is being applied
    std::uint64_t m_batchBytes = 0;           // the same
    std::atomic<bool> m_waitsForRoom{false};  // the index had none for it yet; read by any thread

    base::Histogram m_syncTimes;
    base::Counter m_commits;
    base::Counter m_batches;

    mutable base::Mutex m_mutex;
    std::condition_variable m_wake;
    std::deque<std::unique_ptr<Change>> m_waiting GUARDED_BY(m_mutex);
    bool m_stopping GUARDED_BY(m_mutex) = false;
    Status m_readOnly GUARDED_BY(m_mutex);

    std::thread m_thread;  // last: starts when all else is ready
};

namespace detail {

template <typename T>
class DecidedChange final : public Change {
public:
    DecidedChange(std::size_t bytes, Committer::Decide<T> decide, Committer::Done<T> done)
        : Change(bytes),
          m_decide(std::move(decide)),
          m_done(std::move(done))
    {
    }
    bool decide(Decision &decision) override
    {
        m_result = m_decide(decision);
        return m_result.has_value();
    }
    void answer(const Status &failed) override
    {
        if (!failed)
            m_done(std::unexpected(failed.error()));
        else
            m_done(std::move(m_result));
    }

private:
    Committer::Decide<T> m_decide;
    Committer::Done<T> m_done;
    Result<T> m_result = std::unexpected(Error(Error::Internal, "the change was not decided"));
};

}  // namespace detail

template <typename T>
void Committer::commit(std::size_t bytes, Decide<T> decide, Done<T> done)
{
    commit(std::make_unique<detail::DecidedChange<T>>(bytes, std::move(decide), std::move(done)));
}

}  // namespace maxiofs::store
