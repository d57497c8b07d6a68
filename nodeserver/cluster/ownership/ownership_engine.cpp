// SPDX-License-Identifier: GPL-3.0-or-later
#include "cluster/ownership/ownership_engine.h"

#include "base/log_line.h"
#include "cluster/ownership/takeover_codec.h"
#include "net/completion.h"

#include <algorithm>

namespace maxiofs::cluster::ownership {

namespace {

constexpr unsigned kPoolThreads = 8;

}  // namespace

Result<std::unique_ptr<OwnershipEngine>> OwnershipEngine::make(Needs needs)
{
    TRY_ASSIGN(auto copies, CopyTable::load(needs.records));
    return std::unique_ptr<OwnershipEngine>(new OwnershipEngine(std::move(needs), std::move(copies)));
}

OwnershipEngine::OwnershipEngine(Needs needs, std::unique_ptr<CopyTable> copies)
    : m_needs(std::move(needs)),
      m_copies(std::move(copies)),
      m_pool(kPoolThreads, "ownership"),
      m_thread("ownership", m_needs.clock, {}),
      m_taker(m_needs.store, m_needs.cluster.calls(), m_needs.threads, m_pool),
      m_progress(m_thread, m_needs.cluster.calls()),
      m_world({m_needs.store, m_needs.records, m_needs.buckets, m_needs.rules, m_needs.nodes, m_needs.cluster,
               m_needs.gates, *m_copies, m_taker, m_thread, m_pool, m_needs.followReplica,
               m_needs.tellProgress, m_needs.isAutomatic, [this](const Event &event) { told(event); }}),
      m_takeover(m_thread, m_world, m_world)
{
}

OwnershipEngine::~OwnershipEngine()
{
    stop();
}

void OwnershipEngine::addTo(link::InternalHandlers &handlers)
{
    handlers.addBytes(OwnershipWorld::kRoute,
                      [this](link::InternalCall call) { return answer(std::move(call)); });
    handlers.addBytes(ProgressTeller::kRoute,
                      [this](link::InternalCall call) { return answerProgress(std::move(call)); });
    m_needs.rules.whenChanged([this](records::ReplicationRules::Event, const records::ReplicationRule &rule) {
        if (rule.isReplica())
            bucketChanged(rule.sourceBucketId);
    });
    m_listening =
        m_needs.records.whenChanged([this](const std::vector<records::RecordKey> &keys, records::Origin) {
            for (const records::RecordKey &key : keys) {
                if (key.kind != records::Kind::Location)
                    continue;
                if (const auto bucket = BucketId::fromHex(key.id))
                    bucketChanged(*bucket);
            }
        });
}

void OwnershipEngine::start()
{
    // Removals of a bucket with copies elsewhere go when the machine says so.
    m_needs.store.setRemovalsHook([this](const BucketId &bucket) { return hasCopy(bucket); });
    forgetDeleted();
    m_thread.start();
    [[maybe_unused]] const bool began = m_thread.runAndWait([this] {
        m_takeover.start();
        keep();
    });
}

void OwnershipEngine::stop()
{
    if (std::exchange(m_isStopped, true))
        return;
    m_needs.store.setRemovalsHook(nullptr);
    m_thread.stop();
    m_pool.stop();
    if (const Status kept = m_copies->keepReceived(); !kept)
        base::warningLine("How far replicas here have come could not be kept")
            .with("reason", kept.error().message);
}

void OwnershipEngine::bucketChanged(const BucketId &bucket)
{
    m_thread.post([this, bucket] { m_takeover.bucketChanged(bucket); });
}

void OwnershipEngine::policyChanged()
{
    m_thread.post([this] {
        for (const BucketId &bucket : m_world.buckets())
            m_takeover.bucketChanged(bucket);
    });
}

bool OwnershipEngine::mayMove(const BucketId &bucket) const
{
    const auto record = m_needs.buckets.findById(bucket);
    if (!record || !m_needs.isAutomatic(bucket))
        return false;
    return std::ranges::any_of(m_needs.rules.ofBucket(bucket), [&](const records::ReplicationRulePtr &rule) {
        return rule->isFull() && rule->options.enabled && rule->destinationNode != (*record)->location.owner;
    });
}

std::size_t OwnershipEngine::giveAway(std::chrono::milliseconds limit)
{
    const auto given = m_thread.await<std::size_t>([this, limit](auto done) {
        m_takeover.giveAway(limit.count(),
                            [done = std::move(done)](std::size_t count) mutable { done(count); });
    });
    return given.value_or(0);
}

// Messages are large where a bucket is handed over: they are read on the pool.
net::Awaitable<Result<std::string>> OwnershipEngine::answer(link::InternalCall call)
{
    CO_TRY_ASSIGN(rules::TakeoverRequest request,
                  co_await m_pool.run([&] { return decodeRequest(asBytes(call.bytes), call.from); }));
    call.bytes = {};
    std::optional<BucketId> switched;
    if (const auto *const beginning = std::get_if<rules::BeginSwitch>(&request))
        switched = beginning->bucket;
    auto begin = [&](std::move_only_function<void(Result<rules::TakeoverAnswer>)> done) {
        m_thread.post([this, from = call.from, request = std::move(request),
                       done = orStopping<rules::TakeoverAnswer>(std::move(done))]() mutable {
            m_world.heard(from);
            m_takeover.handle(from, std::move(request), std::move(done));
        });
    };
    CO_TRY_ASSIGN(const rules::TakeoverAnswer answer,
                  co_await net::completion<rules::TakeoverAnswer>(std::move(begin)));
    // Who takes the bucket waits until it knows to be that far.
    if (switched)
        m_needs.tellProgress(*switched);
    co_return encodeAnswer(answer);
}

net::Awaitable<Result<std::string>> OwnershipEngine::answerProgress(link::InternalCall call)
{
    CO_TRY_ASSIGN(const Progress progress, decodeProgress(asBytes(call.bytes)));
    const auto record = m_needs.buckets.findById(progress.bucket);
    if (!record || (*record)->location.owner != call.from || (*record)->location.epoch != progress.at.epoch ||
        roleOf(progress.bucket) != Role::Replica)
        co_return failure(Error::Busy, "This node has no copy of the bucket that follows that owner.",
                          progress.bucket.hex());
    m_copies->received(progress.bucket, progress.at.epoch, progress.at.position);
    co_return encodeProgress(progress);
}

// --- Ownership

// What the machine's roles follow from, so that nobody waits for its thread.
Ownership::Role OwnershipEngine::roleOf(const BucketId &bucket) const
{
    const auto record = m_needs.buckets.findById(bucket);
    if (!record)
        return Role::None;
    const records::Location &location = (*record)->location;
    if (m_needs.records.clusterId().empty() ||
        (location.owner == m_needs.records.nodeId() && !location.unavailable))
        return Role::Owner;
    const auto copy = m_copies->find(bucket);
    if (!copy)
        return Role::None;
    return copy->handed < location.epoch ? Role::HandingOver : Role::Replica;
}

Result<records::Epoch> OwnershipEngine::promote(const BucketId &bucket, const NodeId &target, bool force)
{
    return m_thread.await<records::Epoch>(
        [&](auto done) { m_takeover.promote(bucket, target, force, std::move(done)); });
}

std::vector<NodeId> OwnershipEngine::awaited(const BucketId &bucket) const
{
    std::vector<NodeId> awaited;
    [[maybe_unused]] const bool ran = m_thread.runAndWait([&] { awaited = m_takeover.awaited(bucket); });
    return awaited;
}

bool OwnershipEngine::isDegraded(const BucketId &bucket, const Id128 &rule) const
{
    return m_copies->isDegraded(bucket, rule);
}

std::shared_ptr<void> OwnershipEngine::whenChanged(Listener listener)
{
    const base::MutexLock lock(m_listeners->mutex);
    const auto place = m_listeners->all.insert(m_listeners->all.end(), std::move(listener));
    return {static_cast<void *>(&*place), [listeners = m_listeners, place](void *) {
                const base::MutexLock ending(listeners->mutex);
                listeners->all.erase(place);
            }};
}

Ownership::Totals OwnershipEngine::totals() const
{
    Totals totals;
    {
        const base::MutexLock lock(m_totalsMutex);
        totals = m_totals;
    }
    for (const BucketId &bucket : m_copies->buckets()) {
        const Role role = roleOf(bucket);
        totals.handingOver += role == Role::HandingOver ? 1 : 0;
        const auto copy = m_copies->find(bucket);
        totals.awaiting += role == Role::Owner && copy && !copy->awaited.empty() ? 1 : 0;
    }
    return totals;
}

void OwnershipEngine::told(const Event &event)
{
    using Kind = Event::Kind;
    const auto record = m_needs.buckets.findById(event.bucket);
    const std::string name = record ? (*record)->name : event.bucket.hex();
    const auto line = [&](std::string_view text) {
        base::infoLine(std::string(text))
            .with("bucket", name)
            .with("node", event.node.uuid())
            .with("epoch", event.epoch.number);
    };
    {
        const base::MutexLock lock(m_totalsMutex);
        switch (event.kind) {
        case Kind::TookOver: ++m_totals.takeovers; break;
        case Kind::SwitchedHere: ++m_totals.switches; break;
        case Kind::GaveAway: ++m_totals.given; break;
        case Kind::LostTo: ++m_totals.lost; break;
        case Kind::HandedOver: ++m_totals.handovers; break;
        case Kind::GotAll: break;
        }
    }
    switch (event.kind) {
    case Kind::TookOver: line("This node took over a bucket whose owner is away"); break;
    case Kind::SwitchedHere: line("This node took a bucket that its owner gave away"); break;
    case Kind::GaveAway: line("This node gave a bucket away"); break;
    case Kind::LostTo: line("Another node took over a bucket of this node"); break;
    case Kind::HandedOver: line("This node has handed over what the bucket's owner lacked"); break;
    case Kind::GotAll: line("A former owner has handed over what this node lacked"); break;
    }
    const base::MutexLock lock(m_listeners->mutex);
    for (const Listener &listener : m_listeners->all)
        listener(event);
}

// --- BucketKeeper

void OwnershipEngine::admit(const BucketId &bucket, const records::Epoch &epoch, Admitted done)
{
    auto sure = orStopping<bool>([done = std::move(done)](Result<bool> admitted) mutable {
        done(admitted ? Status() : failure(std::move(admitted).error()));
    });
    m_thread.post([this, bucket, epoch, sure = std::move(sure)]() mutable {
        Status admitted = m_takeover.admit(bucket, epoch);
        if (admitted)
            sure(true);
        else
            sure(failure(std::move(admitted).error()));
    });
}

void OwnershipEngine::checkDeletion(const BucketId &bucket, Admitted done)
{
    auto sure = orStopping<bool>([done = std::move(done)](Result<bool> may) mutable {
        done(may ? Status() : failure(std::move(may).error()));
    });
    m_thread.post([this, bucket, sure = std::move(sure)]() mutable {
        const std::vector<NodeId> awaited = m_takeover.awaited(bucket);
        if (awaited.empty())
            return sure(true);
        const auto former = m_needs.nodes.find(awaited.front());
        sure(failure(Error::BucketNotEmpty,
                     "The node " + (former ? former->name : awaited.front().uuid()) +
                         " owned the bucket before and has not handed over yet what it alone has of it: wait "
                         "until it is back, or remove it from the cluster.",
                     awaited.front().uuid()));
    });
}

void OwnershipEngine::caughtUp(const BucketId &bucket, const Id128 &rule)
{
    m_thread.post([this, bucket, rule] { m_takeover.caughtUp(bucket, rule); });
}

void OwnershipEngine::completed(const BucketId &bucket, const NodeId &destination,
                                const records::Epoch &epoch, std::uint64_t position)
{
    m_thread.post([this, destination, progress = Progress{bucket, {epoch, position}}] {
        m_progress.tell(destination, progress);
    });
}

void OwnershipEngine::received(const BucketId &bucket, const records::Epoch &epoch, std::uint64_t position)
{
    m_copies->received(bucket, epoch, position);
}

bool OwnershipEngine::hasCopy(const BucketId &bucket) const
{
    return m_copies->find(bucket).has_value();
}

void OwnershipEngine::keep()
{
    m_thread.after(kKeepMs, [this] { keep(); });
    m_pool.submit([this] {
        // What is not kept now is kept by the next call that finds something new.
        if (const Status kept = m_copies->keepReceived(); !kept)
            base::debugLine("How far replicas here have come could not be kept")
                .with("reason", kept.error().message);
    });
}

// Buckets that were deleted while the node was away, or stopped before it could forget them.
void OwnershipEngine::forgetDeleted()
{
    for (const BucketId &bucket : m_copies->buckets()) {
        const auto record = m_needs.records.find(records::Kind::Bucket, bucket.hex());
        if (!record || !*record || !(*record)->deleted)
            continue;
        if (const Status forgotten = m_copies->forget(bucket); !forgotten)
            base::debugLine("A deleted bucket's copy is still known")
                .with("reason", forgotten.error().message);
    }
}

}  // namespace maxiofs::cluster::ownership
