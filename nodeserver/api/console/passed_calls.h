// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "api/console/passed_call.h"
#include "cluster/link/internal_handlers.h"

namespace maxiofs::api::console {

// Carries out requests that other members pass on (internal route `console-call`), for their callers, whose
// rights are looked up here. Only endpoints of the scopes Owner, Node and All are passed on. Any I/O thread.
class PassedCalls {
public:
    /// `context` must outlive it.
    explicit PassedCalls(const Context &context) : m_context(context) {}

    /// Errors: InvalidArgument for what is never passed on, Busy for a user whom this node does not know yet,
    /// PreconditionFailed with subject kNotOwner for a bucket of another node.
    net::Awaitable<Result<QJsonObject>> answer(cluster::link::InternalCall request) const;

private:
    [[nodiscard]] Result<Call> callFor(const PassedCall &passed, const Match &match) const;

    const Context &m_context;
};

}  // namespace maxiofs::api::console
