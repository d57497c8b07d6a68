// SPDX-License-Identifier: GPL-3.0-or-later
#include "cluster/beat_history.h"

#include <algorithm>

namespace maxiofs::cluster {

namespace {

constexpr std::int64_t kSecondMs = 1000;
constexpr std::int64_t kTenSecondsMs = 10'000;
constexpr double kMicrosPerMs = 1000;

}  // namespace

void BeatHistory::add(std::int64_t wallMs, double latencyMicros)
{
    const auto latencyMs = static_cast<float>(latencyMicros / kMicrosPerMs);
    add(m_second, m_seconds, kSecondsKept, kSecondMs, wallMs, latencyMs);
    add(m_tenSeconds, m_tens, kTenSecondsKept, kTenSecondsMs, wallMs, latencyMs);
}

void BeatHistory::add(Filling &filling, std::deque<Stretch> &kept, std::size_t limit, std::int64_t lengthMs,
                      std::int64_t wallMs, float latencyMs)
{
    const std::int64_t atMs = wallMs - wallMs % lengthMs;
    if (atMs != filling.atMs && !filling.latenciesMs.empty()) {
        kept.push_back(summaryOf(filling));
        filling.latenciesMs.clear();
    }
    // A clock that was set back: what lies ahead of it would stand in the way of what comes.
    while (!kept.empty() && kept.back().atMs >= atMs)
        kept.pop_back();
    if (kept.size() > limit)
        kept.pop_front();
    filling.atMs = atMs;
    filling.latenciesMs.push_back(latencyMs);
}

BeatHistory::Stretch BeatHistory::summaryOf(const Filling &filling)
{
    std::vector<float> sorted = filling.latenciesMs;
    std::ranges::sort(sorted);
    return {filling.atMs, sorted[sorted.size() / 2], sorted.front(), sorted.back()};
}

std::vector<protocol::HealthSample> BeatHistory::samples(std::int64_t resolutionSeconds,
                                                         std::int64_t sinceMs) const
{
    const bool bySecond = resolutionSeconds == 1;
    const Filling &filling = bySecond ? m_second : m_tenSeconds;
    std::vector<protocol::HealthSample> samples;
    const auto take = [&](const Stretch &stretch) {
        if (stretch.atMs < sinceMs)
            return;
        protocol::HealthSample sample;
        sample.time = {stretch.atMs};
        sample.medianMs = stretch.medianMs;
        sample.lowestMs = stretch.lowestMs;
        sample.highestMs = stretch.highestMs;
        samples.push_back(sample);
    };
    std::ranges::for_each(bySecond ? m_seconds : m_tens, take);
    if (!filling.latenciesMs.empty())
        take(summaryOf(filling));
    return samples;
}

}  // namespace maxiofs::cluster
