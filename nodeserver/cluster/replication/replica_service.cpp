// SPDX-License-Identifier: GPL-3.0-or-later
#include "cluster/replication/replica_service.h"

#include "base/log_line.h"
#include "cluster/replication/batch_codec.h"
#include "cluster/replication/manifest_codec.h"
#include "cluster/replication/store_views.h"
#include "net/completion.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace maxiofs::cluster::replication {

namespace {

constexpr auto kSourceField = "source_bucket"_L1;
constexpr auto kNameField = "destination_bucket"_L1;
constexpr auto kBucketField = "bucket"_L1;

Result<BucketId> bucketIn(const QJsonObject &json, QLatin1StringView field)
{
    const auto id = BucketId::fromHex(json.value(field).toString().toStdString());
    if (!id)
        return failure(Error::InvalidArgument, "The field is no bucket's id.", field.data());
    return *id;
}

// Counts what is under way.
class Counted {
public:
    explicit Counted(std::atomic<std::size_t> &all) : m_all(all), m_count(all.fetch_add(1) + 1) {}
    ~Counted() { m_all.fetch_sub(1); }
    Counted(const Counted &) = delete;
    Counted &operator=(const Counted &) = delete;
    [[nodiscard]] std::size_t count() const { return m_count; }

private:
    std::atomic<std::size_t> &m_all;
    const std::size_t m_count;
};

}  // namespace

// A batch between the machine, which judges before and after, and the coroutine that applies it. Of the
// machines' thread.
class ReplicaService::Turn {
public:
    using Ready = std::move_only_function<void(Result<bool>)>;
    using Entries = Result<std::vector<rules::EntryAnswer>>;

    /// `ready` is called once the batch may be applied, or is answered without that.
    void wait(Ready ready) { m_ready = orStopping<bool>(std::move(ready)); }
    void begin(rules::ReplicaReceiver &receiver, const std::shared_ptr<Turn> &self,
               const rules::BatchHeader &header)
    {
        receiver.onBatch(
            header, [self](auto applied) { self->mayApply(std::move(applied)); },
            [self](Result<rules::BatchAnswer> answer) { self->answered(std::move(answer)); });
    }
    void end(Entries entries) { std::exchange(m_applied, nullptr)(std::move(entries)); }
    [[nodiscard]] std::optional<Result<rules::BatchAnswer>> &answer() { return m_answer; }

private:
    template <typename Applied>
    void mayApply(Applied applied)
    {
        m_applied = std::move(applied);
        std::exchange(m_ready, nullptr)(true);
    }
    void answered(Result<rules::BatchAnswer> answer)
    {
        m_answer = std::move(answer);
        std::exchange(m_ready, nullptr)(true);
    }

    Ready m_ready;
    std::move_only_function<void(Entries)> m_applied;
    std::optional<Result<rules::BatchAnswer>> m_answer;
};

// The handlers keep these lambdas as long as they may be called.
void ReplicaService::addHandlers(link::InternalHandlers &handlers)
{
    handlers.add(kPrepareRoute, [this](link::InternalCall call) { return prepare(std::move(call)); });
    handlers.addBytes("replica-apply", [this](link::InternalCall call) { return apply(std::move(call)); });
    handlers.addBytes("replica-manifest",
                      [this](link::InternalCall call) { return manifest(std::move(call)); });
    handlers.addBytes(VersionGiver::kHeaderRoute,
                      [this](link::InternalCall call) { return m_needs.giver.header(std::move(call)); });
    handlers.addStream("version-read", [this](link::InternalCall call, http::Exchange &exchange) {
        return m_needs.giver.answer(std::move(call), exchange);
    });
}

QJsonObject ReplicaService::prepareQuestion(const BucketId &source, const std::string &name)
{
    return {{kSourceField, QString::fromStdString(source.hex())}, {kNameField, QString::fromStdString(name)}};
}

Result<BucketId> ReplicaService::preparedBucket(const QJsonObject &answer)
{
    return bucketIn(answer, kBucketField);
}

net::Awaitable<Result<QJsonObject>> ReplicaService::prepare(link::InternalCall call)
{
    CO_TRY_ASSIGN(const BucketId source, bucketIn(call.body, kSourceField));
    const std::string name = call.body.value(kNameField).toString().toStdString();
    CO_TRY_ASSIGN(const BucketId made,
                  co_await m_needs.pool.run([&] { return m_needs.replicas.prepareCopy(source, name); }));
    co_return QJsonObject{{kBucketField, QString::fromStdString(made.hex())}};
}

