// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cluster/bucket_keeper.h"
#include "cluster/client_gates.h"
#include "store/object_store.h"

namespace maxiofs::cluster::replication {

// The node's store for clients: answers a change only once the destinations of the bucket's synchronous rules
// have it too, and only while this node owns the bucket; while a bucket is held its changes wait. `done`
// comes on the store's thread, or on the machines' where something was waited for. A change whose wait fails
// (Error::Busy, with the reason) is durable here and may reach the destination later. Any thread.
class SynchronousStore final : public store::ObjectStore {
public:
    using Waited = std::move_only_function<void(Status)>;
    struct Needs {
        store::ObjectStore &store;
        std::function<bool(const BucketId &)> mustWait;  // asked at each change: cheap
        std::function<void(const BucketId &, std::uint64_t position, Waited)> wait;
        ClientGates *gates = nullptr;  // of a node without ownership's machine: all are open
        BucketKeeper *ownership = nullptr;
    };
    explicit SynchronousStore(Needs needs) : m_needs(std::move(needs)) {}

    /// Its role is ownership's affair once that has shut or held the bucket.
    void setBucket(const store::BucketState &state) override;
    void closeBucket(const BucketId &bucket, Done<void> done) override;
    void forgetBucket(const BucketId &bucket) override { m_store.forgetBucket(bucket); }
    void releaseBucket(const BucketId &bucket) override { m_store.releaseBucket(bucket); }
    [[nodiscard]] Result<bool> isClosed(const BucketId &bucket) override { return m_store.isClosed(bucket); }
    [[nodiscard]] Result<index::BucketCounters> counters(const BucketId &bucket) override
    {
        return m_store.counters(bucket);
    }

    [[nodiscard]] Result<std::shared_ptr<store::ObjectReader>>
    open(const BucketId &bucket, std::string_view key, const std::optional<store::VersionId> &version,
         index::ReadMode mode) override
    {
        return m_store.open(bucket, key, version, mode);
    }
    [[nodiscard]] Result<Listing> list(const ListRequest &request, index::ReadMode mode) override
    {
        return m_store.list(request, mode);
    }
    [[nodiscard]] Result<Listing> listVersions(const ListRequest &request,
                                               const std::optional<store::VersionId> &afterVersion) override
    {
        return m_store.listVersions(request, afterVersion);
    }

    [[nodiscard]] Result<std::unique_ptr<store::PutSession>>
    beginPut(const BucketId &bucket, std::string key, store::Attributes attributes,
             std::optional<std::uint64_t> sizeHint) override;
    [[nodiscard]] Result<std::unique_ptr<store::PutSession>>
    beginPart(const BucketId &bucket, std::string key, const Id128 &uploadId, unsigned number,
              std::optional<std::uint64_t> sizeHint) override
    {
        return m_store.beginPart(bucket, std::move(key), uploadId, number, sizeHint);
    }
    void remove(const BucketId &bucket, std::string key, const std::optional<store::VersionId> &version,
                const store::WriteConditions &conditions, Done<store::Deleted> done) override;
    void setTags(const BucketId &bucket, std::string key, const std::optional<store::VersionId> &version,
                 store::Pairs tags, Done<store::Committed> done) override;
    void replaceAttributes(const BucketId &bucket, std::string key, std::string expectedEtag,
                           store::Attributes attributes, Done<store::Committed> done) override;

    void createUpload(const BucketId &bucket, std::string key, store::Attributes attributes,
                      UploadOptions options, Done<Id128> done) override
    {
        m_store.createUpload(bucket, std::move(key), std::move(attributes), options, std::move(done));
    }
    [[nodiscard]] Result<UploadInfo> upload(const BucketId &bucket, std::string_view key,
                                            const Id128 &uploadId) override
    {
        return m_store.upload(bucket, key, uploadId);
    }
    void abortUpload(const BucketId &bucket, std::string key, const Id128 &uploadId, Done<void> done) override
    {
        m_store.abortUpload(bucket, std::move(key), uploadId, std::move(done));
    }
    void completeUpload(const BucketId &bucket, std::string key, const Id128 &uploadId,
                        std::vector<CompletePart> parts, store::WriteConditions conditions,
                        std::optional<store::ObjectChecksum> expected,
                        std::optional<std::uint64_t> expectedSize, Done<store::Committed> done) override;
    [[nodiscard]] Result<PartListing> listParts(const BucketId &bucket, std::string_view key,
                                                const Id128 &uploadId, unsigned afterPart,
                                                std::size_t limit) override
    {
        return m_store.listParts(bucket, key, uploadId, afterPart, limit);
    }
    [[nodiscard]] Result<UploadListing> listUploads(const ListRequest &request,
                                                    const std::optional<Id128> &afterUpload) override
    {
        return m_store.listUploads(request, afterUpload);
    }

    [[nodiscard]] Health health() override { return m_store.health(); }
    [[nodiscard]] Figures figures() override { return m_store.figures(); }
    void setScrubRate(std::uint64_t bytesPerSecond) override { m_store.setScrubRate(bytesPerSecond); }
    void stop() override { m_store.stop(); }

    /// Begins the change when the bucket lets it through: `begin` gets what to answer with, which waits as
    /// said above.
    template <typename T>
    void change(const BucketId &bucket, Done<T> done, std::move_only_function<void(Done<T>)> begin);

private:
    template <typename T>
    [[nodiscard]] Done<T> after(const BucketId &bucket, std::uint64_t turn, Done<T> done);

    const Needs m_needs;
    store::ObjectStore &m_store = m_needs.store;
};

}  // namespace maxiofs::cluster::replication
