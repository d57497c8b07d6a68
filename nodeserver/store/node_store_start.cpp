// SPDX-License-Identifier: GPL-3.0-or-later
// NodeStore's start: from a data directory in any state to an index that contains the whole log.
#include "store/node_store.h"

#include "base/log_line.h"
#include "store/housekeeper.h"

namespace maxiofs::store {

namespace {

constexpr std::size_t kReplayAtOnce = 1000;  // records a transaction
constexpr std::uint64_t kFlushAfterReplay = kFlushEveryLogBytes / 4;

// Applies records in transactions that end where a batch ends, so that the position kept with them is a place
// from which a replay can begin.
class ReplayWriter {
public:
    ReplayWriter(index::Index &index, blob::BlobStore &blobs, ChangeFeed &feed, const Clock &clock)
        : m_index(index),
          m_blobs(blobs),
          m_clock(clock),
          m_applier(feed)
    {
        begin();
    }

    Status add(const log::Record &record)
    {
        if (const auto known = record.fields.checkCritical(); !known)
            base::warningLine(
                "an object carries a field that this version does not know; it cannot be read here")
                .with("sequence", record.sequence)
                .with("reason", known.error().message);
        ++m_records;
        m_bytes += record.place.length;
        // Compaction's copies keep the sequence of their originals.
        const bool isCopy = record.sequence <= m_lastSequence;
        m_lastSequence = std::max(m_lastSequence, record.sequence);
        return m_applier.apply({record.type, record.sequence, record.stamp, &record.fields, record.place,
                                record.payloadOffset, record.payloadSize, &record.sealed, isCopy});
    }
    Status batchEnd(log::Log::Position end)
    {
        m_end = end;
        return m_records >= kReplayAtOnce ? flush() : Status();
    }
    Status flush()
    {
        if (m_end.segment == 0)
            return {};
        const std::vector<DeadBlob> dead = m_applier.finish().deadBlobs;
        m_transaction->setPosition({m_end.segment, m_end.offset, m_lastSequence});
        TRY_STATUS(m_index.apply(std::move(m_transaction)));
        m_total += m_records;
        // The log that is replayed is durable. Most of these were unlinked by an earlier run.
        for (const DeadBlob &blob : dead) {
            if (auto removed = m_blobs.remove(blob.blob); !removed)
                base::warningLine("a large-object file could not be removed")
                    .with("reason", removed.error().message);
        }
        begin();
        return {};
    }
    std::uint64_t total() const { return m_total; }
    std::uint64_t bytes() const { return m_bytes; }
    void raiseSequence(std::uint64_t sequence) { m_lastSequence = std::max(m_lastSequence, sequence); }

private:
    void begin()
    {
        m_transaction = m_index.begin();
        m_applier.begin(*m_transaction, m_clock.unixMs());
        m_records = 0;
    }

