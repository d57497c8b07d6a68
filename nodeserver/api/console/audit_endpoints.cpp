// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/console/audit_endpoints.h"

#include "api/console/audit_merge.h"

namespace maxiofs::api::console {

namespace {

// Of what one member tells another in one answer. Entries have at most 64 KiB.
constexpr std::size_t kPassedBytes = 2 * 1024 * 1024;

Result<std::optional<std::int64_t>> timeOf(const Call &call, std::string_view name)
{
    const std::string text = call.parameter(name);
    if (text.empty())
        return std::nullopt;
    const auto time = protocol::fromIso(text);
    if (!time)
        return failure(Error::InvalidArgument,
                       "The parameter " + std::string(name) + " must be a time like 2025-12-13T10:30:00Z.",
                       std::string(name));
    return time->unixMs;
}

// What this node's own log has from the place on.
Result<protocol::Page<protocol::AuditEntry>> ownPage(const Call &call, const AuditPlace &place)
{
    identity::AuditLog::Query query;
    TRY_ASSIGN(query.limit, call.limit());
    query.userId = call.parameter("user_id");
    query.action = call.parameter("action");
    query.resource = call.parameter("resource");
    TRY_ASSIGN(query.sinceMs, timeOf(call, "since"));
    TRY_ASSIGN(query.untilMs, timeOf(call, "until"));
    const auto begun = place.after.find(call.context.records.nodeId());
    if (begun != place.after.end())
        query.after = begun->second;
    else if (place.notAfterMs != 0)
        query.untilMs = std::min(query.untilMs.value_or(place.notAfterMs + 1), place.notAfterMs + 1);
    return call.context.audit.read(query);
}

void cutToBytes(protocol::Page<protocol::AuditEntry> &page, std::size_t limit)
{
    std::size_t bytes = 0;
    for (std::size_t i = 0; i < page.items.size(); ++i) {
        bytes += static_cast<std::size_t>(protocol::toText(protocol::toJson(page.items[i])).size());
        if (bytes > limit && i > 0) {
            page.items.resize(i);
            page.next = page.items.back().id;
            return;
        }
    }
}

}  // namespace

Result<Answer> listAudit(Call &call)
{
    const std::string after = call.parameter("after");
    AuditPlace place;
    if (!after.empty()) {
        TRY_ASSIGN(place, auditPlaceOf(after));
    }
    TRY_ASSIGN(auto own, ownPage(call, place));
    if (call.isPassedOn) {
        cutToBytes(own, kPassedBytes);
        return Answer::ok(protocol::pageToJson(own));
    }
    std::vector<AuditSource> sources;
    sources.push_back({call.context.records.nodeId(), std::move(own)});
    for (const MemberAnswer &other : call.others) {
        auto told = other.page<protocol::AuditEntry>();
        if (told)
            sources.push_back({other.id, *std::move(told)});
    }
    TRY_ASSIGN(const std::size_t limit, call.limit());
    auto page = mergeAudit(std::move(sources), limit, std::move(place));
    page.missing = call.missing();
    return Answer::ok(protocol::pageToJson(page));
}

}  // namespace maxiofs::api::console
