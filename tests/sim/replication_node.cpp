// SPDX-License-Identifier: GPL-3.0-or-later
#include "replication_node.h"

#include "replication_model.h"

#include <algorithm>

namespace maxiofs::sim {

using namespace cluster::rules;
using Kind = ManifestEntry::Kind;

namespace {

constexpr std::int64_t kCallMs = 5000;      // for an answer of the destination
constexpr std::int64_t kHandOverMs = 1000;  // until it is tried again

template <typename T>
Word wordOf(T value)
{
    return std::make_shared<const T>(std::move(value));
}

template <typename T, typename Done>
Said takenBy(Done done)
{
    return [done = std::move(done)](Result<Word> word) mutable {
        if (word)
            done(T(*static_cast<const T *>(word->get())));
        else
            done(failure(std::move(word.error())));
    };
}

}  // namespace

ReplicationNode::ReplicationNode(ReplicationModel &model, Simulator &simulator, std::size_t node,
                                 World &world)
    : m_model(model),
      m_simulator(simulator),
      m_node(node),
      m_world(world),
      m_disk(model.disk(node)),
      store(simulator, node, m_disk, model.rules()),
      m_receiver(*this)
{
    m_world.after(0, [this] { begin(); });
}

void ReplicationNode::begin()
{
    for (const auto &[bucket, location] : m_disk.locations) {
        startRules(bucket);
        handOver(bucket);
    }
}

void ReplicationNode::handle(const Caller & /*from*/, Request /*request*/, Reply reply)
{
    reply(failure(Error::Unsupported, "objects only"));
}

// --- Ownership

bool ReplicationNode::owns(const BucketId &bucket) const
{
    const auto found = m_disk.locations.find(bucket);
    return found != m_disk.locations.end() && found->second.owner == m_model.id(m_node);
}

void ReplicationNode::startRules(const BucketId &bucket)
{
    if (!owns(bucket))
        return;
    for (ReplicationRule &rule : m_model.rulesOf(bucket, m_node)) {
        auto &sender = m_senders[rule.id];
        sender = std::make_unique<RuleSender>(*this, std::move(rule), m_disk.locations.at(bucket));
        sender->start();
    }
}

std::vector<RuleSender *> ReplicationNode::sendersOf(const BucketId &bucket) const
{
    std::vector<RuleSender *> senders;
    for (const auto &[id, sender] : m_senders)
        if (sender->rule().bucket == bucket)
            senders.push_back(sender.get());
    return senders;
}

void ReplicationNode::changed(const BucketId &bucket)
{
    for (RuleSender *sender : sendersOf(bucket))
        sender->changed();
}

void ReplicationNode::setLocation(const BucketId &bucket, const records::Location &location)
{
    if (location.epoch <= m_disk.locations.at(bucket).epoch)
        return;
    m_simulator.durably(m_node, [&] { m_disk.locations[bucket] = location; });
    std::erase_if(m_senders, [&](const auto &sender) { return sender.second->rule().bucket == bucket; });
    if (owns(bucket)) {
        m_simulator.durably(m_node, [&] { m_disk.buckets[bucket].inLineWith = location.epoch; });
        startRules(bucket);
    }
    m_world.after(kHandOverMs, [this, bucket] { handOver(bucket); });
}

// What the takeover's machine does step by step is one step here: the owner takes all that this node has.
void ReplicationNode::handOver(const BucketId &bucket)
{
    const records::Location &location = m_disk.locations.at(bucket);
    BucketDisk &own = m_disk.buckets[bucket];
    const std::size_t owner = m_model.indexOf(location.owner);
    if (owner == m_node || own.inLineWith == location.epoch)
        return;
    bool isTaken = false;
    if (m_simulator.isUp(owner) && m_simulator.isLinked(m_node, owner) && m_simulator.isLinked(owner, m_node))
        m_simulator.runOn(owner, [&] {
            ReplicationNode &there = *ReplicationModel::nodeOf(m_simulator, owner);
            if (there.location(bucket).epoch != location.epoch || !there.owns(bucket))
                return;
            for (const auto &[name, state] : own.states)
                there.store.write(bucket, state, FeedEntry::Change::Put);
            there.changed(bucket);
            isTaken = true;
        });
    if (isTaken)
        m_simulator.durably(m_node, [&] { own.inLineWith = location.epoch; });
    else
        m_world.after(kHandOverMs, [this, bucket] { handOver(bucket); });
}

void ReplicationNode::superseded(const ReplicationRule &rule, const records::Location &location)
{
    // The rule is still running.
    m_world.after(0, [this, bucket = rule.bucket, location] { setLocation(bucket, location); });
}

// --- The source

void ReplicationNode::openFeed(const ReplicationRule &rule, Done<OpenedFeed> done)
{
    soon([this, bucket = rule.bucket, id = rule.id, done = std::move(done)]() mutable {
        done(store.openFeed(bucket, id));
    });
}

void ReplicationNode::readFeed(const ReplicationRule &rule, std::uint64_t after, std::size_t most,
                               Done<FeedPage> done)
{
    auto page = store.readFeed(rule.bucket, rule.id, after, std::min(most, m_model.setup().page));
    soon([page = std::move(page), done = std::move(done)]() mutable { done(std::move(page)); });
}

void ReplicationNode::acknowledge(const ReplicationRule &rule, std::uint64_t position)
{
    m_model.mustHavePassed(m_simulator, m_node, rule, position);
    store.acknowledge(rule.bucket, rule.id, position);
}

void ReplicationNode::readManifest(const ReplicationRule &rule, const std::optional<VersionName> &after,
                                   std::size_t most, Done<ManifestPage> done)
{
    auto page = store.manifest(rule.bucket, rule.prefix, after, std::min(most, m_model.setup().page));
    page.whole = m_model.rules().showsExtras();
    soon([page = std::move(page), done = std::move(done)]() mutable { done(std::move(page)); });
}

FeedLag ReplicationNode::lag(const ReplicationRule &rule) const
{
    FeedLag lag;
    if (const auto found = m_disk.buckets.find(rule.bucket); found != m_disk.buckets.end())
        if (const auto consumer = found->second.consumers.find(rule.id);
            consumer != found->second.consumers.end())
            lag.objects = static_cast<std::uint64_t>(std::distance(
                found->second.feed.upper_bound(consumer->second.cursor), found->second.feed.end()));
    return lag;
}

void ReplicationNode::sendBatch(const ReplicationRule &rule, Batch batch, Done<BatchAnswer> done)
{
    if (!m_model.rules().awaitsAnswers()) {
        BatchAnswer answer;
        answer.entries.resize(batch.entries.size());
        soon([answer, done = std::move(done)]() mutable { done(answer); });
        done = [](const Result<BatchAnswer> &) {};
    }
    soon([this, rule, batch = std::move(batch), done = std::move(done)]() mutable {
        send(rule, std::move(batch), std::move(done));
    });
}

void ReplicationNode::send(const ReplicationRule &rule, Batch batch, Done<BatchAnswer> done)
{
    auto parcel = std::make_shared<Parcel>();
    parcel->header = batch.header;
    std::vector<EntryAnswer> answers(batch.entries.size());
    std::vector<std::size_t> sent;
    for (std::size_t i = 0; i < batch.entries.size(); ++i) {
        const BatchEntry &entry = batch.entries[i];
        Parcel::Item item{entry, {{entry.name, Kind::Tombstone, entry.stamp, entry.stamp, 0, {}}, {}}};
        if (entry.what != BatchEntry::What::Removal) {
            const ObjectState *state = m_disk.buckets[rule.bucket].find(entry.name);
            if (state == nullptr || std::ranges::count(state->through, rule.destinationBucket) > 0 ||
                (state->entry.kind == Kind::Tombstone && !m_model.rules().sendsRemovals())) {
                answers[i].outcome = EntryAnswer::Outcome::Gone;
                continue;
            }
            if (state->entry.kind == Kind::Version && m_model.isDamaged(m_node, entry.name)) {
                answers[i] = {EntryAnswer::Outcome::Failed, Error(Error::Corrupt, "it is damaged"), 0};
                continue;
            }
            item.state = *state;
        }
        parcel->items.push_back(std::move(item));
        sent.push_back(i);
    }
    auto merge = [answers = std::move(answers), sent = std::move(sent),
                  done = std::move(done)](Result<BatchAnswer> answer) mutable {
        if (answer && answer->verdict == Verdict::Taken) {
            for (std::size_t i = 0; i < sent.size(); ++i)
                answers[sent[i]] = answer->entries[i];
            answer->entries = std::move(answers);
        }
        done(std::move(answer));
    };
    m_simulator.carry(
        m_node, m_model.indexOf(rule.destination), kCallMs,
        [parcel](Program &there, Said reply) {
            static_cast<ReplicationNode &>(there).onBatch(parcel, std::move(reply));
        },
        takenBy<BatchAnswer>(std::move(merge)));
}

void ReplicationNode::readTheirs(const ReplicationRule &rule, const BatchHeader &header,
                                 const std::optional<VersionName> &after, std::size_t most,
                                 Done<TheirManifest> done)
{
    m_simulator.carry(
        m_node, m_model.indexOf(rule.destination), kCallMs,
        [header, after, most = std::min(most, m_model.setup().page)](Program &there, Said reply) {
            static_cast<ReplicationNode &>(there).onManifest(header, after, most, std::move(reply));
        },
        takenBy<TheirManifest>(std::move(done)));
}

void ReplicationNode::loadProgress(const ReplicationRule &rule, Done<RuleProgress> done)
{
    soon([this, id = rule.id, bucket = rule.bucket, done = std::move(done)]() mutable {
        done(m_model.rules().comparesFirst() ? m_disk.progress[id]
                                             : RuleProgress{m_disk.locations[bucket].epoch, true});
    });
}

void ReplicationNode::saveProgress(const ReplicationRule &rule, const RuleProgress &progress, Finished done)
{
    soon([this, id = rule.id, progress, done = std::move(done)]() mutable {
        m_simulator.durably(m_node, [&] { m_disk.progress[id] = progress; });
        done({});
    });
}

void ReplicationNode::loadQueue(const ReplicationRule &rule, Done<std::vector<FailingObject>> done)
{
    soon([this, id = rule.id, done = std::move(done)]() mutable {
        std::vector<FailingObject> objects;
        for (const auto &[name, object] : m_disk.queues[id])
            objects.push_back(object);
        done(std::move(objects));
    });
}

void ReplicationNode::keepInQueue(const ReplicationRule &rule, std::vector<FailingObject> objects,
                                  Finished done)
{
    soon([this, id = rule.id, objects = std::move(objects), done = std::move(done)]() mutable {
        m_simulator.durably(m_node, [&] {
            if (m_model.rules().keepsQueue())
                for (FailingObject &object : objects)
                    m_disk.queues[id].insert_or_assign(object.name, object);
        });
        done({});
    });
}

void ReplicationNode::dropFromQueue(const ReplicationRule &rule, std::vector<VersionName> names)
{
    for (const VersionName &name : names)
        m_disk.queues[rule.id].erase(name);
}

// --- The destination

void ReplicationNode::onBatch(const std::shared_ptr<const Parcel> &parcel, Said reply)
{
    m_receiver.onBatch(
        parcel->header,
        [this, parcel](Applied done) {
            m_world.after(1, [this, parcel, done = std::move(done)]() mutable {
                std::vector<EntryAnswer> answers;
                for (const Parcel::Item &item : parcel->items)
                    answers.push_back(apply(parcel->header, item));
                changed(parcel->header.destinationBucket);
                done(std::move(answers));
            });
        },
        [reply = std::move(reply)](Result<BatchAnswer> answer) mutable {
            if (answer)
                reply(wordOf(std::move(*answer)));
            else
                reply(failure(std::move(answer.error())));
        });
}

EntryAnswer ReplicationNode::apply(const BatchHeader &header, const Parcel::Item &item)
{
    ObjectState state = item.state;
    BucketDisk &bucket = m_disk.buckets[header.destinationBucket];
    if (item.entry.position != 0 && m_model.birthplace(state.entry) == header.destinationBucket &&
        header.bucket != header.destinationBucket)
        m_simulator.broken("a change came back to the bucket in which it was made");
    if (header.bucket != header.destinationBucket && m_model.rules().carriesOrigins())
        state.through.push_back(header.bucket);
    const ObjectState *stored = bucket.find(state.entry.name);
    if (item.entry.what == BatchEntry::What::Repair && stored != nullptr &&
        compareStates(state.entry, stored->entry) == 0) {
        m_simulator.durably(m_node, [&] { bucket.states[state.entry.name] = state; });
        return {};
    }
    const auto change =
        state.entry.kind == Kind::Tombstone ? FeedEntry::Change::Removal : FeedEntry::Change::Put;
    const bool isApplied = m_model.rules().writesThrough()
                               ? store.write(header.destinationBucket, std::move(state), change)
                               : store.writeLater(header.destinationBucket, std::move(state), change);
    return {isApplied ? EntryAnswer::Outcome::Applied : EntryAnswer::Outcome::Older, {}, 0};
}

void ReplicationNode::onManifest(const BatchHeader &header, const std::optional<VersionName> &after,
                                 std::size_t most, Said reply)
{
    TheirManifest theirs = m_receiver.onManifest(header);
    if (theirs.verdict == Verdict::Taken)
        theirs.page = store.manifest(header.destinationBucket, {}, after, most);
    reply(wordOf(std::move(theirs)));
}

records::Location ReplicationNode::location(const BucketId &bucket) const
{
    return m_model.rules().checksEpochs() ? m_disk.locations.at(bucket) : records::Location();
}

void ReplicationNode::learn(const BucketId &bucket, const records::Location &location)
{
    setLocation(bucket, location);
}

std::string ReplicationNode::whyNotReady(const BatchHeader &header) const
{
    if (header.bucket != header.destinationBucket || !m_model.rules().handsOverFirst() ||
        !m_model.rules().checksEpochs())
        return {};
    return m_disk.buckets.at(header.bucket).inLineWith == m_disk.locations.at(header.bucket).epoch
               ? ""
               : "it has not handed over yet";
}

void ReplicationNode::note(const BatchHeader &header)
{
    m_model.mustBeComplete(m_simulator, m_node, header);
}

}  // namespace maxiofs::sim
