// SPDX-License-Identifier: GPL-3.0-or-later
#include "cluster/link/nonce_memory.h"

#include "cluster/link/signature.h"

namespace maxiofs::cluster::link {

std::size_t NonceMemory::Hash::operator()(const Entry &entry) const noexcept
{
    // Both are random; a node's own nonces differ in the second alone.
    return std::hash<Id128>()(entry.node) ^ (std::hash<Id128>()(entry.nonce) << 1);
}

NonceMemory::Outcome NonceMemory::remember(const NodeId &node, const Id128 &nonce, std::int64_t timestamp,
                                           std::int64_t nowSeconds)
{
    const base::MutexLock lock(m_mutex);
    forget(nowSeconds);
    const Entry entry{node, nonce};
    if (m_entries.contains(entry))
        return Outcome::Replayed;
    if (m_entries.size() >= kMaxEntries)
        return Outcome::Full;
    m_entries.insert(entry);
    m_byTimestamp[timestamp].push_back(entry);
    return Outcome::New;
}

// A clock that is set back makes old requests acceptable again; what was forgotten by then is the price, and
// the operations themselves may be repeated without harm.
void NonceMemory::forget(std::int64_t nowSeconds)
{
    while (!m_byTimestamp.empty() && m_byTimestamp.begin()->first < nowSeconds - kMaxSkewSeconds) {
        for (const Entry &entry : m_byTimestamp.begin()->second)
            m_entries.erase(entry);
        m_byTimestamp.erase(m_byTimestamp.begin());
    }
}

std::size_t NonceMemory::size() const
{
    const base::MutexLock lock(m_mutex);
    return m_entries.size();
}

}  // namespace maxiofs::cluster::link
