// SPDX-License-Identifier: GPL-3.0-or-later
#include "cluster/replication/source_world.h"

#include "base/log_line.h"
#include "cluster/replication/manifest_codec.h"
#include "cluster/replication/store_views.h"

#include <algorithm>

namespace maxiofs::cluster::replication {

namespace {

constexpr std::size_t kQueuePage = 1000;

using protocol::ReplicationQueueStatus;

rules::VersionName nameOf(const records::QueuedVersion &version)
{
    rules::VersionName name{version.objectKey, {}};
    if (const auto id = store::VersionId::parse(version.versionId))
        name.version = id->stamp;
    return name;
}

ReplicationQueueStatus statusOf(rules::FailingObject::Status status)
{
    switch (status) {
    case rules::FailingObject::Status::Pending: return ReplicationQueueStatus::Pending;
    case rules::FailingObject::Status::Sending: return ReplicationQueueStatus::Sending;
    case rules::FailingObject::Status::Failed: return ReplicationQueueStatus::Failed;
    }
    return ReplicationQueueStatus::Failed;
}

rules::FailingObject failingOf(const records::QueuedVersion &version)
{
    rules::FailingObject object;
    object.name = nameOf(version);
    // What was being sent when the node stopped is to be sent again.
    object.status = version.status == ReplicationQueueStatus::Failed ? rules::FailingObject::Status::Failed
                                                                     : rules::FailingObject::Status::Pending;
    object.attempts = static_cast<std::uint64_t>(version.attempts);
    object.nextMs = version.nextAttemptMs.value_or(0);
    object.sinceMs = version.createdMs;
    object.error = version.lastError.value_or(std::string());
    return object;
}

records::QueuedVersion rowOf(const records::ReplicationRule &rule, const rules::VersionName &name)
{
    records::QueuedVersion version;
    version.ruleId = rule.id;
    version.tenantId = rule.tenantId;
    version.sourceBucket = rule.sourceBucket;
    version.objectKey = name.key;
    version.versionId = name.version ? store::VersionId{name.version}.text() : std::string();
    version.destinationNode = rule.destinationNode;
    version.destinationBucket = rule.destinationBucket;
    version.priority = rule.options.priority;
    return version;
}

}  // namespace

template <typename T>
SourceWorld::Done<T> SourceWorld::onThread(Done<T> done)
{
    return [&thread = m_needs.thread, done = std::move(done)](Result<T> result) mutable {
        thread.post(
            [done = std::move(done), result = std::move(result)]() mutable { done(std::move(result)); });
    };
}

template <typename T, typename Job>
void SourceWorld::run(net::BlockingPool &pool, Done<T> done, Job job)
{
    pool.submit([job = std::move(job), done = onThread(std::move(done))]() mutable { done(job()); });
}

void SourceWorld::openFeed(const rules::ReplicationRule &rule, Done<rules::OpenedFeed> done)
{
    run(m_needs.pool, std::move(done),
        [&store = m_needs.store, bucket = rule.bucket, id = rule.id]() -> Result<rules::OpenedFeed> {
            rules::OpenedFeed opened;
            opened.isNew = !store.cursor(bucket, id);
            TRY_ASSIGN(opened.position, store.addConsumer(bucket, id));
            return opened;
        });
}

void SourceWorld::readFeed(const rules::ReplicationRule &rule, std::uint64_t after, std::size_t most,
                           Done<rules::FeedPage> done)
{
    run(m_needs.pool, std::move(done),
        [&store = m_needs.store, bucket = rule.bucket, id = rule.id, after,
         most]() -> Result<rules::FeedPage> {
            TRY_ASSIGN(const store::FeedPage page, store.changes(bucket, id, after, most));
            return feedPageOf(page);
        });
}

void SourceWorld::acknowledge(const rules::ReplicationRule &rule, std::uint64_t position)
{
    m_needs.pool.submit([&store = m_needs.store, bucket = rule.bucket, id = rule.id, position] {
        // A consumer that is not known any more is found by the next reading.
        [[maybe_unused]] const Status moved = store.acknowledge(bucket, id, position);
    });
}

void SourceWorld::readManifest(const rules::ReplicationRule &rule,
                               const std::optional<rules::VersionName> &after, std::size_t most,
                               Done<rules::ManifestPage> done)
{
    run(m_needs.pool, std::move(done), [this, rule, after, most]() -> Result<rules::ManifestPage> {
        TRY_ASSIGN(rules::ManifestPage page,
                   replication::readManifest(m_needs.store, rule.bucket, rule.prefix, after, most));
        page.whole = m_needs.isUndamaged();
        return page;
    });
}

rules::FeedLag SourceWorld::lag(const rules::ReplicationRule &rule) const
{
    const auto lag = m_needs.store.feedLag(rule.bucket, rule.id);
    return lag ? lagOf(*lag) : rules::FeedLag();
}

void SourceWorld::sendBatch(const rules::ReplicationRule &rule, rules::Batch batch,
                            Done<rules::BatchAnswer> done)
{
    if (rule.isReplica())
        owe(rule.id, batch.header.to);
    m_needs.sender.send(rule, std::move(batch), onThread(std::move(done)));
}

void SourceWorld::readTheirs(const rules::ReplicationRule &rule, const rules::BatchHeader &header,
                             const std::optional<rules::VersionName> &after, std::size_t most,
                             Done<rules::TheirManifest> done)
{
    const ManifestRequest request{header, rule.prefix, after,
                                  static_cast<std::uint32_t>(std::min(most, kMaxManifestEntries))};
    m_needs.calls.send(rule.destination, "replica-manifest", encodeManifestRequest(request), kManifestLimit,
                       [done = onThread(std::move(done))](const Result<std::string> &bytes) mutable {
                           if (bytes)
                               done(decodeManifest(asBytes(*bytes)));
                           else
                               done(failure(bytes.error()));
                       });
}

void SourceWorld::loadProgress(const rules::ReplicationRule &rule, Done<rules::RuleProgress> done)
{
    run(m_needs.keeper, std::move(done), [this, id = rule.id.uuid()]() -> Result<rules::RuleProgress> {
        TRY_ASSIGN(const records::ReplicationRuleNote note, m_needs.rules.note(id));
        return rules::RuleProgress{note.comparedUnder, note.compared};
    });
}

void SourceWorld::saveProgress(const rules::ReplicationRule &rule, const rules::RuleProgress &progress,
                               Finished done)
{
    const auto save = [this, id = rule.id.uuid(), progress]() -> Result<bool> {
        TRY_ASSIGN(records::ReplicationRuleNote note, m_needs.rules.note(id));
        note.comparedUnder = progress.epoch;
        note.compared = progress.compared;
        TRY_STATUS(m_needs.rules.writeNotes({{id, note}}));
        return true;
    };
    run(m_needs.keeper, Done<bool>([done = std::move(done)](Result<bool> saved) mutable {
            done(saved ? Status() : Status(failure(std::move(saved).error())));
        }),
        save);
}

void SourceWorld::loadQueue(const rules::ReplicationRule &rule, Done<std::vector<rules::FailingObject>> done)
{
    run(m_needs.keeper, std::move(done),
        [this, id = rule.id.uuid()]() -> Result<std::vector<rules::FailingObject>> {
            std::vector<rules::FailingObject> objects;
            std::string after;
            while (true) {
                TRY_ASSIGN(const auto page, m_needs.queue.page(id, after, kQueuePage));
                for (const records::QueuedVersion &version : page)
                    objects.push_back(failingOf(version));
                if (page.size() < kQueuePage)
                    return objects;
                after = page.back().id;
            }
        });
}

void SourceWorld::keepInQueue(const rules::ReplicationRule &rule, std::vector<rules::FailingObject> objects,
                              Finished done)
{
    const auto keep = [this, id = rule.id.uuid(), objects = std::move(objects)]() -> Result<bool> {
        TRY_ASSIGN(const records::ReplicationRulePtr record, m_needs.rules.find(id));
        std::vector<records::QueuedVersion> rows;
        for (const rules::FailingObject &object : objects) {
            records::QueuedVersion row = rowOf(*record, object.name);
            row.status = statusOf(object.status);
            row.attempts = static_cast<std::int64_t>(object.attempts);
            row.nextAttemptMs = object.nextMs;
            row.createdMs = object.sinceMs;
            row.lastError = object.error;
            rows.push_back(std::move(row));
        }
        TRY_STATUS(m_needs.queue.put(rows));
        return true;
    };
    run(m_needs.keeper, Done<bool>([done = std::move(done)](Result<bool> kept) mutable {
            done(kept ? Status() : Status(failure(std::move(kept).error())));
        }),
        keep);
}

void SourceWorld::dropFromQueue(const rules::ReplicationRule &rule, std::vector<rules::VersionName> names)
{
    m_needs.keeper.submit([this, id = rule.id.uuid(), names = std::move(names)] {
        const auto record = m_needs.rules.find(id);
        if (!record)
            return;
        std::vector<records::QueuedVersion> rows;
        for (const rules::VersionName &name : names)
            rows.push_back(rowOf(**record, name));
        // A row that stays is tried once more and then dropped again.
        [[maybe_unused]] const Status dropped = m_needs.queue.remove(rows);
    });
}

// People hear of it by the rule's state; the log tells what a machine thought.
void SourceWorld::tell(const rules::ReplicationRule &rule, rules::RuleEvent event, const std::string &text)
{
    if (event == rules::RuleEvent::CaughtUp && rule.isReplica() && m_needs.ownership != nullptr) {
        m_needs.ownership->caughtUp(rule.bucket, rule.id);
        owe(rule.id, 0);
    }
    if (!text.empty())
        base::debugLine("replication worker: " + text).with("rule", rule.id.uuid());
}

void SourceWorld::completed(const rules::ReplicationRule &rule, const records::Location &location,
                            std::uint64_t position)
{
    if (!rule.isReplica() || m_needs.ownership == nullptr)
        return;
    const auto untold = m_untold.find(rule.id);
    if (untold == m_untold.end())
        return;
    m_needs.ownership->completed(rule.bucket, rule.destination, location.epoch, position);
    if (position >= untold->second)
        m_untold.erase(untold);
}

void SourceWorld::tellProgress(const Id128 &rule)
{
    owe(rule, m_needs.store.position());
}

void SourceWorld::owe(const Id128 &rule, std::uint64_t position)
{
    std::uint64_t &upTo = m_untold[rule];
    upTo = std::max(upTo, position);
}

void SourceWorld::superseded(const rules::ReplicationRule &rule, const records::Location &location)
{
    base::infoLine("replication worker: A rule's destination knows of a newer owner of the bucket: nothing "
                   "more is sent by it")
        .with("rule", rule.id.uuid())
        .with("owner", location.owner.uuid());
}

}  // namespace maxiofs::cluster::replication
