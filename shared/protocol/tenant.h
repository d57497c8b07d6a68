// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "protocol/json.h"

#include <array>
#include <utility>

namespace maxiofs::protocol {

enum class TenantStatus { Active, Disabled };
template <>
struct Names<TenantStatus> {
    static constexpr auto kAll = std::to_array<std::pair<TenantStatus, std::string_view>>(
        {{TenantStatus::Active, "active"}, {TenantStatus::Disabled, "disabled"}});
};

// Limits of a tenant, over all its buckets and users; an empty one is none.
struct TenantQuota {
    std::optional<std::int64_t> bytes;  // current and older versions and uploads together
    std::optional<std::int64_t> buckets;
    std::optional<std::int64_t> accessKeys;

    bool operator==(const TenantQuota &) const = default;
};

// People and buckets that belong together: its users see nothing of other tenants.
struct Tenant {
    static constexpr const char *kPlural = "tenants";

    std::string id;
    std::string name;
    std::string displayName;
    std::string description;
    TenantStatus status = TenantStatus::Active;
    TenantQuota quota;
    std::int64_t userCount = 0;
    std::int64_t bucketCount = 0;
    std::int64_t accessKeyCount = 0;
    std::int64_t objectCount = 0;  // current and older versions
    std::int64_t totalSize = 0;    // what the quota counts, in bytes
    Time createdAt;
    Time updatedAt;
};

// POST /tenants (name is needed) and PUT /tenants/{id} (what is there is changed; the quota as a whole).
struct TenantChange {
    std::optional<std::string> name;
    std::optional<std::string> displayName;
    std::optional<std::string> description;
    std::optional<TenantStatus> status;
    std::optional<TenantQuota> quota;
};

}  // namespace maxiofs::protocol
