// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/console/audit_merge.h"

#include <algorithm>
#include <charconv>

namespace maxiofs::api::console {

namespace {

template <typename Number>
std::optional<Number> numberOf(std::string_view text)
{
    Number number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size())
        return std::nullopt;
    return number;
}

std::string_view takeUntil(std::string_view &text, char separator)
{
    const std::string_view part = text.substr(0, text.find(separator));
    text.remove_prefix(std::min(part.size() + 1, text.size()));
    return part;
}

// A log of which some is left, while it is merged.
struct Reading {
    const AuditSource *source;
    std::size_t next = 0;

    [[nodiscard]] bool isEmpty() const { return next == source->page.items.size(); }
    [[nodiscard]] bool goesOn() const { return !source->page.next.empty(); }
    [[nodiscard]] const protocol::AuditEntry &front() const { return source->page.items[next]; }
};

}  // namespace

protocol::AuditEntry shownOf(protocol::AuditEntry entry, const NodeId &node)
{
    entry.id = node.uuid() + '-' + entry.id;
    return entry;
}

// "<Unix ms>" and for each node "_<uuid>:<number>".
std::string textOf(const AuditPlace &place)
{
    std::string text = std::to_string(place.notAfterMs);
    for (const auto &[node, number] : place.after)
        text += '_' + node.uuid() + ':' + number;
    return text;
}

Result<AuditPlace> auditPlaceOf(std::string_view text)
{
    const auto wrong = failure(Error::InvalidArgument,
                               "\"after\" is not what \"next\" said in a page of the audit log.", "after");
    AuditPlace place;
    const auto notAfter = numberOf<std::int64_t>(takeUntil(text, '_'));
    if (!notAfter)
        return wrong;
    place.notAfterMs = *notAfter;
    while (!text.empty()) {
        std::string_view entry = takeUntil(text, '_');
        const auto node = NodeId::fromUuid(takeUntil(entry, ':'));
        if (!node || !numberOf<std::uint64_t>(entry))
            return wrong;
        place.after[*node] = entry;
    }
    return place;
}

protocol::Page<protocol::AuditEntry> mergeAudit(std::vector<AuditSource> sources, std::size_t limit,
                                                AuditPlace place)
{
    std::ranges::sort(sources, {}, &AuditSource::node);
    std::vector<Reading> readings;
    readings.reserve(sources.size());
    for (const AuditSource &source : sources)
        readings.push_back({&source});
    protocol::Page<protocol::AuditEntry> page;
    // A log that goes on behind what was fetched of it may have the newest entry of all.
    const auto isUnknown = [](const Reading &reading) { return reading.isEmpty() && reading.goesOn(); };
    while (page.items.size() < limit && std::ranges::none_of(readings, isUnknown)) {
        Reading *newest = nullptr;
        for (Reading &reading : readings) {
            if (!reading.isEmpty() && (newest == nullptr || reading.front().time > newest->front().time))
                newest = &reading;
        }
        if (newest == nullptr)
            break;
        const protocol::AuditEntry &entry = newest->front();
        place.notAfterMs = entry.time.unixMs;
        place.after[newest->source->node] = entry.id;
        page.items.push_back(shownOf(entry, newest->source->node));
        ++newest->next;
    }
    // Those of which nothing is shown yet begin at what is their newest now.
    for (const Reading &reading : readings) {
        if (!reading.isEmpty() && reading.next == 0)
            place.after.try_emplace(
                reading.source->node,
                std::to_string(numberOf<std::uint64_t>(reading.front().id).value_or(0) + 1));
    }
    const bool more = std::ranges::any_of(
        readings, [](const Reading &reading) { return !reading.isEmpty() || reading.goesOn(); });
    if (more)
        page.next = textOf(place);
    return page;
}

}  // namespace maxiofs::api::console
