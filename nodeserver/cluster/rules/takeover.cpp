// SPDX-License-Identifier: GPL-3.0-or-later
#include "cluster/rules/takeover.h"

#include "cluster/rules/membership_timer.h"
#include "cluster/rules/takeover_handover.h"
#include "cluster/rules/takeover_removals.h"
#include "cluster/rules/takeover_switch.h"

#include <algorithm>

namespace maxiofs::cluster::rules {

struct Takeover::Parts {
    Parts(World &world, TakeoverWorld &node, const Members &members)
        : core(world, node, members),
          watch(core),
          handover(core),
          removals(core, handover),
          moves(core, watch),
          timer(world)
    {
    }

    void tick();
    struct CaughtUp {
        Epoch epoch;
        NodeId destination;

        bool operator==(const CaughtUp &) const = default;
    };
    using RuleKey = std::pair<BucketId, Id128>;
    [[nodiscard]] const ReplicaRule *ruleOf(const std::optional<OwnedBucket> &facts, const Id128 &rule) const;
    void tellWhole(const RuleKey &key, const CaughtUp &what);
    [[nodiscard]] bool holds(const RuleKey &key, const CaughtUp &what) const;
    void told(const RuleKey &key, const CaughtUp &what);
    [[nodiscard]] Result<MarkWholeAnswer> onMarkWhole(const NodeId &from, MarkWhole request);

