// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/bucket_table.h"

namespace maxiofs::store {

void BucketTable::set(const BucketState &state, bool isClosed)
{
    base::MutexLock lock(m_mutex);
    Entry &entry = m_buckets[state.id];
    entry.state = state;
    entry.isClosed = entry.isClosed || isClosed;
}

void BucketTable::close(const BucketId &bucket)
{
    base::MutexLock lock(m_mutex);
    m_buckets[bucket].isClosed = true;
}

void BucketTable::reopen(const BucketId &bucket)
{
    base::MutexLock lock(m_mutex);
    if (const auto found = m_buckets.find(bucket); found != m_buckets.end())
        found->second.isClosed = false;
}

void BucketTable::forget(const BucketId &bucket)
{
    base::MutexLock lock(m_mutex);
    m_buckets.erase(bucket);
}

Result<BucketState> BucketTable::open(const BucketId &bucket) const
{
    TRY_ASSIGN(BucketState state, find(bucket));
    if (state.role == BucketRole::Replica)
        return failure(Error::Busy,
                       "The bucket is a replica here: another node owns it and takes its changes. Try again.",
                       "replica");
    return state;
}

Status BucketTable::checkOpen(const BucketId &bucket) const
{
    TRY_ASSIGN([[maybe_unused]] const BucketState state, find(bucket));
    return {};
}

Result<BucketState> BucketTable::find(const BucketId &bucket) const
{
    base::MutexLock lock(m_mutex);
    const auto found = m_buckets.find(bucket);
    if (found == m_buckets.end() || found->second.isClosed)
        return failure(Error::NoSuchBucket, "The specified bucket does not exist");
    return found->second.state;
}

}  // namespace maxiofs::store
