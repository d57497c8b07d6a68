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
        m_store.change<store::Committed>(m_bucket, std::move(done),
                                         // This may be gone when a gate opens.
                                         [session = std::move(m_session), conditions = std::move(conditions)](
                                             Done<store::Committed> answer) mutable {
                                             session->commit(std::move(conditions), std::move(answer));
                                         });
    }

private:
    std::unique_ptr<store::PutSession> m_session;  // null once it is committed
    SynchronousStore &m_store;
    const BucketId m_bucket;
};

}  // namespace

template <typename T>
SynchronousStore::Done<T> SynchronousStore::after(const BucketId &bucket, std::uint64_t turn, Done<T> done)
{
    auto acknowledge = [this, bucket, turn, done = std::move(done)](Result<T> result) mutable {
        if (result && m_needs.gates != nullptr && !m_needs.gates->isOpenSince(bucket, turn))
            return done(failure(Error::Busy,
                                "Another node owns the bucket now: whether the change is there is "
                                "to be asked of it."));
        done(std::move(result));
    };
    return [this, bucket, acknowledge = std::move(acknowledge)](Result<T> result) mutable {
        if (!result || result->sequence == 0 || !m_needs.mustWait(bucket))
            return acknowledge(std::move(result));
        const std::uint64_t position = result->sequence;
        m_needs.wait(
            bucket, position,
            [acknowledge = std::move(acknowledge), result = std::move(result)](Status waited) mutable {
                if (waited)
                    acknowledge(std::move(result));
                else
                    acknowledge(failure(Error::Busy, waited.error().message, waited.error().subject));
            });
    };
}

template <typename T>
void SynchronousStore::change(const BucketId &bucket, Done<T> done,
                              std::move_only_function<void(Done<T>)> begin)
{
    if (m_needs.gates == nullptr)
        return begin(after<T>(bucket, 0, std::move(done)));
    m_needs.gates->pass(bucket, [this, bucket, done = std::move(done),
                                 begin = std::move(begin)](const Status &passed) mutable {
        if (!passed)
            return done(failure(passed.error()));
        begin(after<T>(bucket, m_needs.gates->turn(bucket), std::move(done)));
    });
}

void SynchronousStore::setBucket(const store::BucketState &state)
{
    if (m_needs.gates == nullptr)
        return m_store.setBucket(state);
    m_needs.gates->whileStill([&] {
        store::BucketState told = state;
        if (!m_needs.gates->isOpen(state.id))
            told.role = store::BucketRole::Replica;
        m_store.setBucket(told);
    });
}

void SynchronousStore::closeBucket(const BucketId &bucket, Done<void> done)
{
    if (m_needs.ownership == nullptr)
        return m_store.closeBucket(bucket, std::move(done));
    m_needs.ownership->checkDeletion(bucket,
                                     [this, bucket, done = std::move(done)](const Status &may) mutable {
                                         if (!may)
                                             return done(failure(may.error()));
                                         m_store.closeBucket(bucket, std::move(done));
                                     });
}

void SynchronousStore::remove(const BucketId &bucket, std::string key,
                              const std::optional<store::VersionId> &version,
                              const store::WriteConditions &conditions, Done<store::Deleted> done)
{
    change<store::Deleted>(
        bucket, std::move(done),
        [this, bucket, key = std::move(key), version, conditions](Done<store::Deleted> answer) mutable {
            m_store.remove(bucket, std::move(key), version, conditions, std::move(answer));
        });
}

void SynchronousStore::setTags(const BucketId &bucket, std::string key,
                               const std::optional<store::VersionId> &version, store::Pairs tags,
                               Done<store::Committed> done)
{
    change<store::Committed>(bucket, std::move(done),
                             [this, bucket, key = std::move(key), version,
                              tags = std::move(tags)](Done<store::Committed> answer) mutable {
                                 m_store.setTags(bucket, std::move(key), version, std::move(tags),
                                                 std::move(answer));
                             });
}

void SynchronousStore::replaceAttributes(const BucketId &bucket, std::string key, std::string expectedEtag,
                                         store::Attributes attributes, Done<store::Committed> done)
{
    change<store::Committed>(bucket, std::move(done),
                             [this, bucket, key = std::move(key), etag = std::move(expectedEtag),
                              attributes = std::move(attributes)](Done<store::Committed> answer) mutable {
                                 m_store.replaceAttributes(bucket, std::move(key), std::move(etag),
                                                           std::move(attributes), std::move(answer));
                             });
}

void SynchronousStore::completeUpload(const BucketId &bucket, std::string key, const Id128 &uploadId,
                                      std::vector<CompletePart> parts, store::WriteConditions conditions,
                                      std::optional<store::ObjectChecksum> expected,
                                      std::optional<std::uint64_t> expectedSize, Done<store::Committed> done)
{
    change<store::Committed>(bucket, std::move(done),
                             [this, bucket, key = std::move(key), uploadId, parts = std::move(parts),
                              conditions = std::move(conditions), expected = std::move(expected),
                              expectedSize](Done<store::Committed> answer) mutable {
                                 m_store.completeUpload(bucket, std::move(key), uploadId, std::move(parts),
                                                        std::move(conditions), std::move(expected),
                                                        expectedSize, std::move(answer));
                             });
}

Result<std::unique_ptr<store::PutSession>> SynchronousStore::beginPut(const BucketId &bucket, std::string key,
                                                                      store::Attributes attributes,
                                                                      std::optional<std::uint64_t> sizeHint)
{
    TRY_ASSIGN(auto session, m_store.beginPut(bucket, std::move(key), std::move(attributes), sizeHint));
    return std::make_unique<SynchronousPut>(std::move(session), *this, bucket);
}

}  // namespace maxiofs::cluster::replication
