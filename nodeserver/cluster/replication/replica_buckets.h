// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cluster/bucket_keeper.h"
#include "cluster/cluster.h"
#include "identity/directory.h"
#include "records/replication_rules.h"
#include "store/object_store.h"

namespace maxiofs::cluster::replication {

/// What the store must know of a bucket, from its record.
[[nodiscard]] store::BucketState stateOf(const records::BucketRecord &bucket, store::BucketRole role);

// The buckets here that other nodes send to: replicas, which the store knows under the owner's bucket id, and
// copies, which are made when the first rule names them. Any thread.
class ReplicaBuckets {
public:
    struct Needs {
        store::ObjectStore &store;
        records::Records &records;
        records::Buckets &buckets;
        records::ReplicationRules &rules;
        identity::Directory &identities;
        Cluster &cluster;
        const BucketKeeper *ownership = nullptr;
    };
    explicit ReplicaBuckets(Needs needs) : m_needs(needs) {}

    /// Makes known to the store what it is to take of this bucket: as a replica while a rule to this node
    /// says so, or while there is something that may have to be handed over, else nothing. For buckets that
    /// another node owns; the others are not touched.
    void follow(const BucketId &bucket) const;
    /// The same for all buckets: once, before the node serves.
    void followAll() const;
    /// Why the store cannot take anything for a replica or a copy here now; empty where it can.
    [[nodiscard]] std::string whyNotReady(const BucketId &source, const BucketId &destination) const;

    /// The bucket that a rule copies into: made with the source's owner, tenant, region and versioning where
    /// there is none of that name. Blocks. AlreadyExists for a bucket of another node, Busy while the
    /// source's record is not here yet, and whatever speaks against making a bucket.
    [[nodiscard]] Result<BucketId> prepareCopy(const BucketId &source, const std::string &name) const;

private:
    [[nodiscard]] bool isReplicatedHere(const BucketId &bucket) const;

    const Needs m_needs;
};

}  // namespace maxiofs::cluster::replication
