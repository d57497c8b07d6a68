// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/read_pins.h"

namespace maxiofs::store {

ReadPins::Pin::~Pin()
{
    if (m_pins != nullptr)
        m_pins->drop(m_dataId);
}

void ReadPins::add(std::uint64_t dataId)
{
    base::MutexLock lock(m_mutex);
    ++m_entries[dataId].readers;
}

void ReadPins::drop(std::uint64_t dataId)
{
    std::vector<DeadBlob> dead;
    {
        base::MutexLock lock(m_mutex);
        const auto found = m_entries.find(dataId);
        if (--found->second.readers != 0)
            return;
        dead = std::move(found->second.dead);
        m_entries.erase(found);
    }
    if (!dead.empty())
        m_remove(std::move(dead));
}

void ReadPins::release(std::vector<DeadBlob> blobs)
{
    {
        base::MutexLock lock(m_mutex);
        std::erase_if(blobs, [&](const DeadBlob &blob) REQUIRES(m_mutex) {
            const auto found = m_entries.find(blob.dataId);
            if (found == m_entries.end())
                return false;
            found->second.dead.push_back(blob);
            return true;
        });
    }
    if (!blobs.empty())
        m_remove(std::move(blobs));
}

}  // namespace maxiofs::store
