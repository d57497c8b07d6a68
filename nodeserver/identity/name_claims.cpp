// SPDX-License-Identifier: GPL-3.0-or-later
#include "identity/name_claims.h"

#include <algorithm>

namespace maxiofs::identity {

namespace {

constexpr std::string_view kMark = "-conflict-";
constexpr std::size_t kIdLength = 8;
constexpr unsigned char kContinuationMask = 0xC0;
constexpr unsigned char kContinuation = 0x80;  // UTF-8: a byte within a character

// At most `most` bytes, without half a character at the end.
std::string_view cut(std::string_view text, std::size_t most)
{
    if (text.size() <= most)
        return text;
    while (most > 0 && (static_cast<unsigned char>(text[most]) & kContinuationMask) == kContinuation)
        --most;
    return text.substr(0, most);
}

}  // namespace

std::string NameClaims::conflictName(std::string_view name, std::string_view id) const
{
    const std::string_view mark = id.substr(0, kIdLength);
    const std::size_t most = m_longest - std::min(m_longest, kMark.size() + mark.size());
    return std::string(cut(name, most)).append(kMark).append(mark);
}

std::vector<std::string> NameClaims::set(const std::string &id, const std::string &name, std::int64_t takenMs)
{
    std::vector<std::string> affected = remove(id);
    std::set<Claim> &claims = m_byName[name];
    if (!claims.empty()) {
        const std::string holder = claims.begin()->second;
        const Claim claim{takenMs, id};
        const bool wins = claim < *claims.begin();
        if (wins)
            affected.push_back(holder);
        const std::string &loser = wins ? holder : id;
        m_losers.insert_or_assign(conflictName(name, loser), loser);
    }
    claims.insert({takenMs, id});
    m_byId.insert_or_assign(id, Wanted{name, takenMs});
    std::erase(affected, id);
    return affected;
}

std::vector<std::string> NameClaims::drop(const std::string &id)
{
    return remove(id);
}

std::vector<std::string> NameClaims::remove(const std::string &id)
{
    const auto wanted = m_byId.find(id);
    if (wanted == m_byId.end())
        return {};
    std::vector<std::string> affected;
    const auto group = m_byName.find(wanted->second.name);
    const bool held = group->second.begin()->second == id;
    group->second.erase({wanted->second.takenMs, id});
    m_losers.erase(conflictName(group->first, id));
    if (group->second.empty()) {
        m_byName.erase(group);
    } else if (held) {
        affected.push_back(group->second.begin()->second);
        m_losers.erase(conflictName(group->first, affected.front()));
    }
    m_byId.erase(wanted);
    return affected;
}

std::string NameClaims::nameOf(const std::string &id) const
{
    const std::string &name = m_byId.find(id)->second.name;
    return m_byName.find(name)->second.begin()->second == id ? name : conflictName(name, id);
}

std::vector<NameLost> NameClaims::lostSince(const Losers &before) const
{
    std::vector<NameLost> lost;
    for (const auto &[name, id] : m_losers) {
        if (!before.contains(name))
            lost.push_back({m_byId.find(id)->second.name, name});
    }
    return lost;
}

const std::string *NameClaims::holderOf(std::string_view name) const
{
    // A name that somebody chose goes before one that a conflict made.
    const auto group = m_byName.find(name);
    if (group != m_byName.end())
        return &group->second.begin()->second;
    const auto loser = m_losers.find(name);
    return loser == m_losers.end() ? nullptr : &loser->second;
}

}  // namespace maxiofs::identity
