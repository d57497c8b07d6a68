// SPDX-License-Identifier: GPL-3.0-or-later
#include "cluster/ownership/ownership_world.h"

#include "base/log_line.h"
#include "cluster/ownership/handover_pages.h"
#include "cluster/ownership/takeover_codec.h"
#include "cluster/replication/replica_buckets.h"
#include "cluster/rules/takeover.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace maxiofs::cluster::ownership {

using records::Change;
using records::Kind;
using records::Origin;

namespace {

constexpr auto kDestinationField = "destination_node_id"_L1;
constexpr std::int64_t kSlowestBytesPerMs = 10'000;  // of large versions that are fetched

Change pointedTo(const Id128 &rule, const NodeId &destination)
{
    if (destination.isNull())
        return Change::remove(Kind::ReplicationRule, rule.uuid());
    return Change::put(Kind::ReplicationRule, rule.uuid(),
                       {{kDestinationField, QString::fromStdString(destination.uuid())}});
}

std::int64_t timeToFetch(const rules::TakeoverRequest &request)
{
    const auto *const handed = std::get_if<rules::HandOver>(&request);
    return handed == nullptr ? 0 : static_cast<std::int64_t>(offeredBytes(*handed)) / kSlowestBytesPerMs;
}

// By a rule that goes on without its destination that may lack what was acknowledged.
bool isWaitedFor(const records::ReplicationRule &rule)
{
    return rule.options.syncIntervalSeconds == 0 && rule.options.policy == protocol::ReplicationPolicy::Fail;
}

}  // namespace

void OwnershipWorld::heard(const NodeId &member)
{
    m_heard[member] = m_needs.thread.steadyMs();
}

// --- Members

std::vector<rules::Peer> OwnershipWorld::others() const
{
    std::vector<rules::Peer> peers;
    for (const NodeId &member : m_needs.cluster.others()) {
        if (auto peer = m_needs.cluster.peerOf(member))
            peers.push_back(std::move(*peer));
    }
    std::ranges::sort(peers, {}, &rules::Peer::id);
    return peers;
}

bool OwnershipWorld::isHealthy(const NodeId &member) const
{
    return !m_needs.cluster.isSilent(member);
}

std::optional<std::int64_t> OwnershipWorld::heardAtMs(const NodeId &member) const
{
    std::optional<std::int64_t> at;
    if (const auto seen = m_needs.cluster.observation(member))
        at = seen->lastSeenSteadyMs;
    if (const auto heard = m_heard.find(member); heard != m_heard.end())
        at = std::max(at.value_or(heard->second), heard->second);
    return at;
}

std::int64_t OwnershipWorld::priorityOf(const NodeId &member) const
{
    const auto node = m_needs.nodes.find(member);
    return node ? node->priority : records::ClusterNode().priority;
}

void OwnershipWorld::ask(const rules::Peer &peer, rules::TakeoverRequest request, std::int64_t limitMs,
                         Answered answered)
{
    const std::chrono::milliseconds limit(limitMs + timeToFetch(request));
    auto arrived = orStopping<rules::TakeoverAnswer>(std::move(answered));
    m_needs.cluster.calls().send(
        peer.id, kRoute, encodeRequest(request), limit,
        [this, &thread = m_needs.thread, member = peer.id,
         arrived = std::move(arrived)](Result<std::string> bytes) mutable {
            thread.post([this, member, arrived = std::move(arrived), bytes = std::move(bytes)]() mutable {
                if (!bytes)
                    return arrived(failure(std::move(bytes).error()));
                heard(member);
                arrived(decodeAnswer(asBytes(*bytes)));
            });
        });
}

// --- Records

std::vector<BucketId> OwnershipWorld::buckets() const
{
    std::vector<BucketId> ids;
    for (const records::BucketPtr &bucket : m_needs.buckets.all())
        ids.push_back(bucket->id);
    return ids;
}

