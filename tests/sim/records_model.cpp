// SPDX-License-Identifier: GPL-3.0-or-later
#include "records_model.h"

#include <array>

using namespace Qt::StringLiterals;

namespace maxiofs::sim {

using records::Kind;
using records::Record;
using records::RecordKey;

namespace {

constexpr std::int64_t kMinuteMs = 60'000;
constexpr std::int64_t kDayMs = 24 * 60 * kMinuteMs;

const std::array<RecordKey, RecordsModel::kKeys> kKeysUsed{{{Kind::UserProfile, "u1"},
                                                            {Kind::UserProfile, "u2"},
                                                            {Kind::UserProfile, "u3"},
                                                            {Kind::UserProfile, "u4"},
                                                            {Kind::UserPassword, "u1"},
                                                            {Kind::AccessKey, "k1"},
                                                            {Kind::Setting, "s1"},
                                                            {Kind::Setting, "s2"},
                                                            {Kind::Tenant, "t1"},
                                                            {Kind::Node, "n1"},
                                                            {Kind::Location, "b1"}}};

void addActs(History &history, Random &random, std::uint64_t most, std::uint64_t keys)
{
    const std::uint64_t count = 3 + random.below(most);
    const std::uint64_t first = random.below(RecordsModel::kKeys);
    for (std::uint64_t i = 0; i < count; ++i) {
        Step step;
        step.atMs = random.between(0, history.lengthMs);
        step.node = random.below(history.nodes);
        step.a = first + random.below(keys);
        step.what = random.chance(600)   ? RecordsModel::Put
                    : random.chance(700) ? RecordsModel::Remove
                    : random.chance(500) ? RecordsModel::Seek
                                         : RecordsModel::Sync;
        history.steps.push_back(step);
    }
}

History recordsHistory(std::uint64_t seed)
{
    Random random(mix(seed, 3));
    History history{.seed = seed, .weather = {}, .steps = {}};
    history.nodes = 2 + random.below(4);
    history.lengthMs = random.between(2000, 70'000);
    addActs(history, random, 25, 1 + random.below(RecordsModel::kKeys));
    if (random.chance(850))
        addFaults(history, random, {.most = 10, .disks = random.chance(200)});
    sortSteps(history);
    return history;
}

// Hours in which a node may be away, and holidays of weeks between them.
History tombstonesHistory(std::uint64_t seed)
{
    Random random(mix(seed, 4));
    History history{.seed = seed, .weather = {}, .steps = {}};
    history.nodes = 2 + random.below(2);
    history.lengthMs = random.between(150, 400) * kMinuteMs;
    addActs(history, random, 10, 1 + random.below(3));
    addFaults(history, random, {.most = 8, .clocks = random.chance(300)});
    const std::uint64_t holidays = 1 + random.below(3);
    for (std::uint64_t i = 0; i < holidays; ++i) {
        Step step;
        step.kind = Step::Kind::Later;
        step.atMs = random.between(0, history.lengthMs);
        step.value = random.between(10, 50) * kDayMs;
        history.steps.push_back(step);
    }
    sortSteps(history);
    return history;
}

}  // namespace

RecordsModel::RecordsModel(const History &history, const Rules &rules, Setup setup)
    : ClusterModel(history, rules, setup),
      m_reliable(history.weather.lostPermille == 0 && history.weather.slowPermille == 0)
{
}

const RecordKey &RecordsModel::keyOf(const Step &step)
{
    return kKeysUsed[step.a % kKeysUsed.size()];
}

void RecordsModel::act(Simulator &simulator, const Step &step)
{
    const RecordKey &key = keyOf(step);
    const std::size_t node = step.node % nodes();
    simulator.runOn(node, [&] {
        if (step.what == Seek) {
            seek(simulator, node, key);
            return;
        }
        if (step.what == Sync) {
            syncNow(simulator, node);
            return;
        }
        QJsonObject body{{"edit"_L1, static_cast<qint64>(++m_edits)}};
        const Record *known = disk(node).find(key);
        if (key.kind == Kind::Node && known != nullptr && known->deleted)
            return;  // a removed node joins again under another id
        if (key.kind == Kind::Location) {
            const auto epoch = known != nullptr ? records::locationOf(known->body).epoch : records::Epoch();
            body = records::bodyOf({id(node), rules().takeover(epoch, id(node)), false});
        } else if (step.what == Remove) {
            body = {};
        }
        settle(simulator, node, nodeOf(simulator, node)->change(key, std::move(body), step.what == Remove));
    });
}

// A change must be on all healthy members when the node says so.
void RecordsModel::settle(Simulator &simulator, std::size_t node, Record changed)
{
    const auto record = std::make_shared<Record>(std::move(changed));
    const std::int64_t begun = simulator.nowMs();
    nodeOf(simulator, node)->sync.whenSettled([this, &simulator, node, record, begun] {
        if (simulator.nowMs() - begun < cluster::rules::RecordSync::kPushLimitMs)
            mustBeSettled(simulator, node, *record);
    });
}

void RecordsModel::seek(Simulator &simulator, std::size_t node, const RecordKey &key)
{
    nodeOf(simulator, node)->sync.seek(key.kind, key.id, [this, &simulator, node, key](bool came) {
        if (came && disk(node).find(key) == nullptr)
            simulator.broken("node " + std::to_string(node) + " says that " + key.id +
                             " came, and it did not");
    });
}

std::vector<Record> RecordsModel::recordsOf(std::size_t node) const
{
    std::vector<Record> records;
    for (const auto &[kind, table] : disk(node).tables)
        for (const auto &[id, stored] : table.kept)
            records.push_back(stored.record.clone());
    return records;
}

void RecordsModel::mustHave(Simulator &simulator, std::size_t node, const std::vector<Record> &records)
{
    for (const Record &record : records) {
        const Record *here = disk(node).find(record.key());
        if (here == nullptr ? !record.deleted : compareVersions(*here, record) < 0)
            simulator.broken("node " + std::to_string(node) + " was compared and has not got " +
                             nameOf(record));
    }
}

// What both had when it began must be on both when it ends, where nothing came between the two.
void RecordsModel::syncNow(Simulator &simulator, std::size_t node)
{
    struct Before {
        std::int64_t begun = 0;
        std::map<std::size_t, std::vector<Record>> records;  // of those that can be reached
    };
    const auto before = std::make_shared<Before>();
    before->begun = simulator.nowMs();
    for (std::size_t i = 0; i < nodes(); ++i)
        if (i == node || (simulator.isUp(i) && simulator.isLinked(node, i) && simulator.isLinked(i, node)))
            before->records.emplace(i, recordsOf(i));
    nodeOf(simulator, node)->sync.syncNow([this, &simulator, node, before] {
        for (const auto &[other, records] : before->records) {
            if (!m_reliable || simulator.changedMs(node, other) >= before->begun)
                continue;
            mustHave(simulator, node, records);
            mustHave(simulator, other, before->records.at(node));
        }
    });
}

std::string RecordsModel::describe(const Step &step) const
{
    const std::string node = "node " + std::to_string(step.node % nodes());
    if (step.what == Sync)
        return node + " compares with all";
    static constexpr std::array<const char *, Sync> kVerbs{" changes ", " deletes ", " looks for "};
    const RecordKey &key = keyOf(step);
    return node + kVerbs.at(step.what) + std::string(records::tableOf(key.kind)) + '/' + key.id;
}

Scenario recordsScenario(const Rules &rules)
{
    return {"records", recordsHistory, [&rules](const History &history) {
                return std::make_unique<RecordsModel>(
                    history, rules, ClusterModel::Setup{.pageRecords = 1 + history.seed % 3});
            }};
}

Scenario tombstonesScenario(const Rules &rules)
{
    return {"tombstones", tombstonesHistory, [&rules](const History &history) {
                return std::make_unique<RecordsModel>(history, rules,
                                                      ClusterModel::Setup{.intervalMs = 10 * kMinuteMs});
            }};
}

namespace {

const Rules kRules;

}  // namespace

MAXIOFS_SCENARIO(Records, recordsScenario(kRules))
MAXIOFS_SCENARIO(Tombstones, tombstonesScenario(kRules))

}  // namespace maxiofs::sim
