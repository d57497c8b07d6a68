// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cluster/rules/replication.h"

namespace maxiofs::sim {

// What simulated stores and nodes do for replication: as the product does. A test overrides one to show that
// histories notice.
class ReplicationRules {
public:
    virtual ~ReplicationRules() = default;

    /// Whether what comes takes the place of what is stored.
    [[nodiscard]] virtual bool replaces(const cluster::rules::ManifestEntry &comes,
                                        const cluster::rules::ManifestEntry &stored) const
    {
        return cluster::rules::compareStates(comes, stored) > 0;
    }
    /// Whether a removal leaves a tombstone.
    [[nodiscard]] virtual bool keepsTombstones() const { return true; }
    /// Whether removals travel.
    [[nodiscard]] virtual bool sendsRemovals() const { return true; }
    /// Whether the destination's answer is waited for before a batch counts as taken.
    [[nodiscard]] virtual bool awaitsAnswers() const { return true; }
    /// Whether what a batch brings is on the disk when it is answered.
    [[nodiscard]] virtual bool writesThrough() const { return true; }
    /// Whether a receiver knows the owner's epoch.
    [[nodiscard]] virtual bool checksEpochs() const { return true; }
    /// Whether the queue of objects that failed is on the disk.
    [[nodiscard]] virtual bool keepsQueue() const { return true; }
    /// Whether a store says that its feed was trimmed, and that it was forgotten.
    [[nodiscard]] virtual bool tellsTrimming() const { return true; }
    [[nodiscard]] virtual bool tellsForgetting() const { return true; }
    /// Whether a change may be left out of a page because one that is in no page yet follows it.
    [[nodiscard]] virtual bool skipsAhead() const { return false; }
    /// Whether a rule's comparison must have ended before it is said to be whole.
    [[nodiscard]] virtual bool comparesFirst() const { return true; }
    /// Whether a synchronous write waits for the destination.
    [[nodiscard]] virtual bool awaitsDestination() const { return true; }
    /// Whether a rule says that it is degraded.
    [[nodiscard]] virtual bool tellsDegraded() const { return true; }
    /// Whether a change carries the buckets that it came through.
    [[nodiscard]] virtual bool carriesOrigins() const { return true; }
    /// Whether a former owner takes batches before it has handed over.
    [[nodiscard]] virtual bool handsOverFirst() const { return true; }
    /// Whether what the destination has and the source has not is removed there.
    [[nodiscard]] virtual bool showsExtras() const { return true; }
};

}  // namespace maxiofs::sim
