// SPDX-License-Identifier: GPL-3.0-or-later
#include "replication_model.h"

#include <algorithm>
#include <array>

namespace maxiofs::sim {

using namespace cluster::rules;
using Kind = ManifestEntry::Kind;

namespace {

constexpr std::int64_t kVerifyMs = 45'000;  // after everything healed
constexpr std::int64_t kVerifyAgainMs = 5'000;
constexpr std::int64_t kStartMs = 100;  // in which rules have read what is durable of them
constexpr std::uint64_t kKeys = 4;
constexpr std::uint64_t kMostBytes = 6ULL << 20;

bool isNotOlder(const ManifestEntry &state, const ManifestEntry &than)
{
    return compareStates(state, than) >= 0;
}

std::string nameOf(const VersionName &name)
{
    return name.key + (name.version ? " version " + std::to_string(name.version->time) : "");
}

std::string nameOf(std::size_t node)
{
    return "node " + std::to_string(node);
}

}  // namespace

ReplicationModel::ReplicationModel(const History &history, const ReplicationRules &rules, Setup setup)
    : m_rules(rules),
      m_setup(setup),
      m_disks(history.nodes)
{
    Random random(mix(history.seed, 21));
    for (std::size_t i = 0; i < history.nodes; ++i)
        m_ids.push_back(random.id());
    m_buckets.push_back(random.id());
    if (m_setup.copies)
        m_buckets.push_back(random.id());
    for (std::size_t i = 0; i < m_buckets.size(); ++i) {
        const records::Location location{m_ids[i], {1, m_ids[i]}, false};
        for (ReplicaDisk &disk : m_disks) {
            disk.locations[m_buckets[i]] = location;
            disk.buckets[m_buckets[i]].inLineWith = location.epoch;
        }
    }
}

std::size_t ReplicationModel::indexOf(const NodeId &id) const
{
    return static_cast<std::size_t>(std::ranges::find(m_ids, id) - m_ids.begin());
}

std::vector<ReplicationRule> ReplicationModel::rulesOf(const BucketId &bucket, std::size_t owner) const
{
    std::vector<ReplicationRule> rules;
    for (std::size_t node = 0; node < m_ids.size(); ++node) {
        if (node == owner || (m_setup.copies && node > 1))
            continue;
        ReplicationRule rule;
        Random ids(mix(std::min(node, owner), std::max(node, owner) + (m_setup.copies ? owner * 100 : 0)));
        rule.id = ids.id();
        rule.bucket = bucket;
        rule.destination = m_ids[node];
        rule.destinationBucket = m_setup.copies ? m_buckets[node] : bucket;
        rule.intervalMs = m_setup.intervalMs;
        rule.policy = m_setup.policy;
        rules.push_back(rule);
    }
    return rules;
}

ReplicationNode *ReplicationModel::nodeOf(const Simulator &simulator, std::size_t node)
{
    return static_cast<ReplicationNode *>(simulator.program(node));
}

std::unique_ptr<Program> ReplicationModel::start(Simulator &simulator, std::size_t node, World &world)
{
    return std::make_unique<ReplicationNode>(*this, simulator, node, world);
}

// --- What people and fate do

void ReplicationModel::act(Simulator &simulator, const Step &step)
{
    const std::size_t node = step.node % m_ids.size();
    const BucketId &bucket = m_buckets[node % m_buckets.size()];
    simulator.runOn(node, [&] {
        ReplicationNode &here = *nodeOf(simulator, node);
        const auto everyRule = [&](auto call) {
            for (RuleSender *sender : here.sendersOf(bucket))
                (sender->*call)();
        };
        const auto &states = m_disks[node].buckets[bucket].states;
        const auto some =
            states.empty() ? states.end()
                           : std::next(states.begin(), static_cast<std::ptrdiff_t>(step.a % states.size()));
        switch (step.what) {
        case Pause: everyRule(&RuleSender::pause); break;
        case Resume: everyRule(&RuleSender::resume); break;
        case SyncNow: everyRule(&RuleSender::syncNow); break;
        case Trim: here.store.trim(bucket); break;
        case Rebuild:
            // Nodes do that before they serve, so never between two steps of a rule's start.
            if (simulator.nowMs() - simulator.changedMs(node, node) > kStartMs)
                here.store.rebuildIndex(bucket);
            break;
        case Flush: here.store.flush(); break;
        case Damage:
            // Whatever is written of it from now on.
            m_damaged.insert({node, {"k" + std::to_string(step.a % kKeys), {}}});
            break;
        case Mend: m_damaged.clear(); break;
        case Rot:
            if (some != states.end() && !here.owns(bucket))
                here.store.rot(bucket, VersionName(some->first));
            break;
        case TakeOver: takeOver(simulator, node); break;
        default: change(simulator, step, bucket);
        }
    });
}

void ReplicationModel::change(Simulator &simulator, const Step &step, const BucketId &bucket)
{
    const std::size_t node = step.node % m_ids.size();
    ReplicationNode &here = *nodeOf(simulator, node);
    if (!here.owns(bucket))
        return;
    const auto &states = m_disks[node].buckets[bucket].states;
    Random random(mix(step.a, step.b));
    ObjectState state;
    state.entry.name.key = "k" + std::to_string(step.a % kKeys);
    auto what = FeedEntry::Change::Put;
    if (step.what == Remove || step.what == Metadata) {
        if (states.empty())
            return;
        state = std::next(states.begin(), static_cast<std::ptrdiff_t>(step.b % states.size()))->second;
        if (state.entry.kind == Kind::Tombstone)
            return;
        state.through.clear();
    }
    const Stamp stamp = here.store.nextStamp(bucket, state.entry.name.key, m_ids[node]);
    if (step.what == Metadata) {
        what = FeedEntry::Change::Metadata;
        state.entry.headerStamp = stamp;
    } else {
        state.entry.stamp = stamp;
        state.entry.headerStamp = stamp;
        state.entry.size = random.below(kMostBytes);
        state.entry.contentHash = random.id();
        if (step.what == PutVersion)
            state.entry.name.version = stamp;
        if (step.what == Remove) {
            what = FeedEntry::Change::Removal;
            state.entry.kind = Kind::Tombstone;
        }
    }
    commit(simulator, node, bucket, std::move(state), what);
}

void ReplicationModel::commit(Simulator &simulator, std::size_t node, const BucketId &bucket,
                              ObjectState state, FeedEntry::Change what)
{
    const auto made =
        std::make_shared<Change>(Change{bucket, node, simulator.nowMs(), 0, state.entry, false});
    m_changes.push_back(made);
    ReplicationNode &here = *nodeOf(simulator, node);
    here.store.write(bucket, std::move(state), what);
    made->position = m_disks[node].sequence;
    here.changed(bucket);
    const auto waiting = std::make_shared<std::size_t>(1);
    const auto oneMore = [made, waiting] { made->acknowledged = --*waiting == 0; };
    for (RuleSender *sender : here.sendersOf(bucket)) {
        if (!sender->rule().isSynchronous() || !m_rules.awaitsDestination()) {
            if (sender->rule().isSynchronous())
                confirmed(simulator, *made, *sender);
            continue;
        }
        ++*waiting;
        sender->waitFor(made->position, [this, &simulator, made, sender, oneMore](const Status &status) {
            if (!status)
                return;
            confirmed(simulator, *made, *sender);
            oneMore();
        });
    }
    oneMore();
}

void ReplicationModel::confirmed(Simulator &simulator, const Change &change, const RuleSender &sender)
{
    if (m_rules.tellsDegraded() && sender.status().degraded)
        return;
    const std::size_t there = indexOf(sender.rule().destination);
    if (!has(there, change.bucket, change.state))
        simulator.broken("a synchronous write of " + nameOf(change.state.name) +
                         " was acknowledged and is not on " + nameOf(there));
    const auto taken = m_tookOverMs.find(there);
    if (taken != m_tookOverMs.end() && taken->second < change.begunMs &&
        m_disks[there].locations.at(change.bucket).owner == m_ids[there])
        simulator.broken("a former owner acknowledged a write of " + nameOf(change.state.name));
}

void ReplicationModel::takeOver(Simulator &simulator, std::size_t node)
{
    if (m_setup.copies)
        return;
    const BucketId &bucket = m_buckets.front();
    const records::Location &known = m_disks[node].locations.at(bucket);
    if (known.owner == m_ids[node])
        return;
    // What it takes over with must have reached it: then it has handed over before.
    if (m_disks[node].buckets[bucket].inLineWith != known.epoch)
        return;
    m_tookOverMs[node] = simulator.nowMs();
    nodeOf(simulator, node)->setLocation(bucket, {m_ids[node], {known.epoch.number + 1, m_ids[node]}, false});
}

// --- Healing

void ReplicationModel::healed(Simulator &simulator)
{
    m_damaged.clear();
    for (std::size_t node = 0; node < m_ids.size(); ++node)
        for (const std::int64_t at : {std::int64_t{100}, kVerifyMs / 2, kVerifyMs})
            simulator.at(at, [this, &simulator, node, at] {
                simulator.runOn(node, [&] {
                    for (const BucketId &bucket : m_buckets)
                        for (RuleSender *sender : nodeOf(simulator, node)->sendersOf(bucket)) {
                            sender->resume();
                            sender->syncNow();
                        }
                });
                if (at == kVerifyMs)
                    verifyAll(simulator, node);
            });
}

void ReplicationModel::verifyAll(Simulator &simulator, std::size_t node)
{
    simulator.runOn(node, [&] {
        for (const BucketId &bucket : m_buckets)
            for (RuleSender *sender : nodeOf(simulator, node)->sendersOf(bucket))
                sender->verify([this, &simulator, node](const Result<ComparisonCounts> &counts) {
                    if (!counts)
                        simulator.at(kVerifyAgainMs,
                                     [this, &simulator, node] { verifyAll(simulator, node); });
                });
    });
}

// --- Promises

bool ReplicationModel::has(std::size_t node, const BucketId &bucket, const ManifestEntry &state) const
{
    const auto found = m_disks[node].buckets.find(bucket);
    const ObjectState *there =
        found != m_disks[node].buckets.end() ? found->second.find(state.name) : nullptr;
    return there != nullptr ? isNotOlder(there->entry, state) : state.kind == Kind::Tombstone;
}

bool ReplicationModel::wasRemoved(const ManifestEntry &state) const
{
    return std::ranges::any_of(m_changes, [&](const ChangePtr &other) {
        return other->state.kind == Kind::Tombstone && other->state.name == state.name &&
               isNotOlder(other->state, state);
    });
}

std::optional<BucketId> ReplicationModel::birthplace(const ManifestEntry &state) const
{
    for (const ChangePtr &change : m_changes)
        if (change->state.name == state.name && compareStates(change->state, state) == 0)
            return change->bucket;
    return std::nullopt;
}

void ReplicationModel::mustHavePassed(Simulator &simulator, std::size_t node, const ReplicationRule &rule,
                                      std::uint64_t position)
{
    const ReplicaDisk &disk = m_disks[node];
    const BucketDisk &bucket = disk.buckets.at(rule.bucket);
    const std::size_t there = indexOf(rule.destination);
    const auto queue = disk.queues.find(rule.id);
    for (const auto &[at, row] : bucket.feed) {
        if (at > position || birthplace(row.state) == rule.destinationBucket)
            continue;
        const bool isQueued = queue != disk.queues.end() && queue->second.contains(row.entry.name);
        if (!isQueued && !has(there, rule.destinationBucket, row.state) && !m_setup.copies)
            simulator.broken("the cursor of " + nameOf(node) + " passed " + nameOf(row.entry.name) +
                             ", which is neither on " + nameOf(there) + " nor in the queue");
    }
}

void ReplicationModel::mustBeComplete(Simulator &simulator, std::size_t node, const BatchHeader &header)
{
    const std::size_t owner = indexOf(header.location.owner);
    for (const ChangePtr &change : m_changes)
        if (change->node == owner && change->bucket == header.bucket && change->position != 0 &&
            change->position <= header.complete && !has(node, header.destinationBucket, change->state) &&
            !wasRemoved(change->state))
            simulator.broken(nameOf(node) + " is said to be complete and lacks " +
                             nameOf(change->state.name));
}

std::size_t ReplicationModel::ownerOf(const BucketId &bucket) const
{
    records::Location newest;
    for (const ReplicaDisk &disk : m_disks)
        if (disk.locations.at(bucket).epoch > newest.epoch)
            newest = disk.locations.at(bucket);
    return indexOf(newest.owner);
}

std::optional<std::string> ReplicationModel::checkSame(std::size_t node, const BucketId &bucket,
                                                       std::size_t other, const BucketId &otherBucket) const
{
    const BucketDisk &here = m_disks[node].buckets.at(bucket);
    const BucketDisk &there = m_disks[other].buckets.at(otherBucket);
    const auto lacks = [](const BucketDisk &a, const BucketDisk &b) -> std::optional<std::string> {
        for (const auto &[name, state] : a.states) {
            if (state.entry.kind == Kind::Tombstone)
                continue;
            const ObjectState *same = b.find(name);
            if (same == nullptr || same->entry.kind == Kind::Tombstone)
                return "lacks " + nameOf(name);
            if (compareStates(same->entry, state.entry) != 0)
                return "has another " + nameOf(name);
            if (same->entry.contentHash != state.entry.contentHash)
                return "has other content in " + nameOf(name);
        }
        return std::nullopt;
    };
    if (const auto lack = lacks(here, there))
        return nameOf(other) + ' ' + *lack + " of " + nameOf(node);
    if (const auto lack = lacks(there, here))
        return nameOf(node) + ' ' + *lack + " of " + nameOf(other);
    return std::nullopt;
}

// Nothing acknowledged vanished, nothing that was removed came back, nothing is there that nobody wrote.
std::optional<std::string> ReplicationModel::checkKept(std::size_t owner) const
{
    for (const ChangePtr &change : m_changes) {
        if (!change->acknowledged)
            continue;
        const std::size_t node = m_setup.copies ? change->node : owner;
        const ObjectState *state = m_disks[node].buckets.at(change->bucket).find(change->state.name);
        if (state != nullptr && !isNotOlder(state->entry, change->state))
            return (change->state.kind == Kind::Tombstone ? "the deleted object is back: "
                                                          : "an acknowledged write was undone: ") +
                   nameOf(change->state.name);
        if (state == nullptr && !wasRemoved(change->state))
            return "an acknowledged write vanished: " + nameOf(change->state.name);
    }
    for (const auto &[name, state] : m_disks[owner].buckets.at(m_buckets.front()).states)
        if (state.entry.kind != Kind::Tombstone && !birthplace(state.entry))
            return "nobody ever wrote " + nameOf(name);
    return std::nullopt;
}

std::optional<std::string> ReplicationModel::check(Simulator &simulator)
{
    const std::size_t owner = ownerOf(m_buckets.front());
    if (auto broken = checkKept(owner))
        return broken;
    for (std::size_t node = 0; node < m_ids.size(); ++node) {
        if (node == owner || (m_setup.copies && node > 1))
            continue;
        if (m_disks[node].locations.at(m_buckets.front()).owner != m_ids[owner])
            return nameOf(node) + " does not know the owner";
        if (auto broken = checkSame(owner, m_buckets.front(), node, m_buckets.back()))
            return broken;
    }
    for (const RuleSender *sender : nodeOf(simulator, owner)->sendersOf(m_buckets.front())) {
        const RuleStatus status = sender->status();
        if (status.state != RuleStatus::State::Idle || !status.whole || status.queued > 0 || status.degraded)
            return "a rule does not come to rest, state " + std::to_string(static_cast<int>(status.state)) +
                   ": " + status.lastError;
    }
    return std::nullopt;
}

std::string ReplicationModel::describe(const Step &step) const
{
    static constexpr std::array<const char *, Whats> kVerbs{" writes",
                                                            " writes a version",
                                                            " removes",
                                                            " changes metadata",
                                                            " pauses its rules",
                                                            " resumes its rules",
                                                            " syncs now",
                                                            " trims its feed",
                                                            " rebuilds its index",
                                                            " flushes its index",
                                                            " has a damaged object",
                                                            ": all is mended",
                                                            " has rotten bytes",
                                                            " takes over"};
    return nameOf(step.node % m_ids.size()) + kVerbs.at(step.what) + " (" + std::to_string(step.a % kKeys) +
           ')';
}

// --- Histories

namespace {

History historyOf(std::uint64_t seed, bool copies)
{
    using Model = ReplicationModel;
    Random random(mix(seed, copies ? 32 : 31));
    History history{.seed = seed, .weather = {}, .steps = {}};
    history.nodes = copies ? 2 : 2 + random.below(2);
    history.lengthMs = random.between(5000, 90'000);
    const std::uint64_t acts = 3 + random.below(30);
    const bool takesOver = !copies && random.chance(300);
    for (std::uint64_t i = 0; i < acts; ++i) {
        Step step;
        step.atMs = random.between(0, history.lengthMs);
        step.node = copies                                 ? random.below(2)
                    : random.chance(takesOver ? 500 : 900) ? 0
                                                           : random.below(history.nodes);
        step.a = random.next();
        step.b = random.next();
        step.what = random.chance(800)
                        ? static_cast<unsigned>(random.below(Model::Pause))
                        : Model::Pause + static_cast<unsigned>(random.below(Model::Whats - Model::Pause));
        if (step.what == Model::Rot)
            step.node = 1;
        if (step.what == Model::TakeOver && (!takesOver || step.node == 0))
            step.what = Model::Put;
        history.steps.push_back(step);
    }
    if (random.chance(850))
        addFaults(history, random, {.most = 10});
    // What a former owner alone knows to be deleted comes back when its tombstone has ended.
    if (!copies && random.chance(100) && !takesOver) {
        Step step;
        step.kind = Step::Kind::Later;
        step.atMs = random.between(0, history.lengthMs);
        step.value = random.between(1, 10) * 24 * 3'600'000;
        history.steps.push_back(step);
    }
    sortSteps(history);
    return history;
}

ReplicationModel::Setup setupOf(const History &history, bool synchronous, bool copies)
{
    using Policy = ReplicationRule::Policy;
    Random random(mix(history.seed, 33));
    ReplicationModel::Setup setup{.copies = copies, .page = 1 + random.below(3)};
    setup.policy = random.chance(500) ? Policy::Fail : Policy::Continue;
    setup.intervalMs = synchronous ? 0 : random.chance(700) ? 10'000 : 100'000;
    return setup;
}

Scenario scenarioOf(const char *name, const ReplicationRules &rules, bool synchronous, bool copies)
{
    return {name, [copies](std::uint64_t seed) { return historyOf(seed, copies); },
            [&rules, synchronous, copies](const History &history) {
                return std::make_unique<ReplicationModel>(history, rules,
                                                          setupOf(history, synchronous, copies));
            }};
}

const ReplicationRules kRules;

}  // namespace

Scenario replicasScenario(const ReplicationRules &rules)
{
    return scenarioOf("replicas", rules, false, false);
}

Scenario synchronousScenario(const ReplicationRules &rules)
{
    return scenarioOf("synchronous-replicas", rules, true, false);
}

Scenario copiesScenario(const ReplicationRules &rules)
{
    return scenarioOf("copies", rules, false, true);
}

MAXIOFS_SCENARIO(Replicas, replicasScenario(kRules))
MAXIOFS_SCENARIO(SynchronousReplicas, synchronousScenario(kRules))
MAXIOFS_SCENARIO(Copies, copiesScenario(kRules))

}  // namespace maxiofs::sim
