// SPDX-License-Identifier: GPL-3.0-or-later
#include "cluster/client_gates.h"

#include <utility>

namespace maxiofs::cluster {

void ClientGates::pass(const BucketId &bucket, Go go)
{
    if (m_hasAny) {
        const base::MutexLock lock(m_mutex);
        const auto found = m_gates.find(bucket);
        if (found != m_gates.end() && found->second.isHeld && found->second.mayWait) {
            found->second.waiting.push_back(std::move(go));
            return;
        }
    }
    go({});
}

std::uint64_t ClientGates::turn(const BucketId &bucket) const
{
    if (!m_hasAny)
        return 0;
    const base::MutexLock lock(m_mutex);
    const auto found = m_gates.find(bucket);
    return found == m_gates.end() ? 0 : found->second.turn;
}

bool ClientGates::isOpenSince(const BucketId &bucket, std::uint64_t turn) const
{
    if (!m_hasAny)
        return true;
    const base::MutexLock lock(m_mutex);
    const auto found = m_gates.find(bucket);
    return found == m_gates.end() || (!found->second.isShut && found->second.turn == turn);
}

bool ClientGates::isOpen(const BucketId &bucket) const
{
    if (!m_hasAny)
        return true;
    const base::MutexLock lock(m_mutex);
    const auto found = m_gates.find(bucket);
    return found == m_gates.end() || (!found->second.isShut && !found->second.isHeld);
}

bool ClientGates::isHeld(const BucketId &bucket) const
{
    const base::MutexLock lock(m_mutex);
    const auto found = m_gates.find(bucket);
    return found != m_gates.end() && found->second.isHeld;
}

std::vector<ClientGates::Go> ClientGates::open(const BucketId &bucket)
{
    const base::MutexLock lock(m_mutex);
    const auto found = m_gates.find(bucket);
    if (found == m_gates.end())
        return {};
    found->second.isShut = false;
    found->second.isHeld = false;
    return std::exchange(found->second.waiting, {});
}

std::vector<ClientGates::Go> ClientGates::shut(const BucketId &bucket)
{
    const base::MutexLock lock(m_mutex);
    m_hasAny = true;
    Gate &gate = m_gates[bucket];
    gate.isShut = true;
    gate.isHeld = false;
    ++gate.turn;
    return std::exchange(gate.waiting, {});
}

void ClientGates::hold(const BucketId &bucket)
{
    const base::MutexLock lock(m_mutex);
    m_hasAny = true;
    Gate &gate = m_gates[bucket];
    gate.mayWait = !gate.isHeld || gate.mayWait;
    gate.isHeld = true;
}

std::vector<ClientGates::Go> ClientGates::endWaiting(const BucketId &bucket)
{
    const base::MutexLock lock(m_mutex);
    const auto found = m_gates.find(bucket);
    if (found == m_gates.end() || !found->second.isHeld)
        return {};
    found->second.mayWait = false;
    return std::exchange(found->second.waiting, {});
}

}  // namespace maxiofs::cluster
