// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "cluster/rules/messages.h"

namespace maxiofs::sim {

/// Requests hold secrets and are not copied by accident; a message that arrives twice needs it.
[[nodiscard]] cluster::rules::Request cloneOf(const cluster::rules::Request &request);
[[nodiscard]] std::vector<records::Record> clonesOf(const std::vector<records::Record> &records);

/// What a machine's handler gives, as an answer of any kind.
template <typename T>
[[nodiscard]] Result<cluster::rules::Answer> answerOf(Result<T> result)
{
    if (!result)
        return failure(std::move(result.error()));
    // Not by conversion: that tries to copy records into every alternative.
    return Result<cluster::rules::Answer>(std::in_place, std::in_place_type<T>, std::move(*result));
}

}  // namespace maxiofs::sim
