// SPDX-License-Identifier: GPL-3.0-or-later
#include "cluster/replication/heal_sources.h"

#include <algorithm>

namespace maxiofs::cluster::replication {

std::vector<HealSource> HealSources::of(const BucketId &bucket, const std::string &key) const
{
    const NodeId self = m_needs.records.nodeId();
    const auto record = m_needs.buckets.findById(bucket);
    std::vector<HealSource> sources;  // with whole headers
    std::vector<HealSource> others;
    const auto add = [&](const HealSource &source) {
        const auto isSame = [&](const HealSource &known) {
            return known.node == source.node && known.bucket == source.bucket;
        };
        if (source.node != self && !source.node.isNull() && std::ranges::none_of(sources, isSame))
            (source.isWhole ? sources : others).push_back(source);
    };
    if (record)
        add({(*record)->location.owner, bucket, true});
    for (const records::ReplicationRulePtr &rule : m_needs.rules.all()) {
        if (!key.starts_with(rule->options.prefix))
            continue;
        if (rule->sourceBucketId == bucket && rule->isReplica()) {
            add({rule->destinationNode, bucket, rule->options.replicateMetadata});
            continue;
        }
        if (rule->isReplica())
            continue;
        const auto copy = m_needs.buckets.find(rule->destinationBucket);
        if (!copy)
            continue;
        if (rule->sourceBucketId == bucket)
            add({(*copy)->location.owner, (*copy)->id, false});
        const auto source = m_needs.buckets.findById(rule->sourceBucketId);
        if ((*copy)->id == bucket && source)
            add({(*source)->location.owner, (*source)->id, false});
    }
    sources.insert(sources.end(), others.begin(), others.end());
    return sources;
}

}  // namespace maxiofs::cluster::replication
