// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QHash>
#include <QList>
#include <QString>

#include <cstdint>
#include <map>
#include <optional>

namespace maxiofs::models {

// What all nodes together moved in the last minutes, by the second: for the figure and the small graph of a
// card.
class RateWindow {
public:
    static constexpr std::int64_t kSpanMs = 10 * 60 * 1000;

    struct Rates {
        double requestsPerSecond = 0;
        double bytesInPerSecond = 0;
        double bytesOutPerSecond = 0;
    };

    void add(const QString &node, std::int64_t atMs, const Rates &rates);
    /// The sum of each node's newest rates, as far as they are younger than 15 s; empty: none is.
    [[nodiscard]] std::optional<Rates> newest(std::int64_t nowMs) const;
    /// `count` averages of all bytes moved in equal parts of the window; NaN where nothing is known.
    [[nodiscard]] QList<double> bytes(std::int64_t nowMs, int count) const;

private:
    std::map<std::int64_t, QHash<QString, Rates>> m_seconds;
};

}  // namespace maxiofs::models
