// SPDX-License-Identifier: GPL-3.0-or-later
#include "cluster/rules/rule_flights.h"

#include <algorithm>

namespace maxiofs::cluster::rules {

void RuleFlights::add(std::uint64_t id, std::vector<BatchEntry> entries, std::uint64_t to)
{
    Flight flight{.id = id, .to = to, .left = {}};
    flight.left.reserve(entries.size());
    for (BatchEntry &entry : entries)
        flight.left.push_back({std::move(entry), 0, {}});
    m_flights.push_back(std::move(flight));
}

RuleFlights::Flight *RuleFlights::next(std::int64_t nowMs)
{
    const auto found = std::ranges::find_if(
        m_flights, [nowMs](const Flight &flight) { return flight.waits() && flight.notBeforeMs <= nowMs; });
    return found != m_flights.end() ? &*found : nullptr;
}

RuleFlights::Flight *RuleFlights::find(std::uint64_t id)
{
    const auto found = std::ranges::find(m_flights, id, &Flight::id);
    return found != m_flights.end() ? &*found : nullptr;
}

std::optional<std::int64_t> RuleFlights::dueMs() const
{
    std::optional<std::int64_t> due;
    for (const Flight &flight : m_flights)
        if (flight.waits())
            due = std::min(due.value_or(flight.notBeforeMs), flight.notBeforeMs);
    return due;
}

std::optional<std::uint64_t> RuleFlights::land()
{
    std::optional<std::uint64_t> to;
    while (!m_flights.empty() && m_flights.front().left.empty()) {
        to = m_flights.front().to;
        m_flights.pop_front();
    }
    return to;
}

std::uint64_t RuleFlights::objects() const
{
    std::uint64_t objects = 0;
    for (const Flight &flight : m_flights)
        objects += flight.left.size();
    return objects;
}

std::uint64_t RuleFlights::bytes() const
{
    std::uint64_t bytes = 0;
    for (const Flight &flight : m_flights) {
        for (const Carried &carried : flight.left)
            bytes += carried.entry.size;
    }
    return bytes;
}

}  // namespace maxiofs::cluster::rules
