// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "api/console/run_call.h"

namespace maxiofs::api::console {

inline constexpr std::string_view kConsoleCallRoute = "console-call";
/// Subject of the PreconditionFailed with which a node answers that it does not own the bucket.
inline constexpr std::string_view kNotOwner = "not-owner";

// A request that one member passes on to another, with who made it. The member that carries it out looks that
// user's rights up anew.
struct PassedCall {
    std::string method;
    std::string path;   // below /api/v1, as sent
    std::string query;  // as sent
    QJsonObject body;
    std::string userId;
    std::string address;  // the client's
    std::string requestId;
};

/// The body of `console-call` and back; InvalidArgument for one that is none.
[[nodiscard]] QJsonObject bodyOf(const PassedCall &call);
[[nodiscard]] Result<PassedCall> passedCallOf(const QJsonObject &body);
/// Its answer and back.
[[nodiscard]] QJsonObject bodyOf(const Outcome &outcome);
[[nodiscard]] Result<Outcome> outcomeOf(const QJsonObject &body);

/// The data of a success; of a refusal an error with its sentence.
[[nodiscard]] Result<QJsonValue> dataOf(const Outcome &outcome);

}  // namespace maxiofs::api::console
