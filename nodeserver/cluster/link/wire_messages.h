// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cluster/link/wire_fields.h"

// For message_codec.cpp and what keeps such values on the disk: the fields of each message (wire_fields.h
// says how they are listed). What a caller proves otherwise, such as the key of a join, is not among them.
namespace maxiofs::cluster::link::wire {

using namespace Qt::StringLiterals;

#define MAXIOFS_WIRE(Type)                                                                                   \
    template <typename V, typename S>                                                                        \
        requires std::is_same_v<std::remove_const_t<S>, Type>                                                \
    void listFields([[maybe_unused]] V &visit, [[maybe_unused]] S &s)

MAXIOFS_WIRE(rules::ProtocolRange)
{
    visit("lowest"_L1, s.lowest);
    visit("highest"_L1, s.highest);
}
MAXIOFS_WIRE(rules::NodeDescription)
{
    visit("id"_L1, s.id);
    visit("name"_L1, s.name);
    visit("endpoint"_L1, s.endpoint);
    visit("region"_L1, s.region);
    visit("priority"_L1, s.priority);
    visit("metadata"_L1, s.metadata);
    visit("certificate"_L1, s.certificate);
    visit("protocol"_L1, s.protocol);
}
MAXIOFS_WIRE(rules::ClusterSecrets)
{
    visit("generation"_L1, s.generation);
    visit("token"_L1, s.token);
    visit("previous_token"_L1, s.previousToken);
    visit("previous_until_ms"_L1, s.previousUntilMs);
    visit("record_key"_L1, s.recordKey);
    visit("access_token_key"_L1, s.accessTokenKey);
    visit("removed"_L1, s.removed);
    visit("former_tokens"_L1, s.formerTokens);
}

MAXIOFS_WIRE(rules::PushRecords)
{
    visit("records"_L1, s.records);
    visit.optional("forget"_L1, s.forget);
}
MAXIOFS_WIRE(rules::PushRecordsAnswer)
{
    visit("applied"_L1, s.applied);
    visit("ignored"_L1, s.ignored);
}
MAXIOFS_WIRE(rules::CompareRecords)
{
    visit("kinds"_L1, s.kinds);
    visit("checksum"_L1, s.checksum);
}
MAXIOFS_WIRE(rules::CompareRecordsAnswer)
{
    visit("match"_L1, s.match);
}
MAXIOFS_WIRE(rules::AskDigests)
{
    visit("kind"_L1, s.kind);
}
MAXIOFS_WIRE(rules::AskDigestsAnswer)
{
    visit("digests"_L1, s.digests);
}
MAXIOFS_WIRE(rules::PullRecords)
{
    visit("kind"_L1, s.kind);
    visit("slots"_L1, s.slots);
    visit("after"_L1, s.after);
}
MAXIOFS_WIRE(rules::PullRecordsAnswer)
{
    visit("records"_L1, s.page.records);
    visit("more"_L1, s.page.more);
}
MAXIOFS_WIRE(rules::SeekRecord)
{
    visit("kind"_L1, s.kind);
    visit("name"_L1, s.name);
}
MAXIOFS_WIRE(rules::SeekRecordAnswer)
{
    visit("records"_L1, s.records);
}

MAXIOFS_WIRE(rules::ReserveName)
{
    visit("name"_L1, s.name);
    visit("holder"_L1, s.holder);
}
MAXIOFS_WIRE(rules::ReserveNameAnswer)
{
    visit("granted"_L1, s.granted);
    visit("taken"_L1, s.taken);
}

MAXIOFS_WIRE(rules::JoinOffer)
{
    visit("self"_L1, s.self);
    visit("user_names"_L1, s.userNames);
    visit("bucket_names"_L1, s.bucketNames);
    visit.optional("tenant_names"_L1, s.tenantNames);
    visit("wall_ms"_L1, s.wallMs);
}
MAXIOFS_WIRE(rules::JoinOfferAnswer)
{
    visit("offer"_L1, s.offer);
    visit("cluster_id"_L1, s.clusterId);
    visit("member"_L1, s.member);
    visit("user_clashes"_L1, s.userClashes);
    visit("bucket_clashes"_L1, s.bucketClashes);
    visit.optional("tenant_clashes"_L1, s.tenantClashes);
    visit("protocol"_L1, s.protocol);
    visit("wall_ms"_L1, s.wallMs);
}
MAXIOFS_WIRE(rules::JoinConfirm)
{
    visit("offer"_L1, s.offer);
    visit("self"_L1, s.self);
}
// Its secrets go sealed, beside these.
MAXIOFS_WIRE(rules::JoinConfirmAnswer)
{
    visit("cluster_id"_L1, s.clusterId);
    visit("nodes"_L1, s.nodes);
}
MAXIOFS_WIRE(rules::JoinInvite)
{
    visit("endpoint"_L1, s.endpoint);
    visit("certificate"_L1, s.certificate);
    visit("name"_L1, s.name);
    visit("region"_L1, s.region);
    visit("priority"_L1, s.priority);
    visit("metadata"_L1, s.metadata);
    visit("accept_renames"_L1, s.acceptRenames);
    visit.optional("username"_L1, s.username);
    visit.optional("password"_L1, s.password);
    visit.optional("secret"_L1, s.secret);
}
MAXIOFS_WIRE(rules::JoinInviteAnswer)
{
    visit("id"_L1, s.id);
}

MAXIOFS_WIRE(rules::FetchSecrets)
{
    visit("have"_L1, s.have);
}
MAXIOFS_WIRE(rules::FetchSecretsAnswer)
{
    visit.optional("secrets"_L1, s.secrets);
}
MAXIOFS_WIRE(rules::DeliverSecrets)
{
    visit("secrets"_L1, s.secrets);
}
MAXIOFS_WIRE(rules::DeliverSecretsAnswer)
{
    visit("have"_L1, s.have);
}
MAXIOFS_WIRE(rules::LeaveCluster)
{
    visit("force"_L1, s.force);
}
MAXIOFS_WIRE(rules::LeaveClusterAnswer) {}

MAXIOFS_WIRE(rules::Beat) {}
MAXIOFS_WIRE(rules::BeatAnswer)
{
    visit("wall_ms"_L1, s.wallMs);
    visit("secrets_generation"_L1, s.secretsGeneration);
    visit("newest_event"_L1, s.newestEvent);
    visit("state"_L1, s.state);
    visit("reason"_L1, s.reason);
}
MAXIOFS_WIRE(rules::Probe) {}
MAXIOFS_WIRE(rules::ProbeAnswer)
{
    visit("beat"_L1, s.beat);
    visit("version"_L1, s.version);
    visit("capacity_total"_L1, s.capacityTotal);
    visit("capacity_used"_L1, s.capacityUsed);
    visit("bucket_count"_L1, s.bucketCount);
}

#undef MAXIOFS_WIRE

}  // namespace maxiofs::cluster::link::wire
