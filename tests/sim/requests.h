// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cluster/rules/messages.h"

namespace maxiofs::sim {

/// Requests hold secrets and are not copied by accident; a message that arrives twice needs it.
[[nodiscard]] cluster::rules::Request cloneOf(const cluster::rules::Request &request);
[[nodiscard]] std::vector<records::Record> clonesOf(const std::vector<records::Record> &records);

}  // namespace maxiofs::sim
