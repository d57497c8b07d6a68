// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "replication_rules.h"
#include "simulator.h"

#include <map>
#include <string_view>

namespace maxiofs::sim {

using cluster::rules::FailingObject;
using cluster::rules::FeedEntry;
using cluster::rules::ManifestEntry;
using cluster::rules::RuleProgress;
using cluster::rules::VersionName;

// What a node has of one version, or remembers of its removal.
struct ObjectState {
    ManifestEntry entry;
    std::vector<BucketId> through;  // buckets that it came through
};

// A bucket's objects on the disk of a node, with the feed of its changes. Objects are durable when they are
// written; cursors are not at once, and rows are only dropped behind what is durable of them.
struct BucketDisk {
    struct Row {
        FeedEntry entry;
        ManifestEntry state;  // that the change made
    };
    struct Consumer {
        std::uint64_t cursor = 0;         // lost in a crash
        std::uint64_t durableCursor = 0;  //
        std::uint64_t trimmedTo = 0;      // it lacks changes up to here
    };

    std::map<VersionName, ObjectState> states;
    std::map<std::uint64_t, Row> feed;
    std::map<Id128, Consumer> consumers;
    records::Epoch inLineWith;  // the owner that this copy follows; it has handed over to it

    [[nodiscard]] const ObjectState *find(const VersionName &name) const;
    void dropRows();
};

// All that a node has on its disk.
struct ReplicaDisk {
    std::uint64_t sequence = 0;
    std::map<BucketId, BucketDisk> buckets;
    std::map<BucketId, records::Location> locations;
    std::map<Id128, RuleProgress> progress;  // by rule
    std::map<Id128, std::map<VersionName, FailingObject>> queues;
};

// A simulated node's objects, over its disk: made with each start of the node.
class ReplicaStore {
public:
    ReplicaStore(Simulator &simulator, std::size_t node, ReplicaDisk &disk, const ReplicationRules &rules);

    /// One durable write: whether it was newer than what was there.
    bool write(const BucketId &bucket, ObjectState state, FeedEntry::Change change);
    /// As write(); not on the disk before the node's next durable write.
    bool writeLater(const BucketId &bucket, ObjectState state, FeedEntry::Change change);
    /// The stamp of a change that a client makes now: later than those of all versions of its key.
    [[nodiscard]] Stamp nextStamp(const BucketId &bucket, std::string_view key, const NodeId &node) const;

    [[nodiscard]] cluster::rules::OpenedFeed openFeed(const BucketId &id, const Id128 &consumer);
    [[nodiscard]] Result<cluster::rules::FeedPage> readFeed(const BucketId &id, const Id128 &consumer,
                                                            std::uint64_t after, std::size_t most) const;
    void acknowledge(const BucketId &id, const Id128 &consumer, std::uint64_t position);
    [[nodiscard]] cluster::rules::ManifestPage manifest(const BucketId &id, const std::string &prefix,
                                                        const std::optional<VersionName> &after,
                                                        std::size_t most) const;

    // --- What happens to stores
    /// All that is in memory reaches the disk.
    void flush();
    /// The feed is too long for some: they lack what they have not acknowledged. Old tombstones go.
    void trim(const BucketId &id);
    /// Objects are found again in the log; feed and consumers are not.
    void rebuildIndex(const BucketId &id);
    /// The bytes of a version change on the disk.
    void rot(const BucketId &id, const VersionName &name);

private:
    bool apply(const BucketId &id, ObjectState state, FeedEntry::Change change);
    void dropOldTombstones(BucketDisk &bucket) const;

    Simulator &m_simulator;
    const std::size_t m_node;
    ReplicaDisk &m_disk;
    const ReplicationRules &m_rules;
    struct Later {
        BucketId bucket;
        ObjectState state;
        FeedEntry::Change change;
    };
    std::vector<Later> m_later;
};

}  // namespace maxiofs::sim
