// SPDX-License-Identifier: GPL-3.0-or-later
#include "cluster/rules/seeker.h"

#include <algorithm>

namespace maxiofs::cluster::rules {

Seeker::Seeker(World &world, const Members &members, records::RecordStore &store, Applied applied)
    : m_world(world),
      m_members(members),
      m_store(store),
      m_applied(std::move(applied))
{
}

void Seeker::seek(records::Kind kind, const std::string &name, std::move_only_function<void(bool)> call)
{
    const Name sought{kind, name};
    if (const auto flight = m_flights.find(sought); flight != m_flights.end()) {
        flight->second.calls.push_back(std::move(call));
        return;
    }
    const std::vector<Peer> others = m_members.others();
    if (others.empty() || m_flights.size() >= kMaxFlights || isRefused(sought)) {
        call(false);
        return;
    }
    Flight &flight = m_flights[sought];
    flight.open = others.size();
    flight.calls.push_back(std::move(call));
    for (const Peer &member : others)
        m_world.ask(member, SeekRecord{kind, name}, kLimitMs,
                    [this, sought](Result<Answer> answer) { answered(sought, std::move(answer)); });
}

void Seeker::answered(const Name &name, Result<Answer> answer)
{
    bool came = false;
    if (auto *found = answer ? std::get_if<SeekRecordAnswer>(&*answer) : nullptr;
        found != nullptr && !found->records.empty()) {
        came = std::ranges::any_of(found->records, [](const auto &record) { return !record.deleted; });
        const auto merged = m_store.merge(std::move(found->records));
        came &= merged.has_value();
        if (merged)
            m_applied(merged->applied);
    }
    const auto flight = m_flights.find(name);
    if (flight == m_flights.end())
        return;  // another member had it
    if (came || --flight->second.open == 0)
        land(name, came);
}

void Seeker::land(const Name &name, bool came)
{
    auto flight = m_flights.extract(name);
    if (!came) {
        const std::int64_t until = m_world.steadyMs() + kRefusalMs;
        m_refusedUntil[name] = until;
        m_refusals.emplace_back(until, name);
    }
    for (auto &call : flight.mapped().calls)
        call(came);
}

bool Seeker::isRefused(const Name &name)
{
    const std::int64_t now = m_world.steadyMs();
    while (!m_refusals.empty() && (m_refusals.front().first <= now || m_refusals.size() > kMaxRefusals)) {
        const auto &[until, oldest] = m_refusals.front();
        if (const auto found = m_refusedUntil.find(oldest);
            found != m_refusedUntil.end() && found->second == until)
            m_refusedUntil.erase(found);
        m_refusals.pop_front();
    }
    return m_refusedUntil.contains(name);
}

void Seeker::recordsCame(const std::vector<records::RecordKey> &keys)
{
    // The id of a bucket or user is not its name, so all refusals of the kind go: they cost one question
    // each.
    for (const records::RecordKey &key : keys) {
        auto found = m_refusedUntil.lower_bound({key.kind, {}});
        while (found != m_refusedUntil.end() && found->first.first == key.kind)
            found = m_refusedUntil.erase(found);
    }
}

}  // namespace maxiofs::cluster::rules
