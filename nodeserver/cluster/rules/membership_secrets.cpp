// SPDX-License-Identifier: GPL-3.0-or-later
#include "cluster/rules/membership_secrets.h"

#include <algorithm>
#include <memory>

namespace maxiofs::cluster::rules {

namespace {

constexpr std::int64_t kMsPerMinute = 60'000;

}  // namespace

MembershipSecrets::MembershipSecrets(MembershipCore &core) : m_core(core), m_tick(core.world) {}

bool MembershipSecrets::covers(const NodeId &removed) const
{
    return std::ranges::binary_search(m_core.secrets().removed, removed);
}

bool MembershipSecrets::hasNewest(const NodeId &member) const
{
    const auto seen = m_seen.find(member);
    return seen != m_seen.end() && seen->second >= m_core.secrets().generation;
}

ClusterSecrets MembershipSecrets::afterRemoval(const NodeId &alsoRemoved)
{
    const ClusterSecrets &old = m_core.secrets();
    std::set<NodeId> removed(old.removed.begin(), old.removed.end());
    for (const auto &[id, by] : m_core.removed())
        removed.insert(id);
    if (!alsoRemoved.isNull())
        removed.insert(alsoRemoved);
    ClusterSecrets fresh;
    fresh.generation = {old.generation.number + 1, m_core.self()};
    fresh.token = m_core.newSecret();
    fresh.recordKey = m_core.newSecret();
    fresh.accessTokenKey = m_core.newSecret();
    fresh.removed.assign(removed.begin(), removed.end());
    keepFormer(fresh);
    return fresh;
}

void MembershipSecrets::keepFormer(ClusterSecrets &next) const
{
    const ClusterSecrets &old = m_core.secrets();
    std::vector<std::string> tokens{old.token, old.previousToken};
    tokens.insert(tokens.end(), next.formerTokens.begin(), next.formerTokens.end());
    tokens.insert(tokens.end(), old.formerTokens.begin(), old.formerTokens.end());
    next.formerTokens.clear();
    for (const std::string &token : tokens) {
        const bool isNew = !token.empty() && token != next.token &&
                           std::ranges::find(next.formerTokens, token) == next.formerTokens.end();
        if (isNew && next.formerTokens.size() < Membership::kFormerTokens)
            next.formerTokens.push_back(token);
    }
}

void MembershipSecrets::rotateToken(std::move_only_function<void(Result<std::string>)> done)
{
    if (!m_core.isMember())
        return done(failure(inNoCluster()));
    ClusterSecrets next = m_core.secrets();
    if (!next.previousToken.empty()) {
        const std::int64_t nowMs = m_core.world.steadyMs();
        const std::int64_t leftMs = m_overlapEndMs.value_or(nowMs + Membership::kOverlapMs) - nowMs;
        return done(
            failure(Error::Busy,
                    "The last rotation of the token is not finished: members that are away may still use the "
                    "old one. Try again in " +
                        std::to_string(std::max<std::int64_t>(leftMs / kMsPerMinute, 0) + 1) +
                        " min, or earlier when all members are back.",
                    "token"));
    }
    next.previousToken = std::exchange(next.token, m_core.newSecret());
    next.previousUntilMs = m_core.world.wallMs() + Membership::kOverlapMs;
    next.generation = {next.generation.number + 1, m_core.self()};
    if (auto saved = adopt(next); !saved)
        return done(failure(std::move(saved).error()));
    deliverAll([token = next.token, done = std::move(done)]() mutable { done(std::move(token)); });
}

Status MembershipSecrets::adopt(ClusterSecrets secrets)
{
    keepFormer(secrets);
    // They may come before the records that say who was removed, and must not be handed on to those.
    bool isSaved = false;
    for (const NodeId &removed : secrets.removed) {
        if (removed == m_core.self())
            return failure(errorOf(Refusal::Removed, removed));
        if (m_core.find(removed) == nullptr)
            continue;
        TRY_STATUS(m_core.store.removeNode(removed, secrets));
        isSaved = true;
    }
    if (!isSaved)
        TRY_STATUS(m_core.store.saveSecrets(secrets));
    m_overlapEndMs.reset();
    m_allHaveItSince.reset();
    m_core.changed();
    return {};
}

void MembershipSecrets::deliverAll(std::move_only_function<void()> call)
{
    const auto others = m_core.isMember() ? m_core.others() : std::vector<Peer>();
    if (others.empty())
        return call();
    struct Round {
        std::size_t open;
        std::move_only_function<void()> call;
    };
    const auto round = std::make_shared<Round>(others.size(), std::move(call));
    for (const Peer &member : others)
        deliver(member, [round] {
            if (--round->open == 0)
                round->call();
        });
}

void MembershipSecrets::deliver(const Peer &member, std::move_only_function<void()> call)
{
    m_delivering.insert(member.id);
    m_core.ask<DeliverSecretsAnswer>(
        member, DeliverSecrets{m_core.secrets()}, Membership::kAskLimitMs,
        [this, member, call = std::move(call)](Result<DeliverSecretsAnswer> answer) mutable {
            m_delivering.erase(member.id);
            if (answer)
                sawGeneration(member, answer->have);
            call();
        });
}

void MembershipSecrets::fetch(const Peer &member)
{
    if (!m_fetching.insert(member.id).second)
        return;
    m_core.ask<FetchSecretsAnswer>(member, FetchSecrets{m_core.secrets().generation}, Membership::kAskLimitMs,
                                   [this, member](Result<FetchSecretsAnswer> answer) {
                                       m_fetching.erase(member.id);
                                       if (!answer || !answer->secrets || !m_core.find(member.id))
                                           return;
                                       m_seen[member.id] = answer->secrets->generation;
                                       // Where the disk refuses it the next beat begins again.
                                       if (answer->secrets->generation > m_core.secrets().generation)
                                           (void)adopt(*answer->secrets);
                                   });
}

Result<FetchSecretsAnswer> MembershipSecrets::onFetch(const NodeId &from, const FetchSecrets &request)
{
    if (!m_core.isMember())
        return failure(errorOf(Refusal::Lone, from));
    if (const MemberRecord *const member = m_core.find(from))
        sawGeneration(member->peer(), request.have);
    FetchSecretsAnswer answer;
    if (request.have < m_core.secrets().generation)
        answer.secrets = m_core.secrets();
    return answer;
}

Result<DeliverSecretsAnswer> MembershipSecrets::onDeliver(const NodeId &from, const DeliverSecrets &request)
{
    if (!m_core.isMember())
        return failure(errorOf(Refusal::Lone, from));
    if (request.secrets.token.empty())
        return failure(Error::InvalidArgument,
                       "The secrets that node " + from.uuid() + " handed over have no token.", "token");
    m_seen[from] = std::max(m_seen[from], request.secrets.generation);
    if (request.secrets.generation > m_core.secrets().generation)
        TRY_STATUS(adopt(request.secrets));
    return DeliverSecretsAnswer{m_core.secrets().generation};
}

void MembershipSecrets::sawGeneration(const Peer &member, const records::Epoch &generation)
{
    if (!m_core.isMember() || !m_core.find(member.id))
        return;
    m_seen[member.id] = generation;
    if (generation > m_core.secrets().generation)
        fetch(member);
    else if (generation < m_core.secrets().generation && !m_delivering.contains(member.id))
        deliver(member, [] {});
    watch();
}

void MembershipSecrets::differsFrom(const Peer &member)
{
    if (!m_core.isMember() || m_delivering.contains(member.id))
        return;
    const std::int64_t nowMs = m_core.world.steadyMs();
    const auto [last, isFirst] = m_lastDiffered.try_emplace(member.id, nowMs);
    if (!isFirst && nowMs - last->second < Membership::kRetryMs)
        return;
    last->second = nowMs;
    deliver(member, [] {});
}

const std::string &MembershipSecrets::signingToken(const NodeId &member) const
{
    const ClusterSecrets &secrets = m_core.secrets();
    return secrets.previousToken.empty() || hasNewest(member) ? secrets.token : secrets.previousToken;
}

bool MembershipSecrets::hasUncovered() const
{
    return std::ranges::any_of(m_core.removed(), [this](const auto &entry) { return !covers(entry.first); });
}

void MembershipSecrets::membersChanged()
{
    if (!m_core.isMember()) {
        m_seen.clear();
        m_lastDiffered.clear();
        m_uncoveredSince.reset();
        m_overlapEndMs.reset();
        m_tick.cancel();
        return;
    }
    const auto isGone = [this](const auto &entry) { return !m_core.find(entry.first); };
    std::erase_if(m_seen, isGone);
    std::erase_if(m_lastDiffered, isGone);
    checkCoverage();
    watch();
}

void MembershipSecrets::watch()
{
    if (!m_core.isMember() || m_tick.isSet())
        return;
    if (m_uncoveredSince || !m_core.secrets().previousToken.empty())
        m_tick.set(Membership::kRetryMs, [this] { tick(); });
}

void MembershipSecrets::tick()
{
    if (!m_core.isMember())
        return;
    checkCoverage();
    checkOverlap();
    watch();
}

void MembershipSecrets::checkCoverage()
{
    if (!hasUncovered()) {
        m_uncoveredSince.reset();
        return;
    }
    const std::int64_t nowMs = m_core.world.steadyMs();
    if (!m_uncoveredSince)
        m_uncoveredSince = nowMs;
    std::int64_t waitMs = Membership::kGraceMs;
    for (const MemberRecord &member : m_core.members())
        waitMs += member.description.id < m_core.self() ? Membership::kRetryMs : 0;
    for (const auto &[id, by] : m_core.removed())
        if (by == m_core.self() && !covers(id))
            waitMs = 0;
    if (nowMs - *m_uncoveredSince >= waitMs && adopt(afterRemoval(NodeId())))
        deliverAll([] {});
    watch();
}

// Ends a planned rotation. The node that began it does so for all when each has the new token and has had
// time to hear that of the others; the others, and it at the latest, after kOverlapMs.
void MembershipSecrets::checkOverlap()
{
    ClusterSecrets secrets = m_core.secrets();
    if (secrets.previousToken.empty())
        return;
    const std::int64_t nowMs = m_core.world.steadyMs();
    if (!m_overlapEndMs) {
        const std::int64_t leftMs = secrets.previousUntilMs - m_core.world.wallMs();
        m_overlapEndMs = nowMs + std::clamp<std::int64_t>(leftMs, 0, Membership::kOverlapMs);
    }
    const bool isOurs = secrets.generation.node == m_core.self();
    const bool allHaveIt =
        std::ranges::all_of(m_core.others(), [this](const Peer &member) { return hasNewest(member.id); });
    if (!isOurs || !allHaveIt)
        m_allHaveItSince.reset();
    else if (!m_allHaveItSince)
        m_allHaveItSince = nowMs;
    const bool isDone = m_allHaveItSince && nowMs - *m_allHaveItSince >= Membership::kGraceMs;
    if (!isDone && nowMs < *m_overlapEndMs)
        return;
    secrets.previousToken.clear();
    secrets.previousUntilMs = 0;
    if (isOurs)
        secrets.generation.number += 1;
    if (adopt(secrets) && isOurs)
        deliverAll([] {});
}

}  // namespace maxiofs::cluster::rules
