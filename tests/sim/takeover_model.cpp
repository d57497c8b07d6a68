// SPDX-License-Identifier: GPL-3.0-or-later
#include "takeover_model.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace maxiofs::sim {

namespace rules = cluster::rules;
using records::Epoch;
using records::Location;

namespace {

constexpr std::array<const char *, TakeoverModel::kKeys> kKeyNames{"a", "b", "c"};
constexpr unsigned kPlaceStep = 37;         // between the first bytes of two nodes' ids
constexpr std::int64_t kKnownMs = 7500;     // until every beat has told of a change
constexpr std::int64_t kNewsMs = 2500;      // at most, from asking all members to a claim
constexpr std::int64_t kRemoveMs = 15'000;  // after healing: people give up what is lost
constexpr std::int64_t kLastMs = 50'000;    // and then write once more

std::string nameOf(std::size_t node)
{
    return "node " + std::to_string(node);
}

}  // namespace

TakeoverModel::TakeoverModel(const History &history, const TakeoverFlaws &flaws)
    : m_flaws(flaws),
      m_history(history)
{
    m_isClear = history.weather.lostPermille == 0 && history.weather.slowPermille == 0;
    m_isCalm = m_isClear && std::ranges::all_of(history.steps, [](const Step &step) {
                   return step.kind == Step::Kind::Later ||
                          (step.kind == Step::Kind::Act && step.what != ForcePromote);
               });
    m_isForgetting =
        std::ranges::any_of(history.steps, [](const Step &step) { return step.kind == Step::Kind::Later; });
    m_isMoved = std::ranges::any_of(
        history.steps, [](const Step &step) { return step.kind == Step::Kind::Act && step.what >= Promote; });
    Random random(mix(history.seed, 12));
    m_isAutomatic = random.chance(850);
    m_disks.resize(history.nodes);
    // The first byte is a node's own, also when it loses its disk.
    std::uint8_t place = static_cast<std::uint8_t>(random.below(256));
    for (TakeoverDisk &disk : m_disks) {
        disk.id = random.id();
        disk.id.bytes[0] = std::byte{place};
        place = static_cast<std::uint8_t>(place + kPlaceStep);
    }
    for (std::size_t i = 0; i < 2; ++i) {
        const BucketId bucket = random.id();
        const std::size_t owner = i == 0 ? 0 : random.below(history.nodes);
        const bool isSynchronous = random.chance(500);
        m_buckets.push_back(bucket);
        TakeoverDisk records;
        records.locations[bucket] = {m_disks[owner].id, {1, m_disks[owner].id}, false};
        m_epochs[bucket] = {{1, m_disks[owner].id}};
        const std::size_t replicas = 1 + random.below(history.nodes - 1);
        for (std::size_t k = 1; k <= replicas; ++k) {
            const Id128 id = random.id();
            const NodeId destination = m_disks[(owner + k) % history.nodes].id;
            records.rules[id] = {
                {id, destination, random.chance(900), isSynchronous && (k == 1 || random.chance(300)), true},
                bucket,
                false,
                {1, m_disks[owner].id}};
        }
        for (TakeoverDisk &disk : m_disks) {
            disk.locations.merge(std::map(records.locations));
            disk.rules.merge(std::map(records.rules));
        }
        m_disks[owner].buckets[bucket];
    }
}

std::string TakeoverModel::ticket(TakeoverWord word)
{
    m_words.push_back(std::move(word));
    return std::to_string(m_words.size() - 1);
}

TakeoverWord TakeoverModel::word(const std::string &ticket) const
{
    std::size_t number = 0;
    std::from_chars(ticket.data(), ticket.data() + ticket.size(), number);
    return m_words.at(number);
}

TakeoverNode *TakeoverModel::nodeOf(const Simulator &simulator, std::size_t node)
{
    return static_cast<TakeoverNode *>(simulator.program(node));
}

std::optional<std::size_t> TakeoverModel::indexOf(const NodeId &id) const
{
    const auto found = std::ranges::find(m_disks, id, &TakeoverDisk::id);
    return found == m_disks.end() ? std::nullopt
                                  : std::optional(static_cast<std::size_t>(found - m_disks.begin()));
}

