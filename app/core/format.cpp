// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/format.h"

#include <QDateTime>
#include <QLocale>
#include <QTimeZone>

#include <algorithm>
#include <array>
#include <cmath>

namespace maxiofs::core {

using namespace Qt::StringLiterals;

namespace {

constexpr std::array<const char *, 6> kUnits{"B", "KiB", "MiB", "GiB", "TiB", "PiB"};

std::size_t unitOf(std::int64_t count)
{
    double value = static_cast<double>(count);
    std::size_t unit = 0;
    // 999.5 of a unit would round to four digits.
    while (value >= 999.5 && unit + 1 < kUnits.size()) {
        value /= 1024;
        ++unit;
    }
    return unit;
}

QString threeDigits(double value, bool whole)
{
    const int decimals = whole || value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
    return QLocale().toString(value, 'f', decimals);
}

QString inUnit(std::int64_t count, std::size_t unit)
{
    return threeDigits(static_cast<double>(count) / std::pow(1024.0, static_cast<double>(unit)), unit == 0);
}

}  // namespace

QString Format::bytes(std::int64_t count)
{
    const std::size_t unit = unitOf(count);
    return u"%1 %2"_s.arg(inUnit(count, unit), QLatin1StringView(kUnits[unit]));
}

QString Format::bytesOf(std::int64_t used, std::int64_t total)
{
    const std::size_t unit = unitOf(total);
    return u"%1 / %2 %3"_s.arg(inUnit(used, unit), inUnit(total, unit), QLatin1StringView(kUnits[unit]));
}

QString Format::milliseconds(double value)
{
    if (!std::isfinite(value))
        return unknown();
    if (value >= 10'000)
        return tr("%1 s").arg(QLocale().toString(value / 1000, 'f', 1));
    const int decimals = value < 0.95 && value > 0 ? 1 : 0;
    return tr("%1 ms").arg(QLocale().toString(value, 'f', decimals));
}

QString Format::skew(std::int64_t milliseconds)
{
    constexpr std::int64_t kShown = 50;  // less is what the measuring itself takes
    if (std::abs(milliseconds) < kShown)
        return tr("%1 s").arg(0);
    const QString sign = milliseconds < 0 ? u"−"_s : u"+"_s;
    const std::int64_t distance = std::abs(milliseconds);
    if (distance < 10'000)
        return sign + tr("%1 s").arg(QLocale().toString(static_cast<double>(distance) / 1000, 'f', 1));
    return sign + duration(distance);
}

QString Format::count(std::int64_t value)
{
    return QLocale().toString(static_cast<qlonglong>(value));
}

QString Format::percent(double fraction)
{
    return tr("%1 %", "a share, in percent").arg(QLocale().toString(fraction * 100, 'f', 0));
}

QString Format::duration(std::int64_t milliseconds)
{
    // Below zero where a clock was set back in between.
    const std::int64_t seconds = std::max<std::int64_t>(0, milliseconds / 1000);
    if (seconds < 60)
        return tr("%1 s").arg(seconds);
    if (seconds < 3600)
        return tr("%1 min").arg(seconds / 60);
    if (seconds < 48 * 3600)
        return tr("%1 h").arg(seconds / 3600);
    return tr("%1 d", "days").arg(seconds / 86400);
}

QString Format::span(std::int64_t milliseconds)
{
    constexpr std::int64_t kMinuteMs = 60'000;
    constexpr std::int64_t kHourMs = 60 * kMinuteMs;
    constexpr std::int64_t kDayMs = 24 * kHourMs;
    constexpr std::int64_t kRound = 10;  // from so many units on the smaller one says nothing
    const std::int64_t unit = milliseconds < kHourMs ? kMinuteMs : milliseconds < kDayMs ? kHourMs : kDayMs;
    const std::int64_t whole = milliseconds / unit;
    const std::int64_t rest = milliseconds % unit;
    const std::int64_t smaller = unit == kMinuteMs ? 1'000 : unit == kHourMs ? kMinuteMs : kHourMs;
    if (whole == 0 || whole >= kRound || rest < smaller)
        return unit == kDayMs ? tr("%1 d", "days").arg(whole) : duration(milliseconds);
    const QString part = duration(rest);
    return unit == kMinuteMs ? tr("%1 min %2").arg(QString::number(whole), part)
           : unit == kHourMs ? tr("%1 h %2").arg(QString::number(whole), part)
                             : tr("%1 d %2").arg(QString::number(whole), part);
}

QString Format::ago(std::int64_t ageMs)
{
    if (ageMs < 1000)
        return tr("just now");
    return tr("%1 ago", "a duration").arg(duration(ageMs));
}

QString Format::time(std::int64_t atMs, std::int64_t nowMs)
{
    const QDateTime at = QDateTime::fromMSecsSinceEpoch(atMs);
    const QDateTime now = QDateTime::fromMSecsSinceEpoch(nowMs);
    const QLocale locale;
    if (at.date() == now.date())
        return locale.toString(at, u"HH:mm"_s);
    if (at.date().year() == now.date().year())
        return locale.toString(at, tr("d MMM HH:mm", "day and time this year"));
    return locale.toString(at, tr("d MMM yyyy", "day in another year"));
}

QString Format::utc(std::int64_t atMs)
{
    return QDateTime::fromMSecsSinceEpoch(atMs, Qt::UTC).toString(u"yyyy-MM-dd HH:mm:ss 'UTC'"_s);
}

QString Format::unknown()
{
    return u"–"_s;
}

}  // namespace maxiofs::core
