// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "index/index.h"
#include "store/types.h"

namespace maxiofs::store {

// A version's row and where it lives.
struct LocatedRow {
    index::ObjectRow row;
    bool isCurrent = false;
};

/// A version by its id, wherever it lives.
[[nodiscard]] Result<std::optional<LocatedRow>> findVersion(const index::Reader &index,
                                                            const BucketId &bucket, std::string_view key,
                                                            const VersionId &version,
                                                            index::ReadMode mode = index::ReadMode::MayBlock);

// The versions of one key, changed within a transaction so that the newest visible one is always the row in
// `current` (index/index.h) and the bucket's counters stay exact. One thread.
class VersionSet {
public:
    VersionSet(index::Transaction &transaction, const BucketId &bucket, std::string_view key,
               index::BucketCounters &counters)
        : m_index(transaction),
          m_bucket(bucket),
          m_key(key),
          m_counters(counters)
    {
    }

    template <typename T>
    using Found = Result<std::optional<T>>;

    [[nodiscard]] Found<LocatedRow> find(const VersionId &version) const;
    /// The newest version: an object or a delete marker, never a conflict version.
    [[nodiscard]] Found<LocatedRow> newest() const;

    [[nodiscard]] Status insert(const index::ObjectRow &row);
    [[nodiscard]] Status remove(const LocatedRow &located);
    /// The row changes, its place among the versions does not.
    [[nodiscard]] Status update(const LocatedRow &located, const index::ObjectRow &row);

private:
    /// Removes a row of `versions`.
    void eraseVersionRow(const index::ObjectRow &row);
    void putVersionRow(const index::ObjectRow &row);
    void count(const index::ObjectRow &row, bool isCurrent, bool added);

    index::Transaction &m_index;
    const BucketId &m_bucket;
    const std::string_view m_key;
    index::BucketCounters &m_counters;
};

}  // namespace maxiofs::store
