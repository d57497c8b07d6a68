// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QCoreApplication>
#include <QString>

#include <cstdint>

namespace maxiofs::core {

// Figures and times as the program shows them, in the user's locale.
class Format {
    Q_DECLARE_TR_FUNCTIONS(maxiofs::core::Format)
public:
    /// "812 GiB": three digits, KiB to PiB.
    [[nodiscard]] static QString bytes(std::int64_t count);
    /// "6.26 / 7.28 TiB", both in the unit of the total.
    [[nodiscard]] static QString bytesOf(std::int64_t used, std::int64_t total);
    /// "1,840 ms" below 10 s, "12.4 s" above, "0.3 ms" below 1 ms.
    [[nodiscard]] static QString milliseconds(double value);
    /// "+0.3 s", "-12 min": how far a clock is ahead or behind; "0 s" below 50 ms.
    [[nodiscard]] static QString skew(std::int64_t milliseconds);
    [[nodiscard]] static QString count(std::int64_t value);
    [[nodiscard]] static QString percent(double fraction);
    /// "just now", "8 s ago", "34 min ago", "5 h ago", "3 d ago".
    [[nodiscard]] static QString ago(std::int64_t ageMs);
    /// "8 s", "27 min", "5 h", "3 d".
    [[nodiscard]] static QString duration(std::int64_t milliseconds);
    /// "38 s", "4 min 10 s", "2 h 5 min", "2 d 3 h": two units from a minute on, below ten of the first.
    [[nodiscard]] static QString span(std::int64_t milliseconds);
    /// "14:32" today, "18 Nov 16:40" this year, else with the year. Both are Unix milliseconds.
    [[nodiscard]] static QString time(std::int64_t atMs, std::int64_t nowMs);
    /// "2026-11-18 16:40:12 UTC", for tooltips and exports.
    [[nodiscard]] static QString utc(std::int64_t atMs);
    /// What stands where nothing is known: never 0.
    [[nodiscard]] static QString unknown();
};

}  // namespace maxiofs::core
