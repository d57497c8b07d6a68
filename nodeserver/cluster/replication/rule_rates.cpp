// SPDX-License-Identifier: GPL-3.0-or-later
#include "cluster/replication/rule_rates.h"

namespace maxiofs::cluster::replication {

namespace {

constexpr double kMsPerSecond = 1000;

// A lag may shrink by more than was sent, where changes cancel each other out.
double perSecond(std::uint64_t before, std::uint64_t after, std::int64_t ms)
{
    if (after <= before || ms <= 0)
        return 0;
    return static_cast<double>(after - before) * kMsPerSecond / static_cast<double>(ms);
}

}  // namespace

void RuleRates::sample(std::int64_t nowMs, const rules::RuleStatus &status)
{
    m_samples.push_back({nowMs, status.objectsReplicated, status.bytesReplicated,
                         status.objectsReplicated + status.lag.objects,
                         status.bytesReplicated + status.lag.bytes});
    while (m_samples.size() > 1 && m_samples[1].atMs <= nowMs - kWindowMs)
        m_samples.pop_front();
}

RuleRates::Rates RuleRates::rates() const
{
    if (m_samples.size() < 2)
        return {};
    const Sample &first = m_samples.front();
    const Sample &last = m_samples.back();
    const std::int64_t ms = last.atMs - first.atMs;
    return {perSecond(first.objectsSeen, last.objectsSeen, ms),
            perSecond(first.objectsOut, last.objectsOut, ms), perSecond(first.bytesSeen, last.bytesSeen, ms),
            perSecond(first.bytesOut, last.bytesOut, ms)};
}

}  // namespace maxiofs::cluster::replication