net::Awaitable<Result<std::string>> ReplicaService::apply(link::InternalCall call)
{
    const Counted room(m_batches);
    if (room.count() > kMostBatches)
        co_return failure(Error::Busy, "This node takes enough batches for the moment.");
    CO_TRY_ASSIGN(StateBatch batch,
                  co_await m_needs.pool.run([&] { return decodeBatch(asBytes(call.bytes)); }));
    call.bytes = {};
    if (const auto refused = co_await refusal(batch.header))
        co_return encodeAnswer(*refused);
    const auto turn = std::make_shared<Turn>();
    auto begin = [&](Turn::Ready ready) {
        m_needs.thread.post(
            [this, turn, header = batch.header, ready = orStopping<bool>(std::move(ready))]() mutable {
                turn->wait(std::move(ready));
                turn->begin(m_receiver, turn, header);
            });
    };
    CO_TRY_ASSIGN([[maybe_unused]] const bool judged, co_await net::completion<bool>(std::move(begin)));
    if (!turn->answer()) {
        auto entries = co_await m_needs.applier.apply(
            call.from, batch.header.bucket, batch.header.destinationBucket, std::move(batch.states));
        auto end = [&](Turn::Ready ready) {
            m_needs.thread.post(
                [turn, entries = std::move(entries), ready = orStopping<bool>(std::move(ready))]() mutable {
                    turn->wait(std::move(ready));
                    turn->end(std::move(entries));
                });
        };
        CO_TRY_ASSIGN([[maybe_unused]] const bool ended, co_await net::completion<bool>(std::move(end)));
    }
    CO_TRY_ASSIGN(const rules::BatchAnswer answer, std::move(*turn->answer()));
    co_return encodeAnswer(answer);
}

// A sender that this node's own knowledge of the bucket's owners speaks against is refused before the machine
// looks at its batch: a copy may have to be handed over first.
net::Awaitable<std::optional<rules::BatchAnswer>> ReplicaService::refusal(rules::BatchHeader header)
{
    if (m_needs.ownership == nullptr || header.bucket != header.destinationBucket)
        co_return std::nullopt;
    auto ask = [&](std::move_only_function<void(Result<bool>)> done) {
        m_needs.ownership->admit(
            header.bucket, header.location.epoch, [done = std::move(done)](Status admitted) mutable {
                done(admitted ? Result<bool>(true) : Result<bool>(failure(std::move(admitted).error())));
            });
    };
    const Result<bool> admitted = co_await net::completion<bool>(std::move(ask));
    if (admitted)
        co_return std::nullopt;
    rules::BatchAnswer answer;
    answer.location = location(header.bucket);
    answer.reason = admitted.error().message;
    answer.verdict =
        answer.location.epoch > header.location.epoch ? rules::Verdict::Superseded : rules::Verdict::NotReady;
    co_return answer;
}

Result<rules::TheirManifest> ReplicaService::readPage(const ManifestRequest &request)
{
    rules::TheirManifest manifest;
    const bool wasJudged =
        m_needs.thread.runAndWait([&] { manifest = m_receiver.onManifest(request.header); });
    if (!wasJudged)
        return failure(Error::Stopping, "The node is stopping.");
    if (manifest.verdict != rules::Verdict::Taken)
        return manifest;
    TRY_ASSIGN(manifest.page,
               readManifest(m_needs.store, request.header.destinationBucket, request.prefix, request.after,
                            std::min<std::size_t>(request.most, kMaxManifestEntries)));
    manifest.page.whole = m_needs.isUndamaged();
    return manifest;
}

net::Awaitable<Result<std::string>> ReplicaService::manifest(link::InternalCall call)
{
    CO_TRY_ASSIGN(const ManifestRequest request, decodeManifestRequest(asBytes(call.bytes)));
    if (auto refused = co_await refusal(request.header)) {
        const rules::TheirManifest manifest{
            refused->verdict, refused->location, std::move(refused->reason), {}};
        co_return encodeManifest(manifest);
    }
    co_return co_await m_needs.pool.run([&]() -> Result<std::string> {
        TRY_ASSIGN(const rules::TheirManifest manifest, readPage(request));
        return encodeManifest(manifest);
    });
}

records::Location ReplicaService::location(const BucketId &bucket) const
{
    const auto record = m_needs.buckets.findById(bucket);
    return record ? (*record)->location : records::Location();
}

// The record itself comes with the others.
void ReplicaService::learn(const BucketId &bucket, const records::Location &location)
{
    base::debugLine("A newer owner of a bucket sends before its record came")
        .with("bucket", bucket.hex())
        .with("owner", location.owner.uuid());
}

std::string ReplicaService::whyNotReady(const rules::BatchHeader &header) const
{
    return m_needs.replicas.whyNotReady(header.bucket, header.destinationBucket);
}

void ReplicaService::note(const rules::BatchHeader &header)
{
    if (m_needs.ownership != nullptr && header.whole && header.complete > 0 &&
        header.bucket == header.destinationBucket)
        m_needs.ownership->received(header.bucket, header.location.epoch, header.complete);
}

}  // namespace maxiofs::cluster::replication
