// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/console/run_call.h"

#include "base/log_line.h"
#include "protocol/envelope.h"

namespace maxiofs::api::console {

namespace {

constexpr unsigned kTooManyAttempts = 429;

}  // namespace

Outcome refused(const Call &call, const Refusal &refusal)
{
    return {refusal.status, textOf(refusal, call.requestId)};
}

Outcome refused(const Endpoint &endpoint, const Call &call, const Error &error)
{
    return refused(call, refusalOf(error, endpoint.missing, call.requestId));
}

Outcome runCall(const Endpoint &endpoint, Call &call)
{
    Outcome outcome;
    const Result<Answer> answer = endpoint.handler(call);
    if (answer) {
        // Whoever asks another node next, or through a load balancer, finds what was just changed.
        if (endpoint.method != "GET")
            call.context.cluster.settle();
        outcome = {answer->status, protocol::successText(answer->data, answer->message)};
    } else {
        const auto own = endpoint.refuse == nullptr ? std::nullopt : endpoint.refuse(answer.error());
        outcome = own ? refused(call, *own) : refused(endpoint, call, answer.error());
    }
    recordCall(endpoint, call, outcome.status);
    return outcome;
}

void recordCall(const Endpoint &endpoint, const Call &call, unsigned status)
{
    // Attempts while a lock lasts say nothing new, and could push older entries out of the log.
    if (endpoint.action.empty() || status == kTooManyAttempts)
        return;
    protocol::AuditEntry entry;
    entry.username = call.note.username;
    if (!call.identity.isAnonymous()) {
        entry.userId = call.user().id;
        entry.username = call.user().username;
    }
    entry.address = call.address;
    entry.action = endpoint.action;
    entry.resource =
        call.note.resource.empty() && !call.parameters.empty() ? call.parameters.back() : call.note.resource;
    entry.before = call.note.before;
    entry.after = call.note.after;
    entry.answer = status;
    const Status recorded = call.context.audit.record(std::move(entry));
    if (!recorded)
        base::errorLine("Audit: an entry could not be written").with("reason", recorded.error().message);
}

}  // namespace maxiofs::api::console
