// SPDX-License-Identifier: GPL-3.0-or-later
#include "cluster/rules/tombstones.h"

#include "cluster/rules/comparison.h"

#include <algorithm>
#include <iterator>

namespace maxiofs::cluster::rules {

using records::Kind;
using records::Record;

namespace {

// A removed node is refused for ever, and a bucket's epoch must not begin anew.
bool isKeptForEver(Kind kind)
{
    return kind == Kind::Node || kind == Kind::Location;
}

}  // namespace

Tombstones::Tombstones(World &world, const Members &members, records::RecordStore &store,
                       CompareAll compareAll)
    : m_world(world),
      m_members(members),
      m_store(store),
      m_compareAll(std::move(compareAll))
{
}

Tombstones::~Tombstones()
{
    m_world.cancel(m_timer);
}

void Tombstones::start()
{
    m_timer = m_world.after(kIntervalMs, [this] {
        start();
        dropAgreed();
        agree();
    });
}

void Tombstones::agree()
{
    const std::vector<Peer> others = m_members.others();
    if (!others.empty() && others.front().id < m_members.self())
        return;
    auto old = oldOnes();
    if (old.empty())
        return;
    m_compareAll([this, old = std::move(old)](const std::set<NodeId> &have) mutable {
        // Those too that joined meanwhile: they may have been given what one of the others still had.
        const std::vector<Peer> now = m_members.others();
        if (std::ranges::all_of(now, [&](const Peer &member) { return have.contains(member.id); }))
            m_agreed = std::move(old);
    });
}

std::vector<Record> Tombstones::oldOnes()
{
    std::vector<Record> old;
    const std::int64_t beforeMs = m_world.wallMs() - kKeptMs;
    for (const Kind kind : records::syncedKinds()) {
        if (isKeptForEver(kind))
            continue;
        if (auto tombstones = m_store.oldTombstones(kind, beforeMs, kMost))
            std::ranges::move(*tombstones, std::back_inserter(old));
    }
    return old;
}

void Tombstones::dropAgreed()
{
    const std::vector<Record> agreed = std::exchange(m_agreed, {});
    if (agreed.empty() || !m_store.forget(agreed))
        return;
    for (const Peer &member : m_members.others()) {
        for (std::size_t group = 0; group < syncGroups().size(); ++group) {
            PushRecords word{{}, true};
            for (const Record &record : agreed)
                if (syncGroupOf(record.kind) == group)
                    word.records.push_back(record.clone());
            // Whether it heard does not matter: one that did not gives them back, and is told again.
            if (!word.records.empty())
                m_world.ask(member, std::move(word), kWordLimitMs, [](const Result<Answer> &) {});
        }
    }
}

Result<PushRecordsAnswer> Tombstones::onWord(std::vector<Record> tombstones)
{
    const std::size_t count = tombstones.size();
    const std::int64_t beforeMs = m_world.wallMs() - kKeptMs;
    std::erase_if(tombstones, [&](const Record &record) {
        return !record.deleted || isKeptForEver(record.kind) || record.stamp.unixMs() >= beforeMs;
    });
    TRY_STATUS(m_store.forget(tombstones));
    return PushRecordsAnswer{tombstones.size(), count - tombstones.size()};
}

}  // namespace maxiofs::cluster::rules
