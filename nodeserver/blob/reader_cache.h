// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/mutex.h"
#include "blob/blob_store.h"

#include <list>
#include <unordered_map>

namespace maxiofs::blob {

// Readers of the files that were used last, at most `limit` of them. One that is thrown out stays open for as
// long as someone reads from it. Any thread.
class ReaderCache {
public:
    explicit ReaderCache(std::size_t limit) : m_limit(limit) {}

    /// Null where there is none.
    [[nodiscard]] std::shared_ptr<BlobReader> find(const BlobId &id);
    /// Taken before a file is opened, given to insert(): what was opened before a removal is not kept, or the
    /// removed file would keep its space.
    [[nodiscard]] std::uint64_t removals();
    void insert(const BlobId &id, std::shared_ptr<BlobReader> reader, std::uint64_t removalsBefore);
    void remove(const BlobId &id);
    [[nodiscard]] std::size_t size();

private:
    using Entry = std::pair<BlobId, std::shared_ptr<BlobReader>>;

    const std::size_t m_limit;
    base::Mutex m_mutex;
    std::list<Entry> m_entries GUARDED_BY(m_mutex);  // used last first
    std::unordered_map<BlobId, std::list<Entry>::iterator> m_places GUARDED_BY(m_mutex);
    std::uint64_t m_removals GUARDED_BY(m_mutex) = 0;
};

}  // namespace maxiofs::blob
