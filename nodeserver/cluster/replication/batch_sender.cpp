// SPDX-License-Identifier: GPL-3.0-or-later
#include "cluster/replication/batch_sender.h"

#include "base/log_line.h"
#include "cluster/replication/batch_codec.h"
#include "cluster/replication/state_reader.h"

namespace maxiofs::cluster::replication {

namespace {

constexpr std::string_view kApplyRoute = "replica-apply";
constexpr std::int64_t kMsPerSecond = 1000;

// A part of a batch that fits a message, and where its entries stand in the batch.
struct Message {
    StateBatch batch;
    std::vector<std::size_t> places;
    std::size_t bytes = 0;
    std::uint64_t offered = 0;  // that the destination fetches
};

std::uint64_t dataOf(const EntryState &state)
{
    if (const auto *const sent = std::get_if<SentVersion>(&state))
        return sent->data.size();
    return 0;
}

std::uint64_t offeredBy(const EntryState &state)
{
    const auto *const offer = std::get_if<OfferedVersion>(&state);
    return offer == nullptr ? 0 : offer->header.size;
}

Error silent(const NodeId &node)
{
    return {Error::Closed, "The node does not answer.", node.uuid()};
}

}  // namespace

// A batch from its turn to its answer.
struct BatchSender::Flight {
    rules::ReplicationRule rule;
    rules::Batch batch;

    base::Mutex mutex;
    SendWorkers::Lease lease GUARDED_BY(mutex);
    Done done GUARDED_BY(mutex);
    rules::BatchAnswer answer GUARDED_BY(mutex);
    std::size_t left GUARDED_BY(mutex) = 0;  // messages without an answer

    void finish(Result<rules::BatchAnswer> result)
    {
        Done call;
        SendWorkers::Lease ended;
        {
            const base::MutexLock lock(mutex);
            call = std::exchange(done, nullptr);
            ended = std::exchange(lease, nullptr);
        }
        ended.reset();
        if (call)
            call(std::move(result));
    }
    /// False where nobody waits for it any more.
    bool begin(SendWorkers::Lease given)
    {
        const base::MutexLock lock(mutex);
        if (!done)
            return false;
        lease = std::move(given);
        return true;
    }
    void arrived(const std::vector<std::size_t> &places, const Result<std::string> &bytes)
    {
        if (!bytes)
            return finish(failure(bytes.error()));
        auto part = decodeAnswer(asBytes(*bytes), places.size());
        if (!part || part->verdict != rules::Verdict::Taken)
            return finish(std::move(part));
        {
            const base::MutexLock lock(mutex);
            for (std::size_t i = 0; i < places.size(); ++i)
                answer.entries[places[i]] = std::move(part->entries[i]);
            if (--left > 0)
                return;
            part->entries = std::move(answer.entries);
        }
        finish(std::move(part));
    }
};

void BatchSender::send(const rules::ReplicationRule &rule, rules::Batch batch, Done done)
{
    if (m_needs.isSilent(rule.destination))
        return done(failure(silent(rule.destination)));
    const auto flight = std::make_shared<Flight>();
    flight->rule = rule;
    flight->batch = std::move(batch);
    {
        const base::MutexLock lock(flight->mutex);
        flight->done = std::move(done);
    }
    {
        const base::MutexLock lock(m_mutex);
        m_flights.emplace(++m_lastFlight, flight);
    }
    m_needs.workers.submit(rule.priority, [this, flight](SendWorkers::Lease lease) {
        if (flight->begin(std::move(lease)))
            run(flight);
    });
}

void BatchSender::tellLog(const rules::ReplicationRule &rule, const std::string &key) const
{
    if (base::logLevel() != base::LogLevel::Debug)
        return;
    base::debugLine("Replication Worker: Replicating object " + m_needs.bucketName(rule.bucket) + '/' + key +
                    " to node " + rule.destination.uuid());
}

void BatchSender::run(const std::shared_ptr<Flight> &flight)
{
    const ReadRules rules{flight->rule.bucket, flight->rule.destinationBucket, flight->rule.deletes,
                          flight->rule.metadata};
    const std::vector<rules::BatchEntry> &entries = flight->batch.entries;
    std::vector<rules::EntryAnswer> answers(entries.size());
    std::vector<Message> messages;
    for (std::size_t i = 0; i < entries.size(); ++i) {
        ReadState read = readState(m_needs.store, rules, entries[i]);
        if (auto *const answer = std::get_if<rules::EntryAnswer>(&read)) {
            answers[i] = std::move(*answer);
            continue;
        }
        tellLog(flight->rule, entries[i].name.key);
        auto &state = std::get<EntryState>(read);
        const std::size_t bytes = static_cast<std::size_t>(dataOf(state));
        if (messages.empty() || messages.back().places.size() == kMaxBatchEntries ||
            messages.back().bytes + bytes > kMessageBytes) {
            messages.emplace_back();
            messages.back().batch.header = flight->batch.header;
        }
        Message &message = messages.back();
        message.bytes += bytes;
        message.offered += offeredBy(state);
        message.places.push_back(i);
        message.batch.states.push_back(std::move(state));
    }
    // Only the last one may say how far the destination gets by them.
    for (std::size_t i = 0; i + 1 < messages.size(); ++i)
        messages[i].batch.header.to = 0;
    if (messages.empty()) {
        rules::BatchAnswer answer;
        answer.entries = std::move(answers);
        return flight->finish(std::move(answer));
    }
    {
        const base::MutexLock lock(flight->mutex);
        flight->answer.entries = std::move(answers);
        flight->left = messages.size();
    }
    for (Message &message : messages) {
        const auto fetching = std::chrono::milliseconds(static_cast<std::int64_t>(message.offered) *
                                                        kMsPerSecond / static_cast<std::int64_t>(kSlowest));
        std::string bytes = encodeBatch(message.batch);
        message.batch.states.clear();
        m_needs.calls.send(flight->rule.destination, kApplyRoute, std::move(bytes), kLimit + fetching,
                           [flight, places = std::move(message.places)](const Result<std::string> &answer) {
                               flight->arrived(places, answer);
                           });
    }
}

void BatchSender::giveUpSilent()
{
    std::vector<std::shared_ptr<Flight>> flights;
    {
        const base::MutexLock lock(m_mutex);
        std::erase_if(m_flights, [](const auto &known) { return known.second.expired(); });
        for (const auto &[number, weak] : m_flights) {
            if (auto flight = weak.lock())
                flights.push_back(std::move(flight));
        }
    }
    for (const auto &flight : flights) {
        if (m_needs.isSilent(flight->rule.destination))
            flight->finish(failure(silent(flight->rule.destination)));
    }
}

std::set<rules::VersionName> BatchSender::inFlight(const Id128 &rule) const
{
    std::set<rules::VersionName> names;
    const base::MutexLock lock(m_mutex);
    for (const auto &[number, weak] : m_flights) {
        const auto flight = weak.lock();
        if (flight == nullptr || flight->rule.id != rule)
            continue;
        for (const rules::BatchEntry &entry : flight->batch.entries)
            names.insert(entry.name);
    }
    return names;
}

}  // namespace maxiofs::cluster::replication
