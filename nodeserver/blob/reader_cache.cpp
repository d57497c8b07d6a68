// SPDX-License-Identifier: GPL-3.0-or-later
#include "blob/reader_cache.h"

namespace maxiofs::blob {

std::shared_ptr<BlobReader> ReaderCache::find(const BlobId &id)
{
    const base::MutexLock lock(m_mutex);
    const auto found = m_places.find(id);
    if (found == m_places.end())
        return nullptr;
    m_entries.splice(m_entries.begin(), m_entries, found->second);
    return found->second->second;
}

std::uint64_t ReaderCache::removals()
{
    const base::MutexLock lock(m_mutex);
    return m_removals;
}

void ReaderCache::insert(const BlobId &id, std::shared_ptr<BlobReader> reader, std::uint64_t removalsBefore)
{
    std::list<Entry> thrownOut;  // closed after the lock is gone
    const base::MutexLock lock(m_mutex);
    if (m_removals != removalsBefore || m_places.contains(id))
        return;
    m_entries.emplace_front(id, std::move(reader));
    m_places.emplace(id, m_entries.begin());
    if (m_entries.size() > m_limit) {
        m_places.erase(m_entries.back().first);
        thrownOut.splice(thrownOut.begin(), m_entries, std::prev(m_entries.end()));
    }
}

void ReaderCache::remove(const BlobId &id)
{
    std::list<Entry> thrownOut;
    const base::MutexLock lock(m_mutex);
    ++m_removals;
    const auto found = m_places.find(id);
    if (found == m_places.end())
        return;
    thrownOut.splice(thrownOut.begin(), m_entries, found->second);
    m_places.erase(found);
}

std::size_t ReaderCache::size()
{
    const base::MutexLock lock(m_mutex);
    return m_entries.size();
}

}  // namespace maxiofs::blob
