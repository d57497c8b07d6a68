// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/console/node_history.h"

namespace maxiofs::api::console {

namespace {

constexpr std::int64_t kMsPerSecond = 1000;
constexpr const char *kOfBeats = "beats";

}  // namespace

protocol::HealthHistory withRates(protocol::HealthHistory beats, const protocol::HealthHistory &rates,
                                  std::int64_t skewMs)
{
    const std::int64_t step = beats.resolutionSeconds * kMsPerSecond;
    std::map<std::int64_t, const protocol::HealthSample *> bySlot;
    for (const protocol::HealthSample &sample : rates.samples)
        bySlot[(sample.time.unixMs - skewMs) / step] = &sample;
    for (protocol::HealthSample &sample : beats.samples) {
        const auto found = bySlot.find(sample.time.unixMs / step);
        if (found == bySlot.end())
            continue;
        protocol::HealthSample filled = *found->second;
        filled.time = sample.time;
        filled.medianMs = sample.medianMs;
        filled.lowestMs = sample.lowestMs;
        filled.highestMs = sample.highestMs;
        sample = filled;
    }
    return beats;
}

protocol::HealthHistory historyOf(const Call &call, const NodeId &node, std::int64_t resolutionSeconds,
                                  std::int64_t sinceMs)
{
    const Context &context = call.context;
    protocol::HealthHistory history;
    if (call.isPassedOn || node == context.records.nodeId()) {
        history = context.monitor.history(resolutionSeconds, sinceMs);
    } else {
        history = context.cluster.history(node, resolutionSeconds, sinceMs);
        history.resolutionSeconds = resolutionSeconds;
        for (const MemberAnswer &other : call.others) {
            const auto told = other.value<protocol::HealthHistory>();
            const auto seen = context.cluster.observation(node);
            if (told)
                history = withRates(std::move(history), *told, seen ? seen->clockSkewMs : 0);
        }
        history.latencyOf = kOfBeats;
        history.missing = call.missing();
    }
    history.nodeId = node.uuid();
    return history;
}

}  // namespace maxiofs::api::console
