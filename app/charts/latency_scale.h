// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QCoreApplication>
#include <QList>
#include <QString>

#include <cstdint>

namespace maxiofs::charts {

// The latency chart's logarithmic axis, 1 ms (or 0.1 ms, where something is that fast) to 10 s.
class LatencyScale {
    Q_DECLARE_TR_FUNCTIONS(maxiofs::charts::LatencyScale)
public:
    static constexpr double kDegradedMs = 1'000;
    static constexpr double kUnavailableMs = 5'000;
    static constexpr double kHighestMs = 10'000;

    struct Label {
        QString text;
        double position = 0;  // log10 of milliseconds
    };

    /// A value's place on the axis, kept within it.
    [[nodiscard]] static double positionOf(double milliseconds, double bottom);
    /// The axis' lower end for data whose smallest value is this.
    [[nodiscard]] static double bottomFor(double smallestMs);
    [[nodiscard]] static double top();
    [[nodiscard]] static QList<Label> labels(double bottom);
};

// Where a time axis has its labels: at round local times, 4 to 8 in a window.
class TimeTicks {
    Q_DECLARE_TR_FUNCTIONS(maxiofs::charts::TimeTicks)
public:
    struct Tick {
        QString text;
        std::int64_t atMs = 0;
    };
    [[nodiscard]] static QList<Tick> of(std::int64_t fromMs, std::int64_t toMs);
};

}  // namespace maxiofs::charts
