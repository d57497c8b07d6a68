// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "records/buckets.h"
#include "records/records.h"
#include "records/replication_rules.h"

namespace maxiofs::cluster::replication {

// A node that may have a version of a bucket too.
struct HealSource {
    NodeId node;
    BucketId bucket;       // the one that holds it there
    bool isWhole = false;  // its headers are those of this node: nothing was left behind on the way

    bool operator==(const HealSource &) const = default;
};

// Where what is damaged here may be found: at the bucket's owner, at the destinations of its rules, and at
// the source of a rule that copies into it. Any thread.
class HealSources {
public:
    struct Needs {
        records::Records &records;
        records::Buckets &buckets;
        records::ReplicationRules &rules;
    };
    explicit HealSources(Needs needs) : m_needs(needs) {}

    /// Those with whole headers first.
    [[nodiscard]] std::vector<HealSource> of(const BucketId &bucket, const std::string &key) const;

private:
    const Needs m_needs;
};

}  // namespace maxiofs::cluster::replication
