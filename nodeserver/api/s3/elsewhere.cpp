// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/s3/elsewhere.h"

#include "api/s3/location_answer.h"
#include "api/s3/owner_wait.h"
#include "api/s3/replica_read.h"
#include "base/log_line.h"

namespace maxiofs::api::s3 {

namespace {

using cluster::link::Forwarded;

// Counts itself among the questions under way.
class Seeking {
public:
    explicit Seeking(std::atomic<unsigned> &count) : m_count(count), m_number(count.fetch_add(1) + 1) {}
    ~Seeking() { m_count.fetch_sub(1); }
    Seeking(const Seeking &) = delete;
    Seeking &operator=(const Seeking &) = delete;
    [[nodiscard]] bool isTooMany() const { return m_number > kMaxSeeks; }

private:
    std::atomic<unsigned> &m_count;
    const unsigned m_number;
};

// The records may still come: they are asked for once before the edge is told what this node knows.
net::Awaitable<S3Result<bool>> catchUp(Call &call, const Forwarded &forwarded)
{
    const ClusterLinks &links = *call.context.cluster;
    const auto route = links.router.find(call.bucketId());
    if (!route || *route == nullptr || (*route)->epoch >= forwarded.epoch)
        co_return false;
    CO_S3_TRY([[maybe_unused]] const bool came,
              co_await seek(call.context, records::Kind::Bucket, call.request.bucket()));
    links.router.forget(call.bucketId());
    const auto again = links.router.find(call.bucketId());
    co_return again && *again == nullptr;
}

// 421: the edge learns from it where the bucket is.
net::Awaitable<S3Result<std::optional<PassedOn>>> turnAway(Call &call, Forwarded forwarded)
{
    CO_S3_TRY(const bool isHereAfterAll, co_await catchUp(call, forwarded));
    if (isHereAfterAll)
        co_return std::nullopt;
    const BucketId bucket = call.bucketId();
    auto answer =
        co_await call.context.pool.run([&] { return locationAnswer(call.context.cluster->records, bucket); });
    if (!answer)
        co_return refuse(fromStore(answer.error(), call.subject()));
    http::ResponseHead head(421, "application/json");
    head.add(cluster::kLocationHeader, *answer);  // HEAD's answer has no body
    Reply reply{std::move(head), *std::move(answer), false};
    co_return PassedOn{{}, std::move(reply)};
}

// Nobody took the bucket meanwhile: the same reason, in the words that make clients come again later.
S3Error comeAgain(S3Error error)
{
    return S3Error(errors::kSlowDown, std::move(error.message)).withHeader("Retry-After", kRetryAfterSeconds);
}

// Every request to a node that is away fails: one line a second says enough.
bool mayWarn(const Call &call)
{
    constexpr std::int64_t kPauseMs = 1000;
    std::atomic<std::int64_t> &last = call.context.cluster->warnedMs;
    const std::int64_t nowMs = call.context.clock.unixMs();
    std::int64_t before = last.load();
    return (nowMs < before || nowMs - before >= kPauseMs) && last.compare_exchange_strong(before, nowMs);
}

}  // namespace

S3Error unavailable(std::string why)
{
    return S3Error(errors::kServiceUnavailable, std::move(why)).withHeader("Retry-After", kRetryAfterSeconds);
}

S3Error unreachable(const ClusterLinks &links, const cluster::Route &route)
{
    links.cluster.forwardFailed(route.owner.id);
    return unavailable("The node " + route.ownerName +
                       ", which has this bucket, cannot be reached at present. Please try again.");
}

std::optional<Forwarded> forwardedBy(const Context &context, const http::RequestHead &head)
{
    const auto value = head.find(cluster::link::kForwardedHeader);
    if (!value)
        return std::nullopt;
    auto forwarded = context.cluster->cluster.readForwarded(*value, head.method(), head.target());
    return forwarded ? std::optional(*std::move(forwarded)) : std::nullopt;
}

net::Awaitable<S3Result<bool>> seek(const Context &context, records::Kind kind, std::string name)
{
    if (!context.isMember() || name.size() > kMaxSoughtBytes)
        co_return false;
    const Seeking seeking(context.cluster->seeking);
    if (seeking.isTooMany())
        co_return refuse(S3Error(errors::kSlowDown).withHeader("Retry-After", kRetryAfterSeconds));
    co_return co_await context.pool.run([&] { return context.cluster->cluster.seek(kind, name); });
}

net::Awaitable<S3Result<records::BucketPtr>> findBucket(const Context &context, std::string name,
                                                        Subject subject)
{
    auto found = context.buckets.find(name);
    if (!found && context.isMember()) {
        CO_S3_TRY(const bool came, co_await seek(context, records::Kind::Bucket, name));
        if (came)
            found = context.buckets.find(name);
    }
    co_return toS3(std::move(found), subject);
}

net::Awaitable<S3Result<cluster::ForwardOutcome>> forward(Call &call, cluster::Route route, bool toReplica)
{
    const ClusterLinks &links = *call.context.cluster;
    const http::RequestHead &head = call.exchange.head();
    std::string value = links.cluster.forwardedValue(route.epoch, call.exchange.peer().text, call.clientTls,
                                                     toReplica, head.method(), head.target());
    auto outcome = co_await links.forward(call.exchange, route.owner, std::move(value));
    if (!outcome)
        co_return refuse(fromStore(outcome.error(), call.subject()));
    const auto *const failed = std::get_if<cluster::Unreachable>(&*outcome);
    if (failed != nullptr && mayWarn(call))
        base::warningLine("A request could not be passed on")
            .with("request", call.exchange.requestId())
            .with("node", route.ownerName)
            .with("reason", failed->error.message);
    co_return *std::move(outcome);
}

net::Awaitable<S3Result<std::optional<PassedOn>>> passOn(Call &call, OperationId operation,
                                                         std::optional<Forwarded> forwarded)
{
    const ClusterLinks &links = *call.context.cluster;
    const BucketId bucket = call.bucketId();
    OwnerWait ownerWait(call);
    for (unsigned hop = 0; hop < kMaxHops;) {
        const auto found = links.router.find(bucket);
        if (!found)
            co_return refuse(unavailable(found.error().message));
        const cluster::RoutePtr route = *found;
        if (route == nullptr)
            co_return std::nullopt;
        if (forwarded) {
            if (answersFromReplica(call, operation, *forwarded))
                co_return std::nullopt;
            co_return co_await turnAway(call, *std::move(forwarded));
        }

        CO_S3_TRY(const cluster::ForwardOutcome outcome, co_await forward(call, *route, false));
        if (std::holds_alternative<cluster::Relayed>(outcome))
            co_return PassedOn{route->ownerName, Reply::streamed()};
        if (const auto *const failed = std::get_if<cluster::Unreachable>(&outcome)) {
            S3Error error = unreachable(links, *route);
            links.router.forget(bucket);  // it may be reached by another endpoint since
            if (failed->hasAnswered)
                co_return PassedOn{route->ownerName, Reply::streamed()};
            if (canReadReplica(operation)) {
                CO_S3_TRY(ReplicaRead read, co_await readReplica(call, *route));
                if (read.outcome == ReplicaRead::Outcome::Nobody)
                    co_return refuse(std::move(error));
                if (read.outcome == ReplicaRead::Outcome::Here)
                    co_return std::nullopt;
                if (read.outcome == ReplicaRead::Outcome::PassedOn)
                    co_return PassedOn{std::move(read.to), Reply::streamed()};
                ++hop;
            } else if (!failed->mayRepeat || !co_await ownerWait.wait(*route)) {
                co_return refuse(ownerWait.hasWaited() ? comeAgain(std::move(error)) : std::move(error));
            }
            continue;
        }
        ++hop;
        const auto &moved = std::get<cluster::Moved>(outcome);
        const Status learned =
            co_await call.context.pool.run([&] { return learnLocation(links.records, bucket, moved.body); });
        links.router.forget(bucket);
        if (!learned)
            base::warningLine("A node told no location of a bucket that it does not have")
                .with("node", route->ownerName)
                .with("reason", learned.error().message);
        if (!moved.mayRepeat)
            co_return refuse(unavailable("The bucket moved to another node while the request was on its way. "
                                         "Please try again."));
    }
    co_return refuse(unavailable("The nodes do not agree yet on which of them has this bucket. Please try "
                                 "again."));
}

net::Awaitable<void> settle(const Context &context)
{
    if (context.isMember())
        co_await context.pool.run([&] { context.cluster->cluster.settle(); });
}

}  // namespace maxiofs::api::s3
