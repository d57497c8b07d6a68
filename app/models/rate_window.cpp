// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/rate_window.h"

#include <limits>

namespace maxiofs::models {

namespace {

constexpr std::int64_t kFreshMs = 15'000;

}  // namespace

void RateWindow::add(const QString &node, std::int64_t atMs, const Rates &rates)
{
    m_seconds[atMs / 1000][node] = rates;
    const std::int64_t oldest = m_seconds.rbegin()->first - kSpanMs / 1000;
    m_seconds.erase(m_seconds.begin(), m_seconds.lower_bound(oldest));
}

std::optional<RateWindow::Rates> RateWindow::newest(std::int64_t nowMs) const
{
    QHash<QString, Rates> byNode;
    for (auto second = m_seconds.lower_bound((nowMs - kFreshMs) / 1000); second != m_seconds.end();
         ++second) {
        for (auto it = second->second.begin(); it != second->second.end(); ++it)
            byNode.insert(it.key(), it.value());
    }
    if (byNode.isEmpty())
        return std::nullopt;
    Rates sum;
    for (const Rates &rates : std::as_const(byNode)) {
        sum.requestsPerSecond += rates.requestsPerSecond;
        sum.bytesInPerSecond += rates.bytesInPerSecond;
        sum.bytesOutPerSecond += rates.bytesOutPerSecond;
    }
    return sum;
}

QList<double> RateWindow::bytes(std::int64_t nowMs, int count) const
{
    QList<double> sums(count, 0);
    QList<int> seen(count, 0);
    const std::int64_t startMs = nowMs - kSpanMs;
    for (auto second = m_seconds.lower_bound(startMs / 1000); second != m_seconds.end(); ++second) {
        const auto part = (second->first * 1000 - startMs) * count / kSpanMs;
        if (part < 0 || part >= count)
            continue;
        for (const Rates &rates : second->second)
            sums[part] += rates.bytesInPerSecond + rates.bytesOutPerSecond;
        ++seen[part];
    }
    for (int i = 0; i < count; ++i)
        sums[i] = seen[i] > 0 ? sums[i] / seen[i] : std::numeric_limits<double>::quiet_NaN();
    return sums;
}

}  // namespace maxiofs::models
