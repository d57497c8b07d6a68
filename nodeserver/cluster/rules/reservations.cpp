// SPDX-License-Identifier: GPL-3.0-or-later
#include "cluster/rules/reservations.h"

#include "crypto/digest.h"

#include <algorithm>

namespace maxiofs::cluster::rules {

namespace {

Status statusOf(const std::string &name, const ReserveNameAnswer &answer)
{
    if (answer.granted)
        return {};
    if (answer.taken)
        return failure(Error::AlreadyExists, "the name '" + name + "' is in use", name);
    return failure(Error::Busy, "the name '" + name + "' is just being taken; try again in half a minute",
                   name);
}

}  // namespace

std::vector<NodeId> registrarsOf(std::string_view name, std::vector<NodeId> members)
{
    std::vector<std::pair<crypto::Sha256::Value, NodeId>> weighed;
    for (const NodeId &member : members) {
        crypto::Sha256 hash;
        hash.update(ByteView(member.bytes));
        hash.update(name);
        weighed.emplace_back(hash.finish(), member);
    }
    std::ranges::sort(weighed, std::greater());
    std::ranges::transform(weighed, members.begin(), &std::pair<crypto::Sha256::Value, NodeId>::second);
    return members;
}

Reservations::Reservations(World &world, const Members &members,
                           std::function<bool(std::string_view)> isTaken,
                           std::function<bool(std::string_view, const Id128 &)> isGone)
    : m_world(world),
      m_members(members),
      m_isTaken(std::move(isTaken)),
      m_isGone(std::move(isGone))
{
}

void Reservations::reserve(const std::string &name, const Id128 &holder,
                           std::move_only_function<void(Status)> call)
{
    if (m_isTaken(name)) {
        call(statusOf(name, {false, true}));
        return;
    }
    std::vector<NodeId> members{m_members.self()};
    for (const Peer &other : m_members.others())
        members.push_back(other.id);
    Wish wish{{name, holder}, registrarsOf(name, std::move(members)), std::move(call)};
    std::ranges::reverse(wish.registrars);
    askNext(std::move(wish));
}

// This node is one of the registrars, so that somebody always answers.
void Reservations::askNext(Wish wish)
{
    while (!wish.registrars.empty()) {
        const NodeId registrar = wish.registrars.back();
        wish.registrars.pop_back();
        if (registrar == m_members.self())
            break;
        const std::vector<Peer> others = m_members.others();
        const auto peer = std::ranges::find(others, registrar, &Peer::id);
        if (peer == others.end())
            continue;  // it has left meanwhile
        const ReserveName request = wish.request;
        m_world.ask(*peer, request, kAskLimitMs,
                    [this, wish = std::move(wish)](const Result<Answer> &answer) mutable {
                        const auto *said = answer ? std::get_if<ReserveNameAnswer>(&*answer) : nullptr;
                        if (said != nullptr)
                            wish.call(statusOf(wish.request.name, *said));
                        else
                            askNext(std::move(wish));
                    });
        return;
    }
    auto answer = onReserve(wish.request);
    if (answer)
        wish.call(statusOf(wish.request.name, *answer));
    else
        wish.call(failure(std::move(answer.error())));
}

Result<ReserveNameAnswer> Reservations::onReserve(const ReserveName &request)
{
    if (m_isTaken(request.name))
        return ReserveNameAnswer{false, true};
    const std::int64_t now = m_world.steadyMs();
    auto held = m_held.find(request.name);
    if (held != m_held.end() && held->second.holder != request.holder && held->second.untilMs > now &&
        !m_isGone(request.name, held->second.holder))
        return ReserveNameAnswer{};
    if (held == m_held.end()) {
        if (m_held.size() >= kMaxHeld)
            dropExpired();
        if (m_held.size() >= kMaxHeld)
            return failure(Error::Busy, "too many names are being taken; try again in half a minute",
                           request.name);
        held = m_held.try_emplace(request.name).first;
    }
    held->second = {request.holder, now + kReservationMs};
    return ReserveNameAnswer{true, false};
}

void Reservations::dropExpired()
{
    std::erase_if(m_held,
                  [now = m_world.steadyMs()](const auto &held) { return held.second.untilMs <= now; });
}

}  // namespace maxiofs::cluster::rules
