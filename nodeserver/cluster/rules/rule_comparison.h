// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cluster/rules/replication.h"

namespace maxiofs::cluster::rules {

// Compares the manifests of a rule's source and destination, page by page, and says what is to be sent and
// what to be removed there. The destination's page is always read before the source's:
// what it has and the source has not then is gone from the source, not on its way.
class RuleComparison {
public:
    static constexpr std::size_t kPage = 2000;
    explicit RuleComparison(const ReplicationRule &rule) : m_rule(rule) {}

    /// After which name the next pages are to be read, empty: from the first. Theirs is kept while it reaches
    /// further than ours did.
    [[nodiscard]] const std::optional<VersionName> &after() const { return m_after; }
    [[nodiscard]] bool needsTheirs() const { return !m_haveTheirs; }
    void takeTheirs(ManifestPage page);
    /// Compares as far as both pages reach: what is to be sent.
    [[nodiscard]] std::vector<BatchEntry> takeOurs(const ManifestPage &page);
    [[nodiscard]] bool isOver() const { return m_over; }

    ComparisonCounts counts;

private:
    [[nodiscard]] std::optional<BatchEntry> differenceOf(const ManifestEntry *ours,
                                                         const ManifestEntry *theirs, bool whole);

    const ReplicationRule &m_rule;
    std::optional<VersionName> m_after;
    bool m_haveTheirs = false;
    ManifestPage m_theirs;
    bool m_over = false;
};

}  // namespace maxiofs::cluster::rules
