// SPDX-License-Identifier: GPL-3.0-or-later
#include "monitor/latency_window.h"

namespace maxiofs::monitor {

namespace {

constexpr double kMicrosecondsPerMs = 1000;

// The greatest value of each of the histogram's buckets.
constexpr auto kBounds = [] {
    std::array<std::uint64_t, base::Histogram::kBuckets> bounds{};
    for (std::size_t i = 0; i < bounds.size(); ++i)
        bounds[i] = i < 4 ? i : ((i % 4 + 5) << (i / 4 - 1)) - 1;
    return bounds;
}();

std::array<std::uint64_t, base::Histogram::kBuckets> countsOf(const base::Histogram &histogram)
{
    std::array<std::uint64_t, base::Histogram::kBuckets> counts{};
    for (std::size_t i = 0; i < counts.size(); ++i)
        counts[i] = histogram.countUpTo(kBounds[i]);
    return counts;
}

double msOf(std::size_t bucket)
{
    return static_cast<double>(kBounds[bucket]) / kMicrosecondsPerMs;
}

}  // namespace

LatencyWindow::LatencyWindow(const base::Histogram &histogram)
    : m_histogram(histogram),
      m_before(countsOf(histogram))
{
}

std::optional<LatencyWindow::Summary> LatencyWindow::next()
{
    const auto now = countsOf(m_histogram);
    const std::uint64_t total = now.back() - m_before.back();
    std::optional<Summary> summary;
    if (total > 0) {
        summary.emplace();
        bool lowestFound = false;
        bool medianFound = false;
        std::uint64_t previous = 0;
        for (std::size_t i = 0; i < now.size(); ++i) {
            const std::uint64_t upTo = now[i] - m_before[i];
            if (upTo == previous)
                continue;
            previous = upTo;
            if (!lowestFound)
                summary->lowestMs = msOf(i);
            lowestFound = true;
            if (!medianFound && upTo * 2 >= total) {
                summary->medianMs = msOf(i);
                medianFound = true;
            }
            summary->highestMs = msOf(i);
        }
    }
    m_before = now;
    return summary;
}

}  // namespace maxiofs::monitor
