// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "index/index.h"
#include "store/damage_list.h"
#include "store/damage_repair.h"

#include <functional>
#include <map>
#include <set>

namespace maxiofs::store {

// Goes through the whole index once and finds what stands on damage: versions, and parts of open uploads.
// Removals do not count: their rows hold all that they say. One thread.
class DamageFinder {
public:
    DamageFinder(const index::Index &index, const std::vector<DamageEntry> &entries);

    /// Error::Stopping when it was cancelled.
    [[nodiscard]] Status run(std::size_t skip, std::size_t limit, const std::function<bool()> &cancelled);

    [[nodiscard]] const std::vector<DamagedVersion> &versions() const { return m_versions; }
    [[nodiscard]] bool more() const { return m_more; }
    /// Whether anything stands on the entry of that place in the list.
    [[nodiscard]] bool isStoodOn(std::size_t entry) const { return m_stoodOn.contains(entry); }

private:
    struct Range {
        std::uint64_t from = 0;
        std::uint64_t to = 0;
        std::size_t entry = 0;
    };
    bool meets(const index::RecordPlace &place);
    bool meets(const index::DataPlace &data);
    [[nodiscard]] Status findParts(const std::function<bool()> &cancelled);
    [[nodiscard]] Status findObjects(std::size_t skip, std::size_t limit,
                                     const std::function<bool()> &cancelled);

    const index::Index &m_index;
    std::map<std::uint64_t, std::vector<Range>> m_ranges;  // by segment
    std::map<Id128, std::size_t> m_files;
    std::set<std::size_t> m_stoodOn;
    std::set<std::uint64_t> m_damagedData;  // data ids with damaged parts
    std::vector<DamagedVersion> m_versions;
    bool m_more = false;
};

}  // namespace maxiofs::store
