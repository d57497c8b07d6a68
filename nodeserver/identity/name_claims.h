// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace maxiofs::identity {

// Somebody who is shown under another name now, since an older claim to the name came from another node.
struct NameLost {
    std::string before;
    std::string name;
};

// Who may be called what, where nodes that could not hear each other gave one name to two: the claim with the
// smaller (time, id) has the name, the others are shown as <name>-conflict-<first 8 characters of the id>
// until the name is free or they get another. A pure function of the claims, so all nodes show the same.
// Not thread-safe.
class NameClaims {
public:
    /// `longest`: bytes of a name as shown; a longer one is cut before "-conflict-".
    explicit NameClaims(std::size_t longest) : m_longest(longest) {}

    /// Sets what `id` wants to be called, since when. The other ids whose name as shown may differ now.
    std::vector<std::string> set(const std::string &id, const std::string &name, std::int64_t takenMs);
    std::vector<std::string> drop(const std::string &id);

    /// The name as shown of an id that has a claim.
    [[nodiscard]] std::string nameOf(const std::string &id) const;
    /// Those that are shown under another name than they want, by the name as shown.
    using Losers = std::map<std::string, std::string, std::less<>>;
    [[nodiscard]] const Losers &losers() const { return m_losers; }
    /// Those of now that are not among the losers of `before`.
    [[nodiscard]] std::vector<NameLost> lostSince(const Losers &before) const;
    /// The id that is shown under this name; null for none.
    [[nodiscard]] const std::string *holderOf(std::string_view name) const;

private:
    using Claim = std::pair<std::int64_t, std::string>;  // since when, id
    [[nodiscard]] std::string conflictName(std::string_view name, std::string_view id) const;
    [[nodiscard]] std::vector<std::string> remove(const std::string &id);

    const std::size_t m_longest;
    std::map<std::string, std::set<Claim>, std::less<>> m_byName;
    Losers m_losers;
    struct Wanted {
        std::string name;
        std::int64_t takenMs = 0;
    };
    std::map<std::string, Wanted, std::less<>> m_byId;
};

}  // namespace maxiofs::identity