std::optional<rules::OwnedBucket> OwnershipWorld::bucket(const BucketId &bucket) const
{
    const auto record = m_needs.buckets.findById(bucket);
    if (!record)
        return std::nullopt;
    rules::OwnedBucket owned{bucket, (*record)->location, m_needs.isAutomatic(bucket), {}};
    for (const records::ReplicationRulePtr &rule : m_needs.rules.ofBucket(bucket)) {
        const auto id = Id128::fromUuid(rule->id);
        if (id && rule->isReplica())
            owned.rules.push_back(
                {*id, rule->destinationNode, rule->isFull(), isWaitedFor(*rule), rule->options.enabled});
    }
    std::ranges::sort(owned.rules, {}, &rules::ReplicaRule::id);
    return owned;
}

// A bucket that was never anywhere else has no state until a rule makes a replica of it.
std::optional<rules::CopyState> OwnershipWorld::copy(const BucketId &bucket) const
{
    if (auto state = m_needs.copies.find(bucket))
        return state;
    const auto record = m_needs.buckets.findById(bucket);
    if (record && (*record)->location.owner == self())
        return std::nullopt;
    const auto counters = m_needs.store.counters(bucket);
    const bool isEmpty = counters && *counters == index::BucketCounters();
    return isEmpty ? std::nullopt : std::optional(rules::CopyState());
}

Status OwnershipWorld::writeCopy(const BucketId &bucket, const rules::CopyState &state)
{
    const auto before = m_needs.copies.find(bucket);
    TRY_STATUS(m_needs.copies.write(bucket, state));
    if (!before)
        return {};
    const auto record = m_needs.buckets.findById(bucket);
    const bool isOwn = record && (*record)->location.owner == self();
    for (const NodeId &former : before->awaited) {
        if (isOwn && std::ranges::find(state.awaited, former) == state.awaited.end())
            tell(Ownership::Event::Kind::GotAll, bucket, former, state.fed);
    }
    if (!isOwn && state.handed > before->handed && state.fed == before->fed &&
        before->fed != records::Epoch())
        tell(Ownership::Event::Kind::HandedOver, bucket, state.handed.node, state.handed);
    return {};
}

Status OwnershipWorld::commit(const BucketId &bucket, const records::Location &location,
                              const rules::CopyState &state,
                              const std::vector<std::pair<Id128, NodeId>> &destinations)
{
    const auto before = m_needs.buckets.findById(bucket);
    TRY_STATUS(m_needs.records.write(
        [&](records::RecordTransaction &transaction) -> Status {
            TRY_STATUS(transaction.apply(Change::put(Kind::Location, bucket.hex(), bodyOf(location))));
            for (const auto &[rule, destination] : destinations)
                TRY_STATUS(transaction.apply(pointedTo(rule, destination)));
            return CopyTable::writeIn(transaction.connection(), bucket, state);
        },
        {Origin::Merged, Origin::Local}));
    m_needs.copies.written(bucket, state);
    const NodeId from = before ? (*before)->location.owner : NodeId();
    const bool wasGone = !before || (*before)->location.unavailable || m_needs.cluster.isSilent(from);
    tell(wasGone ? Ownership::Event::Kind::TookOver : Ownership::Event::Kind::SwitchedHere, bucket, from,
         location.epoch);
    return {};
}

Status OwnershipWorld::pointRule(const Id128 &rule, const NodeId &destination)
{
    return m_needs.records.write(
        [&](records::RecordTransaction &transaction) {
            return transaction.apply(pointedTo(rule, destination));
        },
        {Origin::Merged, Origin::Local});
}

void OwnershipWorld::refresh(const BucketId &)
{
    const std::int64_t now = m_needs.thread.steadyMs();
    if (now - m_refreshedMs < kRefreshMs)
        return;
    m_refreshedMs = now;
    m_needs.cluster.fetchChanges();
}

// --- Store

std::uint64_t OwnershipWorld::receivedTo(const BucketId &bucket, const records::Epoch &epoch) const
{
    return m_needs.copies.receivedTo(bucket, epoch);
}

std::uint64_t OwnershipWorld::feedPosition(const BucketId &) const
{
    return m_needs.store.position();
}

void OwnershipWorld::setStoreRole(const BucketId &bucket, store::BucketRole role)
{
    m_needs.gates.whileStill([&] {
        if (const auto record = m_needs.buckets.findById(bucket))
            m_needs.store.setBucket(replication::stateOf(**record, role));
    });
}

