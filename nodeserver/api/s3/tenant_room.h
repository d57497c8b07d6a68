// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "api/s3/call.h"
#include "identity/tenant_quotas.h"

namespace maxiofs::api::s3 {

// What a write takes away from what its bucket holds, where it makes room in the tenant's quota.
enum class Replaces { Nothing, Object };

/// Room for `bytes` more in the quota of the bucket's tenant, from the head alone; to be marked used() once
/// they are stored. QuotaExceeded when there is none.
net::Awaitable<S3Result<identity::TenantQuotas::Room>> roomInTenant(Call &call, std::uint64_t bytes,
                                                                    Replaces replaces);

/// What this node's store holds of a bucket, for identity::TenantQuotas. May read the disk.
[[nodiscard]] Result<identity::TenantUsage> usageOf(store::ObjectStore &store, const BucketId &bucket);

}  // namespace maxiofs::api::s3
