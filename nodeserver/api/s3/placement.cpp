// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/s3/placement.h"

namespace maxiofs::api::s3 {

std::optional<NodeId> roomierNode(std::uint64_t ownFreeBytes,
                                  const std::vector<cluster::rules::Observation> &others)
{
    std::optional<NodeId> roomiest;
    auto mostFree = static_cast<std::int64_t>(ownFreeBytes);
    for (const cluster::rules::Observation &other : others) {
        if (other.status != cluster::rules::HealthStatus::Healthy || !other.probe)
            continue;
        const std::int64_t free = other.probe->capacityTotal - other.probe->capacityUsed;
        if (free <= mostFree)
            continue;
        mostFree = free;
        roomiest = other.id;
    }
    return roomiest;
}

net::Awaitable<S3Result<std::optional<PassedOn>>> placeElsewhere(Call &call)
{
    const ClusterLinks &links = *call.context.cluster;
    if (!links.placesByRoom() || call.context.buckets.find(call.request.bucket()))
        co_return std::nullopt;
    const auto node = roomierNode(call.context.store.figures().diskAvailable, links.cluster.observations());
    const auto member = node ? links.router.member(*node) : std::nullopt;
    if (!member)
        co_return std::nullopt;
    const cluster::Route route{member->peer, member->name, {}};
    CO_S3_TRY(const cluster::ForwardOutcome outcome, co_await forward(call, route, false));
    if (std::holds_alternative<cluster::Relayed>(outcome))
        co_return PassedOn{route.ownerName, Reply::streamed()};
    const auto *const failed = std::get_if<cluster::Unreachable>(&outcome);
    if (failed == nullptr)  // 421: a node that knows nothing of this makes no bucket
        co_return std::nullopt;
    S3Error error = unreachable(links, route);
    if (failed->hasAnswered)
        co_return PassedOn{route.ownerName, Reply::streamed()};
    if (failed->mayRepeat)
        co_return std::nullopt;
    co_return refuse(std::move(error));
}

}  // namespace maxiofs::api::s3
