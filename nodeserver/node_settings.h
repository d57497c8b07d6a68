// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "api/ops/metrics_text.h"
#include "api/s3/metrics.h"
#include "records/settings.h"

#include <vector>

namespace maxiofs {

/// The settings that administrators change while the node runs, with their standard values and checks.
[[nodiscard]] std::vector<records::SettingDefinition> nodeSettings();

/// Requests, errors, bytes and latencies by operation.
void addS3Metrics(const api::s3::Metrics &metrics, api::ops::MetricsText &text);

}  // namespace maxiofs