    TakeoverCore core;
    TakeoverWatch watch;
    TakeoverHandover handover;
    TakeoverRemovals removals;
    TakeoverSwitch moves;
    MembershipTimer timer;
    std::map<RuleKey, CaughtUp> caughtUp;  // destinations that are yet to be told
};

Takeover::Takeover(World &world, TakeoverWorld &node, const Members &members)
    : m_parts(std::make_unique<Parts>(world, node, members))
{
    m_parts->core.whenTurned = [parts = m_parts.get()](const BucketId &bucket) {
        parts->moves.turned(bucket);
        parts->handover.turned(bucket);
    };
}

Takeover::~Takeover() = default;

void Takeover::start()
{
    m_parts->watch.start();
    for (const BucketId &bucket : m_parts->core.node.buckets())
        m_parts->core.evaluate(bucket);
    m_parts->timer.set(kTickMs, [parts = m_parts.get()] { parts->tick(); });
}

void Takeover::Parts::tick()
{
    timer.set(kTickMs, [this] { tick(); });
    core.tick();
    watch.tick();
    handover.tick();
    removals.tick();
    const auto waiting = caughtUp;
    for (const auto &[key, what] : waiting)
        tellWhole(key, what);
}

void Takeover::bucketChanged(const BucketId &bucket)
{
    m_parts->core.evaluate(bucket);
}

BucketRole Takeover::roleOf(const BucketId &bucket) const
{
    const TakeoverCore::Bucket *entry = m_parts->core.find(bucket);
    return entry == nullptr ? BucketRole::None : entry->role;
}

std::optional<Epoch> Takeover::servedEpoch(const BucketId &bucket) const
{
    const TakeoverCore::Bucket *entry = m_parts->core.find(bucket);
    return entry != nullptr && entry->role == BucketRole::Owner ? std::optional(entry->epoch) : std::nullopt;
}

bool Takeover::isDegraded(const BucketId &bucket, const Id128 &rule) const
{
    const TakeoverCore::Bucket *entry = m_parts->core.find(bucket);
    return entry != nullptr && entry->copy &&
           std::ranges::find(entry->copy->degraded, rule) != entry->copy->degraded.end();
}

std::vector<NodeId> Takeover::awaited(const BucketId &bucket) const
{
    return m_parts->handover.awaited(bucket);
}

Status Takeover::admit(const BucketId &bucket, const Epoch &epoch)
{
    TakeoverCore &core = m_parts->core;
    const TakeoverCore::Bucket *entry = core.find(bucket);
    if (entry == nullptr)
        return failure(Error::NoSuchBucket, "there is no such bucket", bucket.hex());
    if (epoch > entry->epoch)
        core.node.refresh(bucket);
    if (entry->role == BucketRole::Owner || epoch != entry->epoch)
        return failure(notOwnerUnder(epoch, entry->epoch));
    if (entry->role == BucketRole::HandingOver || !entry->isFenced)
        return failure(Error::Busy, "this node has to hand over first what the owner lacks", bucket.hex());
    if (entry->role == BucketRole::Replica)
        return {};
    CopyState state;
    state.handed = epoch;
    TRY_STATUS(core.write(bucket, std::move(state)));
    core.evaluate(bucket);
    return {};
}

void Takeover::caughtUp(const BucketId &bucket, const Id128 &rule)
{
    const auto facts = m_parts->core.node.bucket(bucket);
    const ReplicaRule *known = m_parts->ruleOf(facts, rule);
    const auto epoch = servedEpoch(bucket);
    if (known == nullptr || !epoch)
        return;
    const Parts::CaughtUp what{*epoch, known->destination};
    m_parts->caughtUp[{bucket, rule}] = what;
    m_parts->tellWhole({bucket, rule}, what);
}

const ReplicaRule *Takeover::Parts::ruleOf(const std::optional<OwnedBucket> &facts, const Id128 &rule) const
{
    if (!facts)
        return nullptr;
    const auto found = std::ranges::find(facts->rules, rule, &ReplicaRule::id);
    return found == facts->rules.end() ? nullptr : &*found;
}

// Whether it is still so: the same owner, and the rule leads where it led.
bool Takeover::Parts::holds(const RuleKey &key, const CaughtUp &what) const
{
    const TakeoverCore::Bucket *entry = core.find(key.first);
    const auto facts = core.node.bucket(key.first);
    const ReplicaRule *rule = ruleOf(facts, key.second);
    return entry != nullptr && entry->role == BucketRole::Owner && entry->epoch == what.epoch &&
           rule != nullptr && rule->destination == what.destination;
}

void Takeover::Parts::tellWhole(const RuleKey &key, const CaughtUp &what)
{
    if (!holds(key, what)) {
        caughtUp.erase(key);
        return;
    }
    auto state = core.ownState(key.first);
    const auto peer = core.peer(what.destination);
    if (!state || !peer)
        return;  // the next tick tries again
    core.ask<MarkWholeAnswer>(*peer,
                              MarkWhole{key.first, what.epoch, state->bases, state->awaited, state->behind},
                              kAskLimitMs, [this, key, what](const Result<MarkWholeAnswer> &answer) {
                                  if (answer)
                                      told(key, what);
                              });
}

void Takeover::Parts::told(const RuleKey &key, const CaughtUp &what)
{
    const auto waiting = caughtUp.find(key);
    if (waiting == caughtUp.end() || waiting->second != what || !holds(key, what))
        return;
    CopyState state = *core.find(key.first)->copy;
    const bool wasDegraded = std::erase(state.degraded, key.second) > 0;
    const bool wasBehind = std::erase(state.behind, what.destination) > 0;
    if ((wasDegraded || wasBehind) && !core.write(key.first, std::move(state)))
        return;  // the next tick tries again
    removals.told(key.first, key.second, what.destination);
    caughtUp.erase(waiting);
}

Result<MarkWholeAnswer> Takeover::Parts::onMarkWhole(const NodeId &from, MarkWhole request)
{
    const TakeoverCore::Bucket *entry = core.find(request.bucket);
    if (entry == nullptr)
        return failure(Error::NoSuchBucket, "there is no such bucket", request.bucket.hex());
    if (entry->owner != from || entry->epoch != request.epoch || entry->role != BucketRole::Replica)
        return failure(notOwnerUnder(request.epoch, entry->epoch));
    CopyState state;
    state.fed = request.epoch;
    state.handed = request.epoch;
    state.bases = std::move(request.bases);
    state.awaited = std::move(request.awaited);
    state.behind = std::move(request.behind);
    if (entry->copy)
        state.turned = entry->copy->turned;
    if (entry->copy != state)
        TRY_STATUS(core.write(request.bucket, std::move(state)));
    return MarkWholeAnswer{};
}

void Takeover::freshest(const BucketId &bucket, std::move_only_function<void(std::vector<Standing>)> done)
{
    m_parts->watch.freshest(bucket, std::move(done));
}

void Takeover::promote(const BucketId &bucket, const NodeId &target, bool force,
                       std::move_only_function<void(Result<Epoch>)> done)
{
    m_parts->moves.promote(bucket, target, force, std::move(done));
}

void Takeover::giveAway(std::int64_t limitMs, std::move_only_function<void(std::size_t)> done)
{
    m_parts->moves.giveAway(limitMs, std::move(done));
}

void Takeover::handle(const NodeId &from, TakeoverRequest request,
                      std::move_only_function<void(Result<TakeoverAnswer>)> reply)
{
    const auto answer = [&reply](auto result) {
        if (result)
            reply(TakeoverAnswer(std::move(*result)));
        else
            reply(failure(std::move(result.error())));
    };
    if (const auto *ask = std::get_if<AskStandings>(&request))
        reply(TakeoverAnswer(m_parts->watch.onAsk(*ask)));
    else if (const auto *promotion = std::get_if<PromoteReplica>(&request))
        m_parts->moves.onPromote(*promotion, std::move(reply));
    else if (const auto *begin = std::get_if<BeginSwitch>(&request))
        m_parts->moves.onBegin(from, *begin, std::move(reply));
    else if (const auto *outcome = std::get_if<AskSwitch>(&request))
        answer(m_parts->moves.onAsk(*outcome));
    else if (const auto *end = std::get_if<EndSwitch>(&request))
        answer(m_parts->moves.onEnd(*end));
    else if (const auto *offer = std::get_if<OfferCopy>(&request))
        answer(m_parts->handover.onOffer(from, *offer));
    else if (auto *handed = std::get_if<HandOver>(&request))
        m_parts->handover.onHandOver(from, std::move(*handed), std::move(reply));
    else if (const auto *ended = std::get_if<EndHandOver>(&request))
        answer(m_parts->handover.onEnd(from, *ended));
    else if (auto *mark = std::get_if<MarkWhole>(&request))
        answer(m_parts->onMarkWhole(from, std::move(*mark)));
    else if (const auto *forget = std::get_if<ForgetRemovals>(&request))
        m_parts->removals.onForget(from, *forget, std::move(reply));
}

}  // namespace maxiofs::cluster::rules
