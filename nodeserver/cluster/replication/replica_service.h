// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cluster/bucket_keeper.h"
#include "cluster/link/internal_handlers.h"
#include "cluster/machine_thread.h"
#include "cluster/replication/manifest_codec.h"
#include "cluster/replication/replica_buckets.h"
#include "cluster/replication/state_applier.h"
#include "cluster/replication/version_giver.h"
#include "cluster/rules/replica_receiver.h"

namespace maxiofs::cluster::replication {

// The destination's side of replication: answers the nodes that send rules' batches, ask for manifests and
// versions, or want a copy's bucket. Handlers run on I/O threads, the machine that judges senders on the
// machines' thread.
class ReplicaService final : private rules::ReceiverWorld {
public:
    static constexpr std::string_view kPrepareRoute = "replica-prepare";
    static constexpr std::size_t kMostBatches = 32;  // at once; more are told to come again

    struct Needs {
        store::VersionExchange &store;
        records::Buckets &buckets;
        ReplicaBuckets &replicas;
        StateApplier &applier;
        VersionGiver &giver;
        MachineThread &thread;
        net::BlockingPool &pool;
        std::function<bool()> isUndamaged;
        BucketKeeper *ownership =
            nullptr;  // without one every sender may send that the records know as owner
    };
    explicit ReplicaService(Needs needs) : m_needs(std::move(needs)), m_receiver(*this) {}

    void addHandlers(link::InternalHandlers &handlers);

    /// The question of `replica-prepare`, and the bucket in its answer.
    [[nodiscard]] static QJsonObject prepareQuestion(const BucketId &source, const std::string &name);
    [[nodiscard]] static Result<BucketId> preparedBucket(const QJsonObject &answer);

private:
    class Turn;

    net::Awaitable<Result<QJsonObject>> prepare(link::InternalCall call);
    net::Awaitable<Result<std::string>> apply(link::InternalCall call);
    net::Awaitable<Result<std::string>> manifest(link::InternalCall call);
    /// Why nothing of the sender may be taken now; empty where it may.
    net::Awaitable<std::optional<rules::BatchAnswer>> refusal(rules::BatchHeader header);
    [[nodiscard]] Result<rules::TheirManifest> readPage(const ManifestRequest &request);

    [[nodiscard]] records::Location location(const BucketId &bucket) const override;
    void learn(const BucketId &bucket, const records::Location &location) override;
    [[nodiscard]] std::string whyNotReady(const rules::BatchHeader &header) const override;
    void note(const rules::BatchHeader &header) override;

    const Needs m_needs;
    rules::ReplicaReceiver m_receiver;  // of the machines' thread
    std::atomic<std::size_t> m_batches{0};
};

}  // namespace maxiofs::cluster::replication
