// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "records/bucket_record.h"
#include "records/settings.h"

namespace maxiofs::records {

/// What the setting kFailoverSetting says. Any thread.
[[nodiscard]] FailoverPolicy clusterFailover(const Settings &settings);
/// Who may take the bucket over: what it says itself, else what the cluster says.
[[nodiscard]] FailoverPolicy failoverOf(const BucketRecord &bucket, const Settings &settings);
/// The setting's definition, automatic by itself.
[[nodiscard]] SettingDefinition failoverSetting();

}  // namespace maxiofs::records
