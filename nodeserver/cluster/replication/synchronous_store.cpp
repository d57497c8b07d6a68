// SPDX-License-Identifier: GPL-3.0-or-later
#include "cluster/replication/synchronous_store.h"

namespace maxiofs::cluster::replication {

namespace {

// An object on its way in, whose commit is answered when it is at the destinations.
class SynchronousPut final : public store::PutSession {
public:
    SynchronousPut(std::unique_ptr<store::PutSession> session, SynchronousStore &store,
                   const BucketId &bucket)
        : m_session(std::move(session)),
          m_store(store),
          m_bucket(bucket)
    {
    }

    void addChecksum(crypto::ChecksumAlgorithm algorithm) override { m_session->addChecksum(algorithm); }
    void storeChecksum(crypto::ChecksumAlgorithm algorithm) override { m_session->storeChecksum(algorithm); }
    [[nodiscard]] bool mayBlock(std::size_t nextWrite) const override
    {
        return m_session->mayBlock(nextWrite);
    }
    [[nodiscard]] Status write(ByteView bytes) override { return m_session->write(bytes); }
    [[nodiscard]] Status writeAhead(std::span<const ByteView> pieces) override
    {
        return m_session->writeAhead(pieces);
    }
    void settle() override { m_session->settle(); }
    [[nodiscard]] Result<Digests> finish() override { return m_session->finish(); }
    void commit(store::WriteConditions conditions, Done<store::Committed> done) override
    {
        m_session->commit(std::move(conditions), m_store.after(m_bucket, std::move(done)));
    }

private:
    const std::unique_ptr<store::PutSession> m_session;
    SynchronousStore &m_store;
    const BucketId m_bucket;
};

}  // namespace

template <typename T>
SynchronousStore::Done<T> SynchronousStore::after(const BucketId &bucket, Done<T> done)
{
    return [this, bucket, done = std::move(done)](Result<T> result) mutable {
        if (!result || result->sequence == 0 || !m_needs.mustWait(bucket))
            return done(std::move(result));
        const std::uint64_t position = result->sequence;
        m_needs.wait(bucket, position,
                     [done = std::move(done), result = std::move(result)](Status waited) mutable {
                         if (waited)
                             done(std::move(result));
                         else
                             done(failure(Error::Busy, waited.error().message, waited.error().subject));
                     });
    };
}

template SynchronousStore::Done<store::Committed> SynchronousStore::after(const BucketId &bucket,
                                                                          Done<store::Committed> done);
template SynchronousStore::Done<store::Deleted> SynchronousStore::after(const BucketId &bucket,
                                                                        Done<store::Deleted> done);

Result<std::unique_ptr<store::PutSession>> SynchronousStore::beginPut(const BucketId &bucket, std::string key,
                                                                      store::Attributes attributes,
                                                                      std::optional<std::uint64_t> sizeHint)
{
    TRY_ASSIGN(auto session, m_store.beginPut(bucket, std::move(key), std::move(attributes), sizeHint));
    return std::make_unique<SynchronousPut>(std::move(session), *this, bucket);
}

}  // namespace maxiofs::cluster::replication
