// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/console/event_streams.h"

#include <algorithm>
#include <charconv>

namespace maxiofs::api::console {

namespace {

std::size_t sizeOf(const HubEvent &event)
{
    return sizeof(HubEvent) + static_cast<std::size_t>(protocol::toText(event.payload).size());
}

std::optional<std::pair<NodeId, std::uint64_t>> entryOf(std::string_view text)
{
    const std::size_t dash = text.rfind('-');
    if (dash == text.npos)
        return std::nullopt;
    const auto node = NodeId::fromUuid(text.substr(0, dash));
    const std::string_view digits = text.substr(dash + 1);
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (!node || error != std::errc() || end != digits.data() + digits.size())
        return std::nullopt;
    return std::pair(*node, number);
}

}  // namespace

EventStreams::EventStreams(EventHub &own, std::function<NodeId()> self) : m_own(own), m_self(std::move(self))
{
}

EventStreams::Place EventStreams::newest() const
{
    const base::MutexLock lock(m_mutex);
    Place place{{m_self(), m_own.newest()}};
    for (const auto &[node, stream] : m_others)
        place[node] = stream.newest;
    return place;
}

std::optional<EventStreams::Place> EventStreams::placeOf(std::string_view id) const
{
    Place told;
    while (!id.empty()) {
        const std::string_view text = id.substr(0, id.find(','));
        id.remove_prefix(std::min(text.size() + 1, id.size()));
        const auto entry = entryOf(text);
        if (!entry)
            return std::nullopt;
        told.insert(*entry);
    }
    const base::MutexLock lock(m_mutex);
    const auto own = told.find(m_self());
    if (own == told.end() || !m_own.knows(own->second))
        return std::nullopt;
    Place place{*own};
    for (const auto &[node, stream] : m_others) {
        const auto found = told.try_emplace(node, stream.begin).first;
        if (found->second < stream.first)
            return std::nullopt;
        place.insert(*found);
    }
    return place;
}

std::string EventStreams::idOf(const Place &place, const NodeId &node)
{
    const auto textOf = [](const auto &entry) {
        return entry.first.uuid() + '-' + std::to_string(entry.second);
    };
    const auto own = place.find(node);
    std::string id = own == place.end() ? std::string() : textOf(*own);
    for (const auto &entry : place) {
        if (entry.first != node)
            id += (id.empty() ? "" : ",") + textOf(entry);
    }
    return id;
}

std::optional<std::vector<EventStreams::NodeEvent>> EventStreams::after(Place &place) const
{
    const base::MutexLock lock(m_mutex);
    std::vector<NodeEvent> events;
    const NodeId self = m_self();
    const std::uint64_t own = place.try_emplace(self, m_own.newest()).first->second;
    const auto ownEvents = m_own.after(own);
    if (!ownEvents)
        return std::nullopt;
    for (const HubEvent &event : *ownEvents)
        events.push_back({self, event});
    for (auto entry = place.begin(); entry != place.end();) {
        const bool isKnown = entry->first == self || m_others.contains(entry->first);
        entry = isKnown ? std::next(entry) : place.erase(entry);
    }
    for (const auto &[node, stream] : m_others) {
        const std::uint64_t from = place.try_emplace(node, stream.begin).first->second;
        if (from < stream.first)
            return std::nullopt;
        for (const HubEvent &event : stream.events) {
            if (event.number > from)
                events.push_back({node, event});
        }
    }
    return events;
}

bool EventStreams::isAhead(const Place &place) const
{
    const base::MutexLock lock(m_mutex);
    return std::ranges::any_of(m_others, [&](const auto &other) {
        const auto found = place.find(other.first);
        return found != place.end() && found->second > other.second.newest;
    });
}

std::optional<std::uint64_t> EventStreams::knownOf(const NodeId &node) const
{
    const base::MutexLock lock(m_mutex);
    const auto found = m_others.find(node);
    return found == m_others.end() ? std::nullopt : std::optional(found->second.newest);
}

void EventStreams::take(const NodeId &node, EventBatch batch)
{
    {
        const base::MutexLock lock(m_mutex);
        const auto [found, isNew] = m_others.try_emplace(node);
        Stream &stream = found->second;
        if (isNew)
            stream.begin = batch.newest;
        if (isNew || batch.first != stream.newest) {
            // The member was restarted, or had more to tell than it keeps.
            stream.events.clear();
            stream.bytes = 0;
            stream.first = batch.first;
            stream.begin = std::clamp(stream.begin, batch.first, batch.newest);
        }
        stream.newest = batch.newest;
        for (HubEvent &event : batch.events) {
            stream.bytes += sizeOf(event);
            stream.events.push_back(std::move(event));
        }
        while (stream.events.size() > kKept || stream.bytes > kKeptBytes) {
            stream.first = stream.events.front().number;
            stream.begin = std::max(stream.begin, stream.first);
            stream.bytes -= sizeOf(stream.events.front());
            stream.events.pop_front();
        }
    }
    m_own.wake();
}

void EventStreams::keepOnly(const std::set<NodeId> &members)
{
    const base::MutexLock lock(m_mutex);
    std::erase_if(m_others, [&](const auto &entry) { return !members.contains(entry.first); });
}

}  // namespace maxiofs::api::console
