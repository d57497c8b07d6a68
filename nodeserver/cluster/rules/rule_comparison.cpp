// SPDX-License-Identifier: GPL-3.0-or-later
#include "cluster/rules/rule_comparison.h"

#include <utility>

namespace maxiofs::cluster::rules {

namespace {

using Kind = ManifestEntry::Kind;

// How far a page reaches; empty: to the end.
std::optional<VersionName> endOf(const ManifestPage &page)
{
    return page.more && !page.entries.empty() ? std::optional(page.entries.back().name) : std::nullopt;
}

BatchEntry entryOf(BatchEntry::What what, const ManifestEntry &state)
{
    return {.what = what, .name = state.name, .stamp = state.stamp, .size = state.size};
}

}  // namespace

void RuleComparison::takeTheirs(ManifestPage page)
{
    m_theirs = std::move(page);
    m_haveTheirs = true;
}

std::vector<BatchEntry> RuleComparison::takeOurs(const ManifestPage &page)
{
    const auto theirEnd = endOf(m_theirs);
    const auto ourEnd = endOf(page);
    const bool ourPageEndsFirst = ourEnd && (!theirEnd || *ourEnd < *theirEnd);
    const auto &end = ourPageEndsFirst ? ourEnd : theirEnd;
    const auto inReach = [&end](auto it, auto last) { return it != last && (!end || it->name <= *end); };

    std::vector<BatchEntry> found;
    const auto note = [&found](std::optional<BatchEntry> entry) {
        if (entry)
            found.push_back(std::move(*entry));
    };
    auto ours = page.entries.begin();
    auto theirs = m_theirs.entries.begin();
    while (true) {
        const bool haveOurs = inReach(ours, page.entries.end());
        const bool haveTheirs = inReach(theirs, m_theirs.entries.end());
        if (!haveOurs && !haveTheirs)
            break;
        const bool takeOurs = haveOurs && (!haveTheirs || ours->name <= theirs->name);
        const bool takeTheirs = haveTheirs && (!haveOurs || theirs->name <= ours->name);
        note(differenceOf(takeOurs ? &*ours : nullptr, takeTheirs ? &*theirs : nullptr, page.whole));
        ours += takeOurs ? 1 : 0;
        theirs += takeTheirs ? 1 : 0;
    }
    m_theirs.entries.erase(m_theirs.entries.begin(), theirs);
    m_haveTheirs = ourPageEndsFirst;
    m_over = !end;
    if (end)
        m_after = *end;
    return found;
}

std::optional<BatchEntry> RuleComparison::differenceOf(const ManifestEntry *ours, const ManifestEntry *theirs,
                                                       bool whole)
{
    ++counts.compared;
    if (ours == nullptr) {
        // What another wrote into a copy is its own.
        if (theirs->kind == Kind::Tombstone || !m_rule.isReplica() || !m_rule.deletes)
            return std::nullopt;
        ++(whole ? counts.extra : counts.kept);
        return whole ? std::optional(entryOf(BatchEntry::What::Removal, *theirs)) : std::nullopt;
    }
    counts.bytes += ours->size;
    if (ours->kind != Kind::Version && !m_rule.deletes)
        return std::nullopt;
    if (theirs == nullptr) {
        counts.missing += ours->kind != Kind::Tombstone ? 1 : 0;
        return entryOf(BatchEntry::What::State, *ours);
    }
    const auto order = compareStates(*ours, *theirs);
    if (order < 0) {
        counts.kept += m_rule.isReplica() ? 1 : 0;
        return std::nullopt;
    }
    if (order > 0) {
        // Only the header is newer.
        if (ours->stamp == theirs->stamp && ours->kind != Kind::Tombstone && !m_rule.metadata)
            return std::nullopt;
        ++counts.different;
        return entryOf(BatchEntry::What::State, *ours);
    }
    if (ours->kind == theirs->kind && ours->size == theirs->size && ours->contentHash == theirs->contentHash)
        return std::nullopt;
    ++counts.different;
    return entryOf(BatchEntry::What::Repair, *ours);
}

}  // namespace maxiofs::cluster::rules
