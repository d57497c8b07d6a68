// SPDX-License-Identifier: GPL-3.0-or-later
#include "records/bucket_names.h"

#include "base/hex.h"

#include <algorithm>

namespace maxiofs::records {

namespace {

constexpr std::size_t kKeptCharacters = 40;
constexpr std::string_view kConflict = "-conflict-";
constexpr std::size_t kIdBytes = 4;

// Calls for each bucket whose id begins as `id` does.
template <typename Claims, typename Call>
void eachLike(const Claims &claims, const BucketId &id, const Call &call)
{
    BucketId first;
    std::copy_n(id.bytes.begin(), kIdBytes, first.bytes.begin());
    for (auto at = claims.lower_bound(first);
         at != claims.end() &&
         std::equal(id.bytes.begin(), id.bytes.begin() + kIdBytes, at->first.bytes.begin());
         ++at)
        call(at->first, at->second);
}

// An id that begins with the digits after "-conflict-", if the name ends so.
std::optional<BucketId> idBeginIn(std::string_view name)
{
    constexpr std::size_t kTail = kConflict.size() + 2 * kIdBytes;
    if (name.size() < kTail || !name.substr(name.size() - kTail).starts_with(kConflict))
        return std::nullopt;
    const auto bytes = fromHex(name.substr(name.size() - 2 * kIdBytes));
    if (!bytes)
        return std::nullopt;
    BucketId id;
    std::ranges::copy(*bytes, id.bytes.begin());
    return id;
}

}  // namespace

std::string conflictNameOf(std::string_view name, const BucketId &id)
{
    return std::string(name.substr(0, kKeptCharacters)) + std::string(kConflict) +
           id.hex().substr(0, 2 * kIdBytes);
}

std::set<BucketId> BucketNames::put(const BucketId &id, Claim claim)
{
    std::set<BucketId> affected{id};
    const auto old = m_claims.find(id);
    if (old != m_claims.end()) {
        if (old->second == claim)
            return affected;
        affected = remove(id);
    }
    m_contenders[claim.name].emplace(claim.since, id);
    const Claim &kept = m_claims.insert_or_assign(id, std::move(claim)).first->second;
    addAffected(kept.name, id, affected);
    affected.insert(id);
    return affected;
}

std::set<BucketId> BucketNames::remove(const BucketId &id)
{
    std::set<BucketId> affected;
    const auto claim = m_claims.find(id);
    if (claim == m_claims.end())
        return affected;
    addAffected(claim->second.name, id, affected);
    affected.erase(id);
    const auto contenders = m_contenders.find(claim->second.name);
    contenders->second.erase({claim->second.since, id});
    if (contenders->second.empty())
        m_contenders.erase(contenders);
    m_claims.erase(claim);
    return affected;
}

void BucketNames::addAffected(const std::string &name, const BucketId &id, std::set<BucketId> &affected) const
{
    for (const auto &[since, contender] : m_contenders.find(name)->second)
        affected.insert(contender);
    const auto add = [&](const BucketId &like, const Claim &) { affected.insert(like); };
    eachLike(m_claims, id, add);
    if (const auto begin = idBeginIn(name))
        eachLike(m_claims, *begin, add);
}

std::string BucketNames::shownBy(const BucketId &id) const
{
    const std::string &name = m_claims.find(id)->second.name;
    if (m_contenders.find(name)->second.begin()->second == id)
        return name;
    std::string conflictName = conflictNameOf(name, id);
    return isTakenByOther(conflictName, id) ? "conflict-" + id.hex() : conflictName;
}

bool BucketNames::isTakenByOther(const std::string &conflictName, const BucketId &id) const
{
    if (m_contenders.contains(conflictName))
        return true;
    bool taken = false;
    eachLike(m_claims, id, [&](const BucketId &like, const Claim &claim) {
        taken = taken || (like != id && conflictNameOf(claim.name, like) == conflictName);
    });
    return taken;
}

}  // namespace maxiofs::records
