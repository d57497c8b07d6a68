// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocol/failover.h"

#include "protocol/field_codec.h"

using namespace Qt::StringLiterals;

namespace maxiofs::protocol {

MAXIOFS_PROTOCOL_ENUM(FailoverPolicy)

template <typename V, typename S>
    requires std::is_same_v<std::remove_const_t<S>, BucketFailover>
void listFields(V &visit, S &s)
{
    visit.field("failover"_L1, s.failover);
    visit.field("in_effect"_L1, s.inEffect);
    visit.field("cluster_default"_L1, s.clusterDefault);
}
MAXIOFS_PROTOCOL_STRUCT(BucketFailover)

template <typename V, typename S>
    requires std::is_same_v<std::remove_const_t<S>, PromoteRequest>
void listFields(V &visit, S &s)
{
    visit.field("node_id"_L1, s.nodeId);
    visit.field("force"_L1, s.force);
}
MAXIOFS_PROTOCOL_STRUCT(PromoteRequest)

template <typename V, typename S>
    requires std::is_same_v<std::remove_const_t<S>, PromotedBucket>
void listFields(V &visit, S &s)
{
    visit.required("bucket"_L1, s.bucket);
    visit.required("node_id"_L1, s.nodeId);
    visit.field("node_name"_L1, s.nodeName);
    visit.field("former_node_id"_L1, s.formerNodeId);
    visit.field("former_node_name"_L1, s.formerNodeName);
    visit.field("epoch"_L1, s.epoch);
}
MAXIOFS_PROTOCOL_STRUCT(PromotedBucket)

template <typename V, typename S>
    requires std::is_same_v<std::remove_const_t<S>, Conflict>
void listFields(V &visit, S &s)
{
    visit.required("id"_L1, s.id);
    visit.required("bucket"_L1, s.bucket);
    visit.field("tenant_id"_L1, s.tenantId);
    visit.required("object_key"_L1, s.objectKey);
    visit.required("version_id"_L1, s.versionId);
    visit.field("node_id"_L1, s.nodeId);
    visit.field("node_name"_L1, s.nodeName);
    visit.field("changed_at"_L1, s.changedAt);
    visit.field("is_delete_marker"_L1, s.isDeleteMarker);
    visit.field("size"_L1, s.size, kBytes);
    visit.field("etag"_L1, s.etag);
    visit.field("content_type"_L1, s.contentType);
    visit.field("current_version_id"_L1, s.currentVersionId);
    visit.field("current_changed_at"_L1, s.currentChangedAt);
    visit.field("current_size"_L1, s.currentSize, kBytes);
    visit.field("current_etag"_L1, s.currentEtag);
}
MAXIOFS_PROTOCOL_LISTED(Conflict)

template <typename V, typename S>
    requires std::is_same_v<std::remove_const_t<S>, RestoredConflict>
void listFields(V &visit, S &s)
{
    visit.required("bucket"_L1, s.bucket);
    visit.required("object_key"_L1, s.objectKey);
    visit.required("version_id"_L1, s.versionId);
}
MAXIOFS_PROTOCOL_STRUCT(RestoredConflict)

}  // namespace maxiofs::protocol