    index::Index &m_index;
    blob::BlobStore &m_blobs;
    const Clock &m_clock;
    std::unique_ptr<index::Transaction> m_transaction;
    Applier m_applier;
    log::Log::Position m_end;
    std::size_t m_records = 0;
    std::uint64_t m_total = 0;
    std::uint64_t m_bytes = 0;
    std::uint64_t m_lastSequence = 0;
};

std::string textOf(log::Log::Position position)
{
    return position.segment == 0
               ? "its beginning"
               : "byte " + std::to_string(position.offset) + " of " + log::segmentFileName(position.segment);
}

}  // namespace

Status NodeStore::start()
{
    m_startedMs = m_environment.clock.unixMs() - kCoarseClockMs;
    m_startedAt = std::chrono::steady_clock::now();
    frame::Keyring &keyring = m_directory.keyring();
    TRY_ASSIGN(m_log, log::Log::open(m_directory.fileSystem(), keyring, m_directory.logPath()));
    TRY_ASSIGN(m_blobs, blob::BlobStore::open(m_directory.fileSystem(), keyring, m_directory.blobPath()));
    TRY_STATUS(m_damage.load());
    TRY_STATUS(openIndex());
    TRY_STATUS(m_feed.load(*m_index));
    TRY_STATUS(replay());

    Committer::Parts parts{*m_log,
                           *m_index,
                           m_buckets,
                           m_feed,
                           m_space,
                           m_environment.clock,
                           m_options.node,
                           m_lastSequence,
                           m_environment.segmentBytes,
                           [this](std::vector<DeadBlob> blobs) { m_pins.release(std::move(blobs)); },
                           [this](std::uint64_t bytes) { m_housekeeper->noteLogGrowth(bytes); },
                           [this](const std::vector<BucketId> &buckets) { tellChanges(buckets); }};
    m_committer = std::make_unique<Committer>(std::move(parts));
    m_compactor = std::make_unique<Compactor>(
        Compactor::Parts{*m_log, *m_index, *m_committer, m_damage, m_space, m_environment.clock});
    m_housekeeper =
        std::make_unique<Housekeeper>(*m_blobs, *m_index, *m_committer, m_feed, m_environment.clock,
                                      m_options.backgroundWork ? m_compactor.get() : nullptr,
                                      m_options.backgroundWork ? &m_logEnd : nullptr);
    Scrubber::Parts scrub{
        *m_log,
        *m_index,
        *m_blobs,
        m_damage,
        m_environment.clock,
        [this] { sweep(); },
        [this](std::uint64_t segment, std::uint64_t bytes) { m_compactor->noteDroppable(segment, bytes); }};
    m_scrubber = std::make_unique<Scrubber>(std::move(scrub), m_options.scrubBytesPerSecond);
    m_housekeeper->start();
    if (m_options.backgroundWork)
        m_scrubber->start();
    return {};
}

index::Options NodeStore::indexOptions() const
{
    index::Options options;
    options.directory =
        m_environment.indexDirectory.empty() ? m_directory.indexPath() : m_environment.indexDirectory;
    options.memoryBytes = m_options.indexMemoryBytes;
    return options;
}

Status NodeStore::dropIndex(DataDirectory &directory)
{
    index::Options options;
    options.directory = directory.indexPath();
    return index::Index::destroy(options);
}

// An index that does not open is not worth mending: the log holds everything.
Status NodeStore::openIndex()
{
    const index::Options options = indexOptions();
    auto opened = index::Index::open(options);
    if (!opened && opened.error().code == Error::Corrupt) {
        base::warningLine("the index is damaged and is built anew from the log")
            .with("reason", opened.error().message);
        TRY_STATUS(index::Index::destroy(options));
        opened = index::Index::open(options);
    }
    if (!opened)
        return std::unexpected(std::move(opened).error());
    m_index = std::move(*opened);
    return {};
}

// How far the log was durable, as the index and the note of the last run tell. An index that is ahead of the
// log knows by name what the log has lost, so reading that is an error; where nobody knows it, nothing that
// is missing could be told from what never was.
Result<log::Log::Position> NodeStore::knownEnd()
{
    const index::LogPosition applied = m_index->appliedPosition();
    const log::Log::Position contained{applied.segment, applied.offset};
    TRY_ASSIGN(const log::Log::Position noted, m_logEnd.load());
    const log::Log::Position end = m_log->end();
    if (m_options.acceptLoss || noted.segment < end.segment)
        return contained;  // compaction may have removed what was the newest segment then
    if (noted > std::max(contained, end))
        return failure(Error::Corrupt,
                       "The log in " + m_directory.logPath() + " ends at " + textOf(end) +
                           ", but it went on to " + textOf(noted) +
                           ": acknowledged objects are missing. Put the files of log/ back from a backup; "
                           "without a backup, \"maxiofs rebuild-index\" gives up what is lost.",
                       m_directory.logPath());
    return std::max(contained, noted);
}

Status NodeStore::replay()
{
    const index::LogPosition from = m_index->appliedPosition();
    TRY_ASSIGN(const log::Log::Position synced, knownEnd());
    ReplayWriter writer(*m_index, *m_blobs, m_feed, m_environment.clock);
    writer.raiseSequence(from.sequence);
    TRY_ASSIGN(const log::Log::Replayed replayed,
               m_log->replay(
                   {from.segment, from.offset}, synced,
                   [&](const log::Record &record) { return writer.add(record); },
                   [&](log::Log::Position end) { return writer.batchEnd(end); }));
    m_lastSequence = std::max(from.sequence, replayed.lastSequence);
    writer.raiseSequence(m_lastSequence);
    TRY_STATUS(writer.flush());

    const bool lacksSegment = from.segment == 0 && m_damage.hasMissingSegment();
    for (const log::Damage &damage : replayed.damage)
        m_damage.add(DamageEntry::of(*m_log, damage));
    TRY_STATUS(forgetSegments());
    if ((!replayed.isComplete || lacksSegment) && !m_options.acceptLoss) {
        auto transaction = m_index->begin();
        transaction->setIncomplete();
        TRY_STATUS(m_index->apply(std::move(transaction)));
        TRY_STATUS(m_index->flush());
    }
    if (writer.total() != 0)
        base::infoLine("replayed the log").with("records", writer.total());
    // The next start need not do it again.
    if (writer.bytes() >= kFlushAfterReplay)
        TRY_STATUS(m_index->flush());
    return {};
}

// Rows of segments that are gone: what dies late is counted to a segment that compaction has unlinked.
Status NodeStore::forgetSegments()
{
    TRY_ASSIGN(const auto rows, m_index->segments());
    auto transaction = m_index->begin();
    for (const auto &[number, row] : rows) {
        if (m_log->hasSegment(number))
            continue;
        if (row.deadBytes < row.bytes)
            m_damage.add(DamageEntry::ofMissing(number));
        else
            transaction->eraseSegment(number);
    }
    return transaction->empty() ? Status() : m_index->apply(std::move(transaction));
}

}  // namespace maxiofs::store
