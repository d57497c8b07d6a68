// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "records/settings.h"

namespace maxiofs::records {

inline constexpr std::string_view kRegionSetting = "s3-region";
inline constexpr std::string_view kScrubSetting = "scrub-bytes-per-second";

/// The settings that a cluster shares.
[[nodiscard]] std::vector<SettingDefinition> standardSettings();

}  // namespace maxiofs::records
