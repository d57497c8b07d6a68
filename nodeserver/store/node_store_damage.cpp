// SPDX-License-Identifier: GPL-3.0-or-later
// NodeStore's DamageRepair: what is damaged, and healing it.
#include "store/node_store.h"

#include "store/damage_finder.h"
#include "store/version_export.h"

#include <algorithm>

namespace maxiofs::store {

Result<DamagedVersions> NodeStore::damagedVersions(std::size_t skip, std::size_t limit,
                                                   const std::function<bool()> &cancelled)
{
    const std::vector<DamageList::Item> items = m_damage.items();
    DamagedVersions found;
    found.listed = !m_damage.empty();
    if (items.empty())
        return found;
    std::vector<DamageEntry> entries;
    entries.reserve(items.size());
    for (const DamageList::Item &item : items)
        entries.push_back(item.entry);
    DamageFinder finder(*m_index, entries);
    TRY_STATUS(finder.run(skip, limit, cancelled));
    found.versions = finder.versions();
    found.more = finder.more();

    // A version that moved between the index's families meanwhile was perhaps missed: not twice.
    DamageFinder again(*m_index, entries);
    bool hasRun = false;
    for (std::size_t i = 0; i < items.size(); ++i) {
        const bool seemsHealed = !finder.isStoodOn(i);
        if (seemsHealed == items[i].healed)
            continue;
        if (seemsHealed && !hasRun) {
            TRY_STATUS(again.run(0, 0, cancelled));
            hasRun = true;
        }
        m_damage.setHealed(entries[i], seemsHealed && !again.isStoodOn(i));
    }
    found.listed = !m_damage.empty();
    return found;
}

Result<VersionHeader> NodeStore::damagedHeader(const DamagedVersion &damaged)
{
    TRY_ASSIGN(const auto found, findVersion(*m_index, damaged.bucket, damaged.key, damaged.version));
    if (!found || found->row.sequence != damaged.sequence)
        return failure(Error::NotFound, "The version changed meanwhile.", damaged.key);
    const auto segment = m_log->segment(found->row.record.segment);
    if (!segment)
        return failure(Error::Damaged, segment.error().message, damaged.key);
    return exportedHeader(**segment, damaged.key, found->row);
}

Result<std::unique_ptr<ImportSession>> NodeStore::beginHealing(const DamagedVersion &damaged,
                                                               VersionHeader header)
{
    if (header.key != damaged.key || header.version != damaged.version)
        return failure(Error::InvalidArgument, "The header is that of another version.", damaged.key);
    return beginImportAs(As::Import, damaged.bucket, damaged.bucket, std::move(header), damaged.sequence);
}

}  // namespace maxiofs::store
