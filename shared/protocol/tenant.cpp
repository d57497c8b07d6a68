// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocol/tenant.h"

#include "protocol/field_codec.h"

using namespace Qt::StringLiterals;

namespace maxiofs::protocol {

MAXIOFS_PROTOCOL_ENUM(TenantStatus)

template <typename V, typename S>
    requires std::is_same_v<std::remove_const_t<S>, TenantQuota>
void listFields(V &visit, S &s)
{
    visit.field("bytes"_L1, s.bytes, kBytes);
    visit.field("buckets"_L1, s.buckets);
    visit.field("access_keys"_L1, s.accessKeys);
}
MAXIOFS_PROTOCOL_STRUCT(TenantQuota)

template <typename V, typename S>
    requires std::is_same_v<std::remove_const_t<S>, Tenant>
void listFields(V &visit, S &s)
{
    visit.required("id"_L1, s.id);
    visit.required("name"_L1, s.name);
    visit.field("display_name"_L1, s.displayName);
    visit.field("description"_L1, s.description);
    visit.field("status"_L1, s.status);
    visit.field("quota"_L1, s.quota);
    visit.field("user_count"_L1, s.userCount);
    visit.field("bucket_count"_L1, s.bucketCount);
    visit.field("access_key_count"_L1, s.accessKeyCount);
    visit.field("object_count"_L1, s.objectCount);
    visit.field("total_size"_L1, s.totalSize, kBytes);
    visit.field("created_at"_L1, s.createdAt);
    visit.field("updated_at"_L1, s.updatedAt);
}
MAXIOFS_PROTOCOL_LISTED(Tenant)

template <typename V, typename S>
    requires std::is_same_v<std::remove_const_t<S>, TenantChange>
void listFields(V &visit, S &s)
{
    visit.unlessEmpty("name"_L1, s.name);
    visit.unlessEmpty("display_name"_L1, s.displayName);
    visit.unlessEmpty("description"_L1, s.description);
    visit.unlessEmpty("status"_L1, s.status);
    visit.unlessEmpty("quota"_L1, s.quota);
}
MAXIOFS_PROTOCOL_STRUCT(TenantChange)

}  // namespace maxiofs::protocol
