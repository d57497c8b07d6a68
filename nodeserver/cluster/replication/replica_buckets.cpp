// SPDX-License-Identifier: GPL-3.0-or-later
#include "cluster/replication/replica_buckets.h"

#include "records/bucket_name.h"

#include <algorithm>

namespace maxiofs::cluster::replication {

namespace {

store::Versioning versioningOf(records::Versioning versioning)
{
    switch (versioning) {
    case records::Versioning::Unversioned: return store::Versioning::Off;
    case records::Versioning::Enabled: return store::Versioning::Enabled;
    case records::Versioning::Suspended: return store::Versioning::Suspended;
    }
    return store::Versioning::Off;
}

}  // namespace

store::BucketState stateOf(const records::BucketRecord &bucket, store::BucketRole role)
{
    return {bucket.id, versioningOf(bucket.versioning), bucket.quota.bytes.value_or(0),
            bucket.quota.objects.value_or(0), role};
}

bool ReplicaBuckets::isReplicatedHere(const BucketId &bucket) const
{
    const NodeId self = m_needs.records.nodeId();
    return std::ranges::any_of(m_needs.rules.ofBucket(bucket), [&](const auto &rule) {
        return rule->isReplica() && rule->destinationNode == self;
    });
}

void ReplicaBuckets::follow(const BucketId &bucket) const
{
    const auto record = m_needs.buckets.findById(bucket);
    if (!record || (*record)->location.owner == m_needs.records.nodeId())
        return;
    const bool hasCopy = m_needs.ownership != nullptr && m_needs.ownership->hasCopy(bucket);
    if (hasCopy || isReplicatedHere(bucket))
        m_needs.store.setBucket(stateOf(**record, store::BucketRole::Replica));
    else
        m_needs.store.releaseBucket(bucket);
}

void ReplicaBuckets::followAll() const
{
    for (const records::BucketPtr &bucket : m_needs.buckets.all()) {
        if (m_needs.ownership != nullptr && m_needs.ownership->hasCopy(bucket->id))
            follow(bucket->id);
    }
    for (const records::ReplicationRulePtr &rule : m_needs.rules.all()) {
        if (rule->isReplica())
            follow(rule->sourceBucketId);
    }
}

std::string ReplicaBuckets::whyNotReady(const BucketId &source, const BucketId &destination) const
{
    const NodeId self = m_needs.records.nodeId();
    const auto record = m_needs.buckets.findById(destination);
    if (!record)
        return "The record of the bucket has not come to this node yet.";
    const bool isOwn = (*record)->location.owner == self;
    if (source != destination)
        return isOwn ? std::string() : "This node does not own the bucket " + (*record)->name + ".";
    if (isOwn)
        return "This node owns the bucket " + (*record)->name + " itself.";
    if (!isReplicatedHere(source))
        return "The rule has not come to this node yet.";
    return {};
}

Result<BucketId> ReplicaBuckets::prepareCopy(const BucketId &source, const std::string &name) const
{
    if (const auto there = m_needs.buckets.find(name)) {
        if ((*there)->location.owner != m_needs.records.nodeId())
            return failure(Error::AlreadyExists,
                           "The bucket " + name +
                               " is on another node than the rule's destination: choose another name.",
                           name);
        return (*there)->id;
    }
    const auto from = m_needs.buckets.findById(source);
    if (!from)
        return failure(Error::Busy, "The record of the source bucket has not come to this node yet.",
                       source.hex());
    TRY_STATUS(records::checkBucketName(name));
    records::NewBucket wanted;
    wanted.name = name;
    wanted.ownerId = (*from)->ownerId;
    wanted.tenantId = (*from)->tenantId;
    wanted.region = (*from)->region;
    wanted.versioning = (*from)->versioning;
    wanted.id = BucketId::random();
    TRY_ASSIGN(auto room, m_needs.identities.tenantQuotas().admitBucket(wanted.tenantId));
    TRY_STATUS(m_needs.cluster.reserveBucket(name, *wanted.id));
    TRY_ASSIGN(const records::BucketPtr made, m_needs.buckets.create(wanted));
    room.used();
    m_needs.store.setBucket(stateOf(*made, store::BucketRole::Owner));
    m_needs.cluster.settle();
    return made->id;
}

}  // namespace maxiofs::cluster::replication
