// SPDX-License-Identifier: GPL-3.0-or-later
#include "charts/latency_line.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace maxiofs::charts {

using history::Sample;

theme::Token LatencyLine::token() const
{
    return static_cast<theme::Token>(static_cast<int>(theme::Token::S1) + order % 6);
}

std::optional<double> LatencyLine::newest() const
{
    return gone || stale || samples.isEmpty() ? std::nullopt : std::optional(samples.last().median);
}

std::optional<double> LatencyLine::highest() const
{
    if (samples.isEmpty())
        return std::nullopt;
    return std::ranges::max(samples, {}, &Sample::highest).highest;
}

const Sample *LatencyLine::at(std::int64_t timeMs, std::int64_t reachMs) const
{
    const auto after = std::ranges::lower_bound(samples, timeMs, {}, &Sample::atMs);
    const Sample *nearest = nullptr;
    if (after != samples.end())
        nearest = &*after;
    if (after != samples.begin()) {
        const Sample &before = *std::prev(after);
        if (!nearest || timeMs - before.atMs < nearest->atMs - timeMs)
            nearest = &before;
    }
    return nearest && std::abs(nearest->atMs - timeMs) <= reachMs ? nearest : nullptr;
}

QList<QPointF> pointsOf(const QList<Sample> &samples, std::int64_t fromMs, std::int64_t toMs,
                        std::int64_t stretchMs, int most)
{
    QList<QPointF> points;
    if (samples.isEmpty() || toMs <= fromMs || most < 2)
        return points;
    // A stretch that comes late by its own length is no gap.
    constexpr std::int64_t kPatience = 3;
    const std::int64_t part = std::max<std::int64_t>(stretchMs, (toMs - fromMs + most - 1) / most);
    const std::int64_t gap = std::max(part, kPatience * stretchMs) + part / 2;
    std::vector<double> medians;
    std::int64_t current = -1;
    std::optional<std::int64_t> last;
    const auto emitPart = [&] {
        if (medians.empty())
            return;
        const std::int64_t at = fromMs + current * part + part / 2;
        if (last && at - *last > gap)
            points.append({static_cast<double>(at - part) / 1000.0 - static_cast<double>(fromMs) / 1000.0,
                           std::numeric_limits<double>::quiet_NaN()});
        const auto middle = medians.begin() + static_cast<std::ptrdiff_t>((medians.size() - 1) / 2);
        std::ranges::nth_element(medians, middle);
        points.append({static_cast<double>(at - fromMs) / 1000.0, *middle});
        last = at;
        medians.clear();
    };
    for (const Sample &sample : samples) {
        if (sample.atMs < fromMs || sample.atMs >= toMs)
            continue;
        const std::int64_t index = (sample.atMs - fromMs) / part;
        if (index != current) {
            emitPart();
            current = index;
        }
        medians.push_back(sample.median);
    }
    emitPart();
    return points;
}

}  // namespace maxiofs::charts
