// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "history/sample.h"
#include "theme/token.h"

#include <QList>
#include <QPointF>
#include <QString>

#include <cstdint>
#include <optional>

namespace maxiofs::charts {

// One node on the latency chart.
struct LatencyLine {
    QString id;
    QString name;
    int order = 0;  // in which nodes joined: gives colour and dashes
    QList<history::Sample> samples;
    bool gone = false;   // does not answer any more: its line ends in a square
    bool stale = false;  // what it does now is not known: its line just ends

    /// s1 to s6, then again with dashes.
    [[nodiscard]] theme::Token token() const;
    /// 0 solid, 1 dashed, 2 dotted.
    [[nodiscard]] int dash() const { return order / 6 % 3; }
    [[nodiscard]] std::optional<double> newest() const;
    [[nodiscard]] std::optional<double> highest() const;
    /// The sample at this time, at most `reachMs` away.
    [[nodiscard]] const history::Sample *at(std::int64_t timeMs, std::int64_t reachMs) const;
};

/// At most `most` points of (seconds since `fromMs`, ms), medians of equal parts of the window; a part
/// without a sample that follows one with is NaN once, so that a line breaks there. `stretchMs` is the
/// samples' length: parts are never shorter.
[[nodiscard]] QList<QPointF> pointsOf(const QList<history::Sample> &samples, std::int64_t fromMs,
                                      std::int64_t toMs, std::int64_t stretchMs, int most);

}  // namespace maxiofs::charts
