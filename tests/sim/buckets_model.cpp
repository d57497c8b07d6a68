// SPDX-License-Identifier: GPL-3.0-or-later
#include "buckets_model.h"

#include <array>

using namespace Qt::StringLiterals;

namespace maxiofs::sim {

using records::Kind;
using records::Location;
using records::Record;

namespace {

constexpr std::int64_t kRenameMs = 5000;  // how often an owner writes down what its buckets are called

const std::array<std::string, BucketsModel::kNames> kNamesUsed{"photos", "backup", "logs"};

bool isCalm(const History &history)
{
    const auto isFault = [](const Step &step) { return step.kind != Step::Kind::Act; };
    const auto takesOver = [](const Step &step) { return step.what == BucketsModel::TakeOver; };
    return history.weather.lostPermille == 0 && history.weather.doubledPermille == 0 &&
           history.weather.slowPermille == 0 && std::ranges::none_of(history.steps, isFault) &&
           std::ranges::none_of(history.steps, takesOver);
}

QJsonObject bodyOf(const std::string &name, const Stamp &since)
{
    return {{"name"_L1, QString::fromStdString(name)},
            {"since"_L1, static_cast<qint64>(since.time)},
            {"since_node"_L1, QString::fromStdString(since.node.hex())}};
}

records::BucketNames::Claim claimOf(const Record &bucket)
{
    const auto text = [&](QLatin1StringView field) {
        return bucket.body.value(field).toString().toStdString();
    };
    return {text("name"_L1),
            {static_cast<std::uint64_t>(bucket.body.value("since"_L1).toInteger()),
             Id128::fromHex(text("since_node"_L1)).value_or(Id128())}};
}

Claims claimsOf(const std::vector<const Record *> &buckets)
{
    Claims claims;
    for (const Record *bucket : buckets)
        claims.emplace(*Id128::fromHex(bucket->id), claimOf(*bucket));
    return claims;
}

Step stepAt(std::int64_t atMs, Step::Kind kind, std::size_t node)
{
    Step step;
    step.atMs = atMs;
    step.kind = kind;
    step.node = node;
    return step;
}

Step actAt(std::int64_t atMs, BucketsModel::What what, std::size_t node, std::uint64_t name)
{
    Step step = stepAt(atMs, Step::Kind::Act, node);
    step.what = what;
    step.a = name;
    return step;
}

// Nodes that cannot hear each other make buckets of one name and take each other's; then they meet again, and
// are asked for them while they learn of it.
void addSplit(History &history, Random &random)
{
    const std::int64_t at = random.between(1000, std::max<std::int64_t>(history.lengthMs - 8000, 1000));
    const std::uint64_t name = random.below(2);
    const auto any = [&] { return random.below(history.nodes); };
    history.steps.push_back(actAt(at - 900, BucketsModel::Create, any(), name));
    history.steps.push_back(stepAt(at, Step::Kind::Isolate, any()));
    history.steps.push_back(stepAt(at, Step::Kind::Isolate, any()));
    for (int i = 0; i < 3; ++i) {
        history.steps.push_back(
            actAt(at + random.between(0, 2000), BucketsModel::Create, any(), random.below(2)));
        history.steps.push_back(actAt(at + random.between(0, 3000), BucketsModel::TakeOver, any(), 0));
        history.steps.back().b = random.next();
    }
    const std::int64_t healed = at + random.between(3000, 5000);
    history.steps.push_back(stepAt(healed, Step::Kind::LinkAll, 0));
    for (int i = 0; i < 8; ++i)
        history.steps.push_back(actAt(healed + random.between(0, 3000),
                                      random.chance(900) ? BucketsModel::Ask : BucketsModel::Delete, any(),
                                      random.below(2)));
}

History bucketsHistory(std::uint64_t seed)
{
    Random random(mix(seed, 5));
    History history{.seed = seed, .weather = {}, .steps = {}};
    history.nodes = 2 + random.below(4);
    history.lengthMs = random.between(6000, 70'000);
    history.weather.usualMs = random.between(1, 50);
    const bool calm = random.chance(300);
    const std::uint64_t names = 1 + random.below(BucketsModel::kNames);
    const std::uint64_t count = 2 + random.below(20);
    std::int64_t at = 5000;
    for (std::uint64_t i = 0; i < count; ++i) {
        // Often at once, since that is when names clash.
        at = random.chance(600) ? at + random.between(0, 30) : random.between(5000, history.lengthMs);
        Step step;
        step.atMs = at;
        step.node = random.below(history.nodes);
        step.what = random.chance(500)   ? BucketsModel::Create
                    : random.chance(400) ? BucketsModel::Delete
                    : random.chance(500) ? BucketsModel::Ask
                                         : BucketsModel::TakeOver;
        if (calm && step.what == BucketsModel::TakeOver)
            step.what = BucketsModel::Create;
        step.a = random.below(names);
        step.b = random.next();
        history.steps.push_back(step);
    }
    if (!calm && random.chance(500))
        addSplit(history, random);
    if (!calm)
        addFaults(history, random, {.most = 10, .disks = random.chance(100)});
    sortSteps(history);
    return history;
}

}  // namespace

BucketsModel::BucketsModel(const History &history, const Rules &rules)
    : ClusterModel(history, rules, Setup()),
      m_calm(isCalm(history))
{
}

std::unique_ptr<Program> BucketsModel::start(Simulator &simulator, std::size_t node, World &world)
{
    auto program = ClusterModel::start(simulator, node, world);
    world.after(kRenameMs, [this, &simulator, node, &world] { writeRenames(simulator, node, world); });
    return program;
}

bool BucketsModel::loseDisk(std::size_t node)
{
    m_diskLost = true;
    return ClusterModel::loseDisk(node);
}

Location BucketsModel::locationAt(std::size_t node, const std::string &id) const
{
    const Record *record = disk(node).find({Kind::Location, id});
    return record != nullptr ? records::locationOf(record->body) : Location();
}

std::vector<const Record *> BucketsModel::liveBuckets(std::size_t node) const
{
    std::vector<const Record *> live;
    const auto table = disk(node).tables.find(Kind::Bucket);
    if (table != disk(node).tables.end())
        for (const auto &[id, stored] : table->second.kept)
            if (!stored.record.deleted)
                live.push_back(&stored.record);
    return live;
}

std::optional<std::string> BucketsModel::resolve(std::size_t node, const std::string &name) const
{
    const Claims claims = claimsOf(liveBuckets(node));
    for (const auto &[id, claim] : claims)
        if (rules().shownName(claims, id) == name)
            return id.hex();
    return std::nullopt;
}

void BucketsModel::act(Simulator &simulator, const Step &step)
{
    const std::size_t node = step.node % nodes();
    const std::string &name = kNamesUsed[step.a % kNamesUsed.size()];
    simulator.runOn(node, [&] {
        switch (step.what) {
        case Create: create(simulator, node, name); break;
        case Delete: remove(simulator, node, name); break;
        case TakeOver: takeOver(simulator, node, step.b); break;
        default:
            if (const auto id = resolve(node, name))
                static_cast<void>(serve(simulator, node, *id));
        }
    });
}

void BucketsModel::create(Simulator &simulator, std::size_t node, const std::string &name)
{
    const BucketId id = simulator.random().id();
    if (!rules().reserves()) {
        made(simulator, node, id, name);
        return;
    }
    nodeOf(simulator, node)
        ->reservations.reserve("bucket/" + name, id,
                               [this, &simulator, node, id, name](const Status &status) {
                                   if (status && !resolve(node, name))
                                       made(simulator, node, id, name);
                               });
}

void BucketsModel::made(Simulator &simulator, std::size_t node, const BucketId &id, const std::string &name)
{
    ClusterNode *self = nodeOf(simulator, node);
    self->change({Kind::Location, id.hex()}, records::bodyOf({this->id(node), {1, this->id(node)}, false}));
    const Stamp since = rules().stamp({}, simulator.wallMs(node), this->id(node), {});
    self->change({Kind::Bucket, id.hex()}, bodyOf(name, since));
    for (const auto &[key, record] : greatest())
        if (m_calm && key.kind == Kind::Bucket && !record.deleted && key.id != id.hex() &&
            claimOf(record).name == name)
            simulator.broken("two buckets take the name " + name + " though nothing is wrong");
    self->sync.whenSettled([this, id, name] { m_acknowledged.emplace(id.hex(), name); });
}

void BucketsModel::remove(Simulator &simulator, std::size_t node, const std::string &name)
{
    const auto id = resolve(node, name);
    if (!id)
        return;
    const auto served = serve(simulator, node, *id);
    if (!served)
        return;
    simulator.runOn(served->node, [&] {
        const NodeId &owner = this->id(served->node);
        ClusterNode *self = nodeOf(simulator, served->node);
        m_deleted.insert(*id);
        self->change({Kind::Bucket, *id}, {}, true);
        self->change({Kind::Location, *id},
                     records::bodyOf({owner, rules().takeover(served->epoch, owner), false}), true);
    });
}

void BucketsModel::takeOver(Simulator &simulator, std::size_t node, std::uint64_t which)
{
    const auto live = liveBuckets(node);
    if (live.empty())
        return;
    const std::string bucket = live[which % live.size()]->id;
    const Location known = locationAt(node, bucket);
    const auto owner = indexOf(known.owner);
    const bool reaches = owner && simulator.isUp(*owner) && simulator.isLinked(node, *owner) &&
                         simulator.isLinked(*owner, node);
    if (!reaches)
        nodeOf(simulator, node)
            ->change({Kind::Location, bucket},
                     records::bodyOf({id(node), rules().takeover(known.epoch, id(node)), false}));
}

void BucketsModel::writeRenames(Simulator &simulator, std::size_t node, World &world)
{
    world.after(kRenameMs, [this, &simulator, node, &world] { writeRenames(simulator, node, world); });
    const Claims claims = claimsOf(liveBuckets(node));
    for (const auto &[bucket, claim] : claims) {
        const std::string shown = rules().shownName(claims, bucket);
        if (shown == claim.name || locationAt(node, bucket.hex()).owner != id(node))
            continue;
        const Stamp since = rules().stamp({}, simulator.wallMs(node), id(node), {});
        nodeOf(simulator, node)
            ->change({Kind::Bucket, bucket.hex()}, bodyOf(shown, since), !rules().keepsLosers());
    }
}

std::optional<BucketsModel::Served> BucketsModel::serve(Simulator &simulator, std::size_t edge,
                                                        const std::string &bucket)
{
    for (int hop = 0; hop <= kMaxHops; ++hop) {
        const auto target = indexOf(locationAt(edge, bucket).owner);
        if (!target || !simulator.isUp(*target) || !simulator.isLinked(edge, *target) ||
            !simulator.isLinked(*target, edge))
            return std::nullopt;
        const Location known = locationAt(*target, bucket);
        if (rules().ownerAnswers(known, id(*target))) {
            if (known.owner != id(*target))
                simulator.broken("node " + std::to_string(*target) +
                                 " serves a bucket though it knows that another owns it");
            return Served{*target, known.epoch};
        }
        // 421 with what it knows.
        const Record *record = disk(*target).find({Kind::Location, bucket});
        if (record == nullptr || *target == edge)
            return std::nullopt;
        std::vector<Record> word;
        word.push_back(record->clone());
        static_cast<void>(nodeOf(simulator, edge)->store.merge(std::move(word)));
    }
    return std::nullopt;
}

std::optional<std::string> BucketsModel::checkNames(std::size_t node) const
{
    const Claims claims = claimsOf(liveBuckets(node));
    const std::string who = "node " + std::to_string(node);
    std::map<std::string, BucketId> shown;
    for (const auto &[bucket, claim] : claims) {
        const std::string name = rules().shownName(claims, bucket);
        if (!shown.emplace(name, bucket).second)
            return who + " shows two buckets as " + name;
    }
    for (const auto &[bucket, claim] : claims)
        for (const auto &[other, otherClaim] : claims)
            if (claim.name == otherClaim.name && shown.at(claim.name) == other &&
                std::pair(claim.since, bucket) < std::pair(otherClaim.since, other))
                return who + " gives the name " + claim.name + " to the later of two buckets";
    for (const auto &[bucket, name] : m_acknowledged)
        if (!m_diskLost && !m_deleted.contains(bucket) && !claims.contains(*Id128::fromHex(bucket)))
            return who + " has dropped the bucket " + name;
    return std::nullopt;
}

std::optional<std::string> BucketsModel::checkOwners(Simulator &simulator)
{
    for (const Record *bucket : liveBuckets(0)) {
        const Location location = locationAt(0, bucket->id);
        if (!indexOf(location.owner))
            continue;  // it was on a disk that is lost
        for (std::size_t edge = 0; edge < nodes(); ++edge) {
            const auto served = serve(simulator, edge, bucket->id);
            if (!served || id(served->node) != location.owner)
                return "after all is well a bucket is not served by its owner when node " +
                       std::to_string(edge) + " is asked";
        }
    }
    return std::nullopt;
}

std::optional<std::string> BucketsModel::check(Simulator &simulator)
{
    auto broken = ClusterModel::check(simulator);
    for (std::size_t node = 0; node < nodes() && !broken; ++node)
        broken = checkNames(node);
    return broken ? broken : checkOwners(simulator);
}

std::string BucketsModel::describe(const Step &step) const
{
    static constexpr std::array<const char *, Whats> kVerbs{" makes ", " deletes ", " takes over one of ",
                                                            " asks for "};
    const std::string what = step.what == TakeOver ? "the buckets" : kNamesUsed[step.a % kNamesUsed.size()];
    return "node " + std::to_string(step.node % nodes()) + kVerbs.at(step.what) + what;
}

Scenario bucketsScenario(const Rules &rules)
{
    return {"buckets", bucketsHistory,
            [&rules](const History &history) { return std::make_unique<BucketsModel>(history, rules); }};
}

namespace {

const Rules kRules;

}  // namespace

MAXIOFS_SCENARIO(Buckets, bucketsScenario(kRules))

}  // namespace maxiofs::sim
