// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/bucket_closing.h"

#include "store/upload_changes.h"

namespace maxiofs::store {

namespace {

constexpr std::size_t kUploadsAtOnce = 500;
constexpr unsigned kMaxRounds = 10'000;  // against clients that begin uploads faster than they are aborted

}  // namespace

void BucketClosing::begin(Committer &committer, const index::Index &index, BucketTable &buckets,
                          const BucketId &bucket, Done done)
{
    std::shared_ptr<BucketClosing> closing(
        new BucketClosing(committer, index, buckets, bucket, std::move(done)));
    closing->tryToClose();
}

void BucketClosing::tryToClose()
{
    m_committer.commit<void>(
        0,
        [self = shared_from_this()](Decision &decision) {
            auto closed = decideClose(decision, self->m_bucket);
            if (closed)
                self->m_buckets.close(
                    self->m_bucket);  // at once, for the changes behind it in the same batch
            return closed;
        },
        [self = shared_from_this()](Result<void> closed) {
            if (closed || closed.error().code == Error::NoSuchBucket) {
                self->m_done(std::move(closed));
                return;
            }
            self->m_buckets.reopen(self->m_bucket);
            if (closed.error().code == Error::Busy && ++self->m_rounds <= kMaxRounds)
                self->abortUploads();
            else
                self->m_done(std::move(closed));
        });
}

void BucketClosing::abortUploads()
{
    index::ListQuery query;
    query.bucket = m_bucket;
    query.limit = kUploadsAtOnce;
    const auto page = m_index.listUploads(query, {});
    if (!page) {
        m_done(std::unexpected(page.error()));
        return;
    }
    m_waitingFor = page->entries.size();
    if (m_waitingFor == 0) {
        tryToClose();
        return;
    }
    for (const auto &entry : page->entries) {
        m_committer.commit<void>(
            0,
            [self = shared_from_this(), key = entry.key, upload = entry.row->uploadId](Decision &decision) {
                return decideAbort(decision, self->m_bucket, key, upload);
            },
            // Whether it was aborted here or by its client, the next try to close tells.
            [self = shared_from_this()](const Result<void> &) {
                if (--self->m_waitingFor == 0)
                    self->tryToClose();
            });
    }
}

}  // namespace maxiofs::store
