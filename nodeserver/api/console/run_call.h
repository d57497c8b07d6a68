// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "api/console/endpoint.h"

namespace maxiofs::api::console {

// How a request ended: status and envelope.
struct Outcome {
    unsigned status = 500;
    QByteArray body;
    bool isRecorded = false;  // in the audit log of another member, which carried it out
};

[[nodiscard]] Outcome refused(const Endpoint &endpoint, const Call &call, const Error &error);
[[nodiscard]] Outcome refused(const Call &call, const Refusal &refusal);

/// Runs the endpoint's handler, lets the members take what it changed, and records it in the audit log. On a
/// thread that may block.
[[nodiscard]] Outcome runCall(const Endpoint &endpoint, Call &call);

/// Records a call that ended with `status` in the audit log, if its endpoint is of those that are recorded.
/// On a thread that may block.
void recordCall(const Endpoint &endpoint, const Call &call, unsigned status);

}  // namespace maxiofs::api::console
