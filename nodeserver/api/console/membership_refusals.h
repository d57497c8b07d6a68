// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "api/console/refusal.h"

namespace maxiofs::api::console {

/// What goes wrong when a cluster is formed or dissolved, as the console says it: from the errors of
/// cluster::Cluster. None is 401, which a desktop would take for the end of its own session.
[[nodiscard]] std::optional<Refusal> joinRefusal(const Error &error);
/// The same for nodes that go; BucketNotEmpty, with the names as subject, for one that owns buckets.
[[nodiscard]] std::optional<Refusal> removalRefusal(const Error &error);

/// The names in an error's subject.
[[nodiscard]] std::vector<std::string> namesIn(const std::string &subject);

}  // namespace maxiofs::api::console