void OwnershipWorld::whenSettled(std::move_only_function<void(std::uint64_t)> call)
{
    m_needs.store.settleChanges([&thread = m_needs.thread,
                                 call = std::move(call)](Result<std::uint64_t> position) mutable {
        // A store that refuses changes decides none any more.
        thread.post([call = std::move(call), position = position.value_or(0)]() mutable { call(position); });
    });
}

void OwnershipWorld::goOn(std::vector<ClientGates::Go> waiting, Status status)
{
    for (ClientGates::Go &go : waiting)
        m_needs.pool.submit([go = std::move(go), status]() mutable { go(std::move(status)); });
}

void OwnershipWorld::serve(const BucketId &bucket, const records::Epoch &)
{
    m_served.insert(bucket);
    auto waiting = m_needs.gates.open(bucket);
    setStoreRole(bucket, store::BucketRole::Owner);
    goOn(std::move(waiting), {});
}

void OwnershipWorld::fence(const BucketId &bucket, std::move_only_function<void()> fenced)
{
    const bool wasGiven = m_needs.gates.isHeld(bucket);
    auto waiting = m_needs.gates.shut(bucket);
    m_needs.followReplica(bucket);
    goOn(std::move(waiting), {});
    whenSettled([fenced = std::move(fenced)](std::uint64_t) mutable { fenced(); });
    if (m_served.erase(bucket) == 0)
        return;
    if (const auto record = m_needs.buckets.findById(bucket))
        tell(wasGiven ? Ownership::Event::Kind::GaveAway : Ownership::Event::Kind::LostTo, bucket,
             (*record)->location.owner, (*record)->location.epoch);
}

void OwnershipWorld::hold(const BucketId &bucket, std::move_only_function<void(std::uint64_t)> held)
{
    m_needs.gates.hold(bucket);
    setStoreRole(bucket, store::BucketRole::Replica);
    whenSettled([this, bucket, held = std::move(held)](std::uint64_t position) mutable {
        m_needs.tellProgress(bucket);
        held(position != 0 ? position : m_needs.store.position());
    });
    m_needs.thread.after(rules::Takeover::kHoldMs, [this, bucket] {
        goOn(m_needs.gates.endWaiting(bucket),
             failure(Error::Busy, "The bucket is just being given to another node: try again.", "replica"));
    });
}

void OwnershipWorld::release(const BucketId &bucket)
{
    auto waiting = m_needs.gates.open(bucket);
    setStoreRole(bucket, store::BucketRole::Owner);
    goOn(std::move(waiting), {});
}

// --- Handing over

void OwnershipWorld::page(const BucketId &bucket, const rules::HandedPart &part, const std::string &from,
                          std::move_only_function<void(Result<rules::HandedPage>)> done)
{
    m_needs.pool.submit([this, &thread = m_needs.thread, bucket, part, from,
                         done = std::move(done)]() mutable {
        auto page = readHandedPage(m_needs.store, bucket, part, from, self());
        thread.post([page = std::move(page), done = std::move(done)]() mutable { done(std::move(page)); });
    });
}

void OwnershipWorld::take(rules::HandOver handed, std::uint64_t since,
                          std::move_only_function<void(Result<rules::HandOverAnswer>)> done)
{
    m_needs.taker.take(
        std::move(handed), since,
        [&thread = m_needs.thread, done = std::move(done)](Result<rules::HandOverAnswer> answer) mutable {
            thread.post(
                [answer = std::move(answer), done = std::move(done)]() mutable { done(std::move(answer)); });
        });
}

void OwnershipWorld::forgetRemovals(const BucketId &bucket, std::int64_t beforeMs,
                                    std::move_only_function<void(Result<std::int64_t>)> done)
{
    m_needs.pool.submit([this, &thread = m_needs.thread, bucket, beforeMs, done = std::move(done)]() mutable {
        auto left = m_needs.store.forgetRemovals(bucket, beforeMs);
        thread.post([left = std::move(left), done = std::move(done)]() mutable { done(std::move(left)); });
    });
}

void OwnershipWorld::tell(Ownership::Event::Kind kind, const BucketId &bucket, const NodeId &node,
                          const records::Epoch &epoch) const
{
    m_needs.tell({kind, bucket, node, epoch});
}

}  // namespace maxiofs::cluster::ownership
