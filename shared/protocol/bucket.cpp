// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocol/bucket.h"

#include "protocol/field_codec.h"

using namespace Qt::StringLiterals;

namespace maxiofs::protocol {

MAXIOFS_PROTOCOL_ENUM(Versioning)

template <typename V, typename S>
    requires std::is_same_v<std::remove_const_t<S>, Quota>
void listFields(V &visit, S &s)
{
    visit.field("bytes"_L1, s.bytes, kBytes);
    visit.field("objects"_L1, s.objects);
}
MAXIOFS_PROTOCOL_STRUCT(Quota)

template <typename V, typename S>
    requires std::is_same_v<std::remove_const_t<S>, Bucket>
void listFields(V &visit, S &s)
{
    visit.required("name"_L1, s.name);
    visit.field("id"_L1, s.id);
    visit.field("owner"_L1, s.owner);
    visit.field("owner_id"_L1, s.ownerId);
    visit.field("tenant_id"_L1, s.tenantId);
    visit.field("region"_L1, s.region);
    visit.field("versioning"_L1, s.versioning);
    visit.field("object_count"_L1, s.objectCount);
    visit.field("total_size"_L1, s.totalSize, kBytes);
    visit.field("noncurrent_count"_L1, s.noncurrentCount);
    visit.field("noncurrent_size"_L1, s.noncurrentSize, kBytes);
    visit.field("upload_count"_L1, s.uploadCount);
    visit.field("upload_size"_L1, s.uploadSize, kBytes);
    visit.field("conflict_count"_L1, s.conflictCount);
    visit.field("conflict_size"_L1, s.conflictSize, kBytes);
    visit.field("quota"_L1, s.quota);
    visit.field("created_at"_L1, s.createdAt);
    visit.field("primary_node"_L1, s.primaryNode);
    visit.field("counted"_L1, s.counted);
}
MAXIOFS_PROTOCOL_LISTED(Bucket)

template <typename V, typename S>
    requires std::is_same_v<std::remove_const_t<S>, BucketRequest>
void listFields(V &visit, S &s)
{
    visit.required("name"_L1, s.name);
    visit.field("owner"_L1, s.owner);
    visit.field("versioning"_L1, s.versioning);
    visit.field("quota"_L1, s.quota);
}
MAXIOFS_PROTOCOL_STRUCT(BucketRequest)

template <typename V, typename S>
    requires std::is_same_v<std::remove_const_t<S>, VersioningState>
void listFields(V &visit, S &s)
{
    visit.required("versioning"_L1, s.versioning);
}
MAXIOFS_PROTOCOL_STRUCT(VersioningState)

}  // namespace maxiofs::protocol
