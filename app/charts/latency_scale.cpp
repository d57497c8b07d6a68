// SPDX-License-Identifier: GPL-3.0-or-later
#include "charts/latency_scale.h"

#include <QDateTime>
#include <QLocale>

#include <algorithm>
#include <array>
#include <cmath>

namespace maxiofs::charts {

using namespace Qt::StringLiterals;

double LatencyScale::positionOf(double milliseconds, double bottom)
{
    return std::clamp(std::log10(std::max(milliseconds, 1e-3)), bottom, top());
}

double LatencyScale::bottomFor(double smallestMs)
{
    return smallestMs < 1 ? -1 : 0;
}

double LatencyScale::top()
{
    return std::log10(kHighestMs);
}

QList<LatencyScale::Label> LatencyScale::labels(double bottom)
{
    QList<Label> labels;
    if (bottom < 0)
        labels << Label{tr("%1 ms").arg(QLocale().toString(0.1, 'f', 1)), -1};
    labels << Label{tr("1 ms"), 0} << Label{tr("10 ms"), 1} << Label{tr("100 ms"), 2} << Label{tr("1 s"), 3}
           << Label{tr("5 s"), std::log10(kUnavailableMs)};
    return labels;
}

QList<TimeTicks::Tick> TimeTicks::of(std::int64_t fromMs, std::int64_t toMs)
{
    constexpr std::int64_t kMinute = 60'000;
    constexpr std::int64_t kHour = 60 * kMinute;
    constexpr std::int64_t kDay = 24 * kHour;
    static constexpr std::array kSteps{kMinute,      2 * kMinute, 5 * kMinute, 10 * kMinute, 15 * kMinute,
                                       30 * kMinute, kHour,       2 * kHour,   4 * kHour,    6 * kHour,
                                       12 * kHour,   kDay,        2 * kDay,    7 * kDay};
    constexpr std::int64_t kMostTicks = 7;
    std::int64_t step = kSteps.back();
    for (const std::int64_t candidate : kSteps) {
        if ((toMs - fromMs) / candidate <= kMostTicks) {
            step = candidate;
            break;
        }
    }
    // Round in local time: midnight is where people look for it.
    const std::int64_t offset = QDateTime::fromMSecsSinceEpoch(fromMs).offsetFromUtc() * 1000LL;
    QList<Tick> ticks;
    for (std::int64_t at = (fromMs + offset + step - 1) / step * step - offset; at <= toMs; at += step) {
        const QDateTime time = QDateTime::fromMSecsSinceEpoch(at);
        ticks.append(
            {QLocale().toString(time, step >= kDay ? tr("d MMM", "a day on a chart's axis") : u"HH:mm"_s),
             at});
    }
    return ticks;
}

}  // namespace maxiofs::charts