// Also of one that lost its disk since, and with it the id.
std::size_t TakeoverModel::placeOf(const NodeId &id) const
{
    const auto found =
        std::ranges::find(m_disks, id.bytes[0], [](const TakeoverDisk &disk) { return disk.id.bytes[0]; });
    return static_cast<std::size_t>(found - m_disks.begin());
}

std::unique_ptr<Program> TakeoverModel::start(Simulator &simulator, std::size_t node, World &world)
{
    return std::make_unique<TakeoverNode>(*this, simulator, node, world);
}

bool TakeoverModel::loseDisk(std::size_t node)
{
    TakeoverDisk &disk = m_disks[node];
    m_lost.insert(disk.id);
    const NodeId former = disk.id;
    disk = {};
    disk.id = Random(mix(m_history.seed, 100 + m_lost.size())).id();
    disk.id.bytes[0] = former.bytes[0];
    return true;
}

void TakeoverModel::act(Simulator &simulator, const Step &step)
{
    const std::size_t node = step.node % nodes();
    const BucketId &bucket = m_buckets[step.b % m_buckets.size()];
    const NodeId target = m_disks[step.a % nodes()].id;
    simulator.runOn(node, [&] {
        TakeoverNode *self = nodeOf(simulator, node);
        switch (step.what) {
        case Put:
        case Remove: self->write({bucket, kKeyNames[step.a % kKeyNames.size()], step.what == Remove}); break;
        case Promote:
        case ForcePromote:
            self->takeover.promote(bucket, target, step.what == ForcePromote, [](const Result<Epoch> &) {});
            break;
        default: self->takeover.giveAway(10'000, [](std::size_t) {}); break;
        }
    });
}

void TakeoverModel::healed(Simulator &simulator)
{
    simulator.at(kRemoveMs, [this, &simulator] { removeLost(simulator); });
    simulator.at(kLastMs, [this, &simulator] { writeLast(simulator); });
}

// Removes the nodes whose disks are gone by force, and makes rules to them lead to what stands in their
// place: but those that are degraded, which must stop nobody.
void TakeoverModel::removeLost(Simulator &simulator)
{
    simulator.runOn(0, [&] {
        nodeOf(simulator, 0)->changeRecords([&](TakeoverDisk &disk) {
            for (auto &[bucket, location] : disk.locations)
                if (m_lost.contains(location.owner) && !location.unavailable)
                    location = {location.owner, {location.epoch.number + 1, disk.id}, true};
            for (auto &[id, rule] : disk.rules) {
                const auto owner = indexOf(disk.locations[rule.bucket].owner);
                const auto &copy = owner ? m_disks[*owner].buckets[rule.bucket].copy : std::nullopt;
                if (!m_lost.contains(rule.rule.destination) || rule.isDeleted || !owner ||
                    (copy && std::ranges::find(copy->degraded, id) != copy->degraded.end()))
                    continue;
                const NodeId &heir = m_disks[placeOf(rule.rule.destination)].id;
                rule.rule.destination = heir;
                rule.isDeleted = heir == disk.locations[rule.bucket].owner;
                rule.stamp = Stamp::after(rule.stamp, simulator.wallMs(0), disk.id);
            }
        });
    });
}

void TakeoverModel::writeLast(Simulator &simulator)
{
    m_isLast = true;
    for (std::size_t node = 0; node < nodes(); ++node)
        for (const BucketId &bucket : m_buckets)
            simulator.runOn(node, [&] { nodeOf(simulator, node)->write({bucket, nameOf(node), false}); });
}

// --- While it goes on

void TakeoverModel::decided(const ClientWrite &write, const Stamp &stamp,
                            const std::optional<Stamp> &replaced)
{
    m_decided[{write.bucket, write.key, stamp}] = {replaced, write.isRemoval};
}

void TakeoverModel::acknowledged(Simulator &simulator, std::size_t node, const BucketId &bucket,
                                 const std::string &key, const Stamp &stamp, const Epoch &epoch,
                                 const std::set<NodeId> &durableOn)
{
    const TakeoverDisk &disk = m_disks[node];
    if (disk.locations.at(bucket).epoch != epoch)
        simulator.broken(nameOf(node) + " acknowledges a write though it knows a higher epoch");
    const auto &copy = disk.buckets.at(bucket).copy;
    for (const auto &[id, rule] : disk.rules) {
        const bool isDegraded = copy && std::ranges::find(copy->degraded, id) != copy->degraded.end();
        if (rule.bucket == bucket && !rule.isDeleted && rule.rule.isSynchronous && !isDegraded &&
            !durableOn.contains(rule.rule.destination))
            simulator.broken(nameOf(node) + " acknowledges a write that a synchronous rule has not brought");
    }
    m_acknowledged.push_back({{bucket, key, stamp}, disk.id, durableOn});
    if (m_isLast)
        m_lastWritten.insert(bucket);
}

// Both have known for long that the other is there.
bool TakeoverModel::hear(const Simulator &simulator, std::size_t a, std::size_t b) const
{
    return a == b || (simulator.isUp(a) && simulator.isUp(b) && simulator.isLinked(a, b) &&
                      simulator.isLinked(b, a) && simulator.nowMs() - simulator.changedMs(a, b) > kKnownMs);
}

std::optional<std::string> TakeoverModel::checkClaim(const Simulator &simulator, std::size_t node,
                                                     const BucketId &bucket, const Location &known) const
{
    if (!m_isAutomatic)
        return nameOf(node) + " takes a bucket over by itself though the policy is manual";
    const auto owner = indexOf(known.owner);
    const auto freshnessOf = [&](std::size_t index) {
        const auto kept = m_disks[index].buckets.find(bucket);
        if (kept == m_disks[index].buckets.end() || !kept->second.copy)
            return rules::FeedPoint();
        const rules::CopyState &copy = *kept->second.copy;
        const auto received = kept->second.received.find(copy.fed);
        // A former owner is a candidate once it knows that it is one, which nobody can tell from outside.
        return copy.wasOwner || received == kept->second.received.end()
                   ? rules::FeedPoint()
                   : rules::FeedPoint{copy.fed, received->second};
    };
    for (std::size_t other = 0; other < nodes(); ++other) {
        if (!hear(simulator, node, other))
            continue;
        if (owner && *owner != node && hear(simulator, other, *owner))
            return nameOf(node) + " takes a bucket over though " + nameOf(other) + " hears its owner";
        const bool isReplica = std::ranges::any_of(m_disks[node].rules, [&](const auto &entry) {
            const TakeoverDisk::Rule &theirs = m_disks[other].rules.at(entry.first);
            return entry.second.bucket == bucket && theirs.rule.isFull && !theirs.isDeleted &&
                   theirs.rule.destination == m_disks[other].id &&
                   entry.second.rule.destination == m_disks[other].id;
        });
        // The claim is on the disk: what it was before is among the bases.
        const auto &bases = m_disks[node].buckets.at(bucket).copy->bases;
        // Another took it while this one was asking.
        if (m_disks[other].locations.at(bucket).epoch > known.epoch)
            continue;
        // What an owner that is just back sends to the other comes after that was asked.
        const auto place = placeOf(known.owner);
        const bool isNews = simulator.nowMs() - simulator.changedMs(other, place) < kNewsMs ||
                            simulator.nowMs() - simulator.changedMs(node, place) < kNewsMs;
        // By a synchronous rule it has all that was acknowledged.
        const bool hasAll = !bases.empty() && freshnessOf(other).epoch == bases.front().epoch &&
                            std::ranges::any_of(m_disks[other].rules, [&](const auto &entry) {
                                const rules::ReplicaRule &rule = entry.second.rule;
                                return entry.second.bucket == bucket && !entry.second.isDeleted &&
                                       rule.destination == m_disks[node].id && rule.isSynchronous;
                            });
        if (other != node && isReplica && !isNews && !hasAll && !bases.empty() &&
            freshnessOf(other) > bases.front())
            return nameOf(node) + " takes a bucket over though the copy of " + nameOf(other) + " is fresher";
    }
    return std::nullopt;
}

void TakeoverModel::claimed(Simulator &simulator, std::size_t node, const BucketId &bucket,
                            const Location &known, const Location &taken)
{
    if (taken.epoch <= known.epoch)
        simulator.broken(nameOf(node) + " takes a bucket under an epoch that is not higher");
    if (!m_epochs[bucket].insert(taken.epoch).second)
        simulator.broken(nameOf(node) + " takes a bucket under an epoch that was there before");
    if (m_isClear && !m_isMoved && !known.unavailable)
        if (const auto broken = checkClaim(simulator, node, bucket, known))
            simulator.broken(*broken);
}

void TakeoverModel::watch(std::size_t node, const TakeoverNode &self)
{
    for (const auto &[bucket, kept] : m_disks[node].buckets) {
        if (self.takeover.roleOf(bucket) != rules::BucketRole::Owner || !kept.copy)
            continue;
        const auto former = indexOf(kept.copy->before);
        if (!former || *former == node || m_handedOver.contains({bucket, kept.copy->fed, kept.copy->before}))
            continue;
        const auto &theirs = m_disks[*former].buckets[bucket].copy;
        const auto awaited = self.takeover.awaited(bucket);
        if (theirs && theirs->wasOwner && theirs->handed < kept.copy->fed &&
            std::ranges::find(awaited, kept.copy->before) == awaited.end())
            m_awaitedBroken = nameOf(node) + " does not wait for " + nameOf(*former) + " to hand over";
    }
}

// --- In the end

TakeoverModel::Owed TakeoverModel::owed(const Acknowledged &write) const
{
    if (!m_lost.contains(write.owner))
        return Owed::All;
    const bool isLeft =
        std::ranges::any_of(write.durableOn, [this](const NodeId &node) { return !m_lost.contains(node); });
    return isLeft ? Owed::Successor : Owed::Nothing;
}

// It is there, or what replaced it knew of it.
bool TakeoverModel::isKept(const Version &version, const TakeoverDisk::Bucket &kept) const
{
    const auto row = kept.rows.find(version.key);
    if (kept.conflicts.contains({version.key, version.stamp}))
        return true;
    const auto decided = m_decided.find(version);
    const bool isRemoval = decided != m_decided.end() && decided->second.isRemoval;
    if (row == kept.rows.end()) {
        if (!m_isForgetting)
            return false;
        if (isRemoval)
            return true;
    } else if (row->second.stamp == version.stamp || (isRemoval && row->second.stamp > version.stamp)) {
        return true;
    }
    return std::ranges::any_of(m_decided, [&](const auto &entry) {
        const auto &[other, made] = entry;
        return other.bucket == version.bucket && other.key == version.key && made.replaced == version.stamp &&
               isKept(other, kept);
    });
}

bool TakeoverModel::wasRemovedAfter(const Version &version) const
{
    return m_isForgetting && std::ranges::any_of(m_decided, [&](const auto &entry) {
               const auto &[other, made] = entry;
               return made.isRemoval && other.bucket == version.bucket && other.key == version.key &&
                      other.stamp > version.stamp;
           });
}

std::optional<std::string> TakeoverModel::checkOwner(const Simulator &simulator, const BucketId &bucket,
                                                     std::size_t &owner) const
{
    const Location &location = m_disks[0].locations.at(bucket);
    for (std::size_t node = 1; node < nodes(); ++node)
        if (m_disks[node].locations.at(bucket) != location)
            return nameOf(node) + " names another owner than node 0";
    const auto index = indexOf(location.owner);
    if (!index || location.unavailable) {
        for (std::size_t node = 0; node < nodes(); ++node)
            if (nodeOf(simulator, node)->takeover.roleOf(bucket) != rules::BucketRole::None &&
                m_disks[node].buckets.at(bucket).copy->fed != Epoch()) {
                const auto facts = nodeOf(simulator, node)->bucket(bucket);
                if (rules::fullRuleTo(*facts, m_disks[node].id) != nullptr)
                    return "a bucket has no owner though " + nameOf(node) + " has a copy";
            }
        owner = nodes();
        return std::nullopt;
    }
    owner = *index;
    for (std::size_t node = 0; node < nodes(); ++node) {
        const rules::Takeover &takeover = nodeOf(simulator, node)->takeover;
        const bool isOwner = takeover.roleOf(bucket) == rules::BucketRole::Owner;
        if (isOwner != (node == owner))
            return nameOf(node) + (isOwner ? " serves a bucket of another" : " does not serve its bucket");
        if (takeover.roleOf(bucket) == rules::BucketRole::HandingOver)
            return nameOf(node) + " has not handed over";
    }
    if (!nodeOf(simulator, owner)->takeover.awaited(bucket).empty())
        return nameOf(owner) + " waits for what was handed over";
    return std::nullopt;
}

std::optional<std::string> TakeoverModel::checkReplicas(const BucketId &bucket, std::size_t owner) const
{
    const TakeoverDisk::Bucket &kept = m_disks[owner].buckets.at(bucket);
    const auto stampsOf = [this](const TakeoverDisk::Rows &rows) {
        std::map<std::string, std::pair<Stamp, bool>> stamps;
        for (const auto &[key, row] : rows)
            if (!m_isForgetting || !row.isRemoval)
                stamps[key] = {row.stamp, row.isRemoval};
        return stamps;
    };
    std::set<std::size_t> led;
    for (const auto &[id, rule] : m_disks[owner].rules) {
        if (rule.bucket != bucket || rule.isDeleted)
            continue;
        // A rule may be all that is left of a change of owner that was lost with a disk.
        if (m_lost.empty() && rule.rule.destination == m_disks[owner].id)
            return "a rule leads to " + nameOf(owner) + ", which owns the bucket";
        const auto replica = indexOf(rule.rule.destination);
        if (!replica)
            continue;
        if (m_isCalm && !led.insert(*replica).second)
            return "two rules lead to " + nameOf(*replica);
        const auto theirs = m_disks[*replica].buckets.find(bucket);
        if (theirs == m_disks[*replica].buckets.end() ||
            stampsOf(theirs->second.rows) != stampsOf(kept.rows) ||
            theirs->second.conflicts != kept.conflicts)
            return "the replica at " + nameOf(*replica) + " differs from its owner, " + nameOf(owner);
    }
    if (m_isCalm && !kept.conflicts.empty())
        return "a conflict though nothing was wrong";
    return std::nullopt;
}

std::optional<std::string> TakeoverModel::checkWrites(const BucketId &bucket, std::size_t owner) const
{
    const TakeoverDisk::Bucket &kept = m_disks[owner].buckets.at(bucket);
    for (const Acknowledged &write : m_acknowledged) {
        if (write.version.bucket != bucket || owed(write) == Owed::Nothing)
            continue;
        const auto row = kept.rows.find(write.version.key);
        const bool isReplaced = owed(write) == Owed::Successor &&
                                (row != kept.rows.end() ? row->second.stamp > write.version.stamp
                                                        : wasRemovedAfter(write.version));
        if (!isReplaced && !isKept(write.version, kept))
            return "an acknowledged write of " + write.version.key + " is lost";
        if (!m_decided.at(write.version).isRemoval || row == kept.rows.end() || row->second.isRemoval)
            continue;
        for (auto removed = m_decided.at(write.version).replaced; removed;
             removed = m_decided.at({bucket, write.version.key, *removed}).replaced)
            if (row->second.stamp == *removed)
                return "a deleted " + write.version.key + " is there again";
    }
    return std::nullopt;
}

std::optional<std::string> TakeoverModel::check(Simulator &simulator)
{
    if (!m_awaitedBroken.empty())
        return m_awaitedBroken;
    for (const BucketId &bucket : m_buckets) {
        std::size_t owner = 0;
        if (auto broken = checkOwner(simulator, bucket, owner))
            return broken;
        if (owner == nodes())
            continue;
        if (auto broken = checkReplicas(bucket, owner))
            return broken;
        if (auto broken = checkWrites(bucket, owner))
            return broken;
        if (!m_lastWritten.contains(bucket))
            return "after all is well a write to " + nameOf(owner) + " is not answered";
    }
    return std::nullopt;
}

std::string TakeoverModel::describe(const Step &step) const
{
    const std::string who = nameOf(step.node % nodes());
    const std::string bucket = " bucket " + std::to_string(step.b % m_buckets.size());
    const std::string key = std::string(kKeyNames[step.a % kKeyNames.size()]) + " of" + bucket;
    switch (step.what) {
    case Put: return who + " writes " + key;
    case Remove: return who + " removes " + key;
    case Promote: return who + " promotes " + nameOf(step.a % nodes()) + " for" + bucket;
    case ForcePromote: return who + " promotes " + nameOf(step.a % nodes()) + " by force for" + bucket;
    default: return who + " gives its buckets away";
    }
}

}  // namespace maxiofs::sim
