// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "store/committer.h"

#include <memory>
#include <string>

namespace maxiofs::store {

// Closes a bucket for ever, as DeleteBucket begins: aborts its open uploads, a page at a time, and closes it
// when none is left and it holds nothing. Goes from one answer of the committer to the next; no thread waits
// for it.
class BucketClosing : public std::enable_shared_from_this<BucketClosing> {
public:
    using Done = Committer::Done<void>;

    /// `done` as ObjectStore::closeBucket() tells. The three must outlive the committer's last answer.
    static void begin(Committer &committer, const index::Index &index, BucketTable &buckets,
                      const BucketId &bucket, Done done);

private:
    BucketClosing(Committer &committer, const index::Index &index, BucketTable &buckets,
                  const BucketId &bucket, Done done)
        : m_committer(committer),
          m_index(index),
          m_buckets(buckets),
          m_bucket(bucket),
          m_done(std::move(done))
    {
    }

    void tryToClose();
    void abortUploads();

    Committer &m_committer;
    const index::Index &m_index;
    BucketTable &m_buckets;
    const BucketId m_bucket;
    Done m_done;
    std::size_t m_waitingFor = 0;  // committer thread alone, as the next
    unsigned m_rounds = 0;
};

}  // namespace maxiofs::store
