// SPDX-License-Identifier: GPL-3.0-or-later
#include "text/dates.h"

#include <algorithm>
#include <array>
#include <chrono>

namespace maxiofs::text {

namespace {

using namespace std::chrono;

constexpr std::array<std::string_view, 7> kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::array<std::string_view, 7> kLongDays{"Sunday",   "Monday", "Tuesday", "Wednesday",
                                                    "Thursday", "Friday", "Saturday"};
constexpr std::array<std::string_view, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                   "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
// 0000-01-01 and the last millisecond of 9999.
constexpr std::int64_t kEarliest = -62'167'219'200'000;
constexpr std::int64_t kLatest = 253'402'300'799'999;

struct Fields {
    int year = 1970;
    unsigned month = 1;
    unsigned day = 1;
    unsigned hour = 0;
    unsigned minute = 0;
    unsigned second = 0;
    unsigned ms = 0;
    unsigned weekday = 0;  // when formatting
};

Fields fieldsOf(std::int64_t unixMs)
{
    const sys_time<milliseconds> time{milliseconds(std::clamp(unixMs, kEarliest, kLatest))};
    const auto midnight = floor<days>(time);
    const year_month_day date(midnight);
    const hh_mm_ss clock(time - midnight);
    return {.year = static_cast<int>(date.year()),
            .month = static_cast<unsigned>(date.month()),
            .day = static_cast<unsigned>(date.day()),
            .hour = static_cast<unsigned>(clock.hours().count()),
            .minute = static_cast<unsigned>(clock.minutes().count()),
            .second = static_cast<unsigned>(clock.seconds().count()),
            .ms = static_cast<unsigned>(clock.subseconds().count()),
            .weekday = weekday(midnight).c_encoding()};
}

std::optional<std::int64_t> unixMsOf(const Fields &fields)
{
    const year_month_day date{year(fields.year), month(fields.month), day(fields.day)};
    // HTTP and ISO 8601 allow a leap second; it counts as the first of the next minute.
    if (!date.ok() || fields.hour > 23 || fields.minute > 59 || fields.second > 60)
        return std::nullopt;
    const auto time = sys_days(date) + hours(fields.hour) + minutes(fields.minute) + seconds(fields.second) +
                      milliseconds(fields.ms);
    return time.time_since_epoch().count();
}

void appendNumber(std::string &to, unsigned value, std::size_t width)
{
    to.append(width, '0');
    for (std::size_t i = to.size(); value != 0; value /= 10)
        to[--i] = static_cast<char>('0' + value % 10);
}

// Takes pieces from the front of a text; after the first that is missing all fail.
class Scanner {
public:
    explicit Scanner(std::string_view text) : m_left(text) {}

    unsigned number(std::size_t digits)
    {
        unsigned value = 0;
        for (std::size_t i = 0; i < digits; ++i) {
            const bool digit = i < m_left.size() && m_left[i] >= '0' && m_left[i] <= '9';
            m_ok = m_ok && digit;
            value = value * 10 + (m_ok ? static_cast<unsigned>(m_left[i] - '0') : 0);
        }
        drop(digits);
        return value;
    }
    void literal(std::string_view wanted)
    {
        m_ok = m_ok && m_left.starts_with(wanted);
        drop(wanted.size());
    }
    bool tryLiteral(std::string_view wanted)
    {
        if (!m_ok || !m_left.starts_with(wanted))
            return false;
        drop(wanted.size());
        return true;
    }
    template <std::size_t N>
    unsigned oneOf(const std::array<std::string_view, N> &names)
    {
        for (unsigned i = 0; i < N; ++i) {
            if (tryLiteral(names[i]))
                return i;
        }
        m_ok = false;
        return 0;
    }
    void clock(Fields &fields)
    {
        fields.hour = number(2);
        literal(":");
        fields.minute = number(2);
        literal(":");
        fields.second = number(2);
    }
    bool atDigit() const { return m_ok && !m_left.empty() && m_left[0] >= '0' && m_left[0] <= '9'; }
    [[nodiscard]] bool finished() const { return m_ok && m_left.empty(); }

private:
    void drop(std::size_t count) { m_left = m_ok ? m_left.substr(count) : std::string_view(); }

    std::string_view m_left;
    bool m_ok = true;
};

std::optional<std::int64_t> parseFixdate(std::string_view text)
{
    Scanner scan(text);
    Fields fields;
    scan.oneOf(kDays);
    scan.literal(", ");
    fields.day = scan.number(2);
    scan.literal(" ");
    fields.month = scan.oneOf(kMonths) + 1;
    scan.literal(" ");
    fields.year = static_cast<int>(scan.number(4));
    scan.literal(" ");
    scan.clock(fields);
    scan.literal(" GMT");
    return scan.finished() ? unixMsOf(fields) : std::nullopt;
}

std::optional<std::int64_t> parseRfc850(std::string_view text, std::int64_t nowUnixMs)
{
    Scanner scan(text);
    Fields fields;
    scan.oneOf(kLongDays);
    scan.literal(", ");
    fields.day = scan.number(2);
    scan.literal("-");
    fields.month = scan.oneOf(kMonths) + 1;
    scan.literal("-");
    const int currentYear = fieldsOf(nowUnixMs).year;
    fields.year = currentYear - currentYear % 100 + static_cast<int>(scan.number(2));
    if (fields.year > currentYear + 50)
        fields.year -= 100;
    scan.literal(" ");
    scan.clock(fields);
    scan.literal(" GMT");
    return scan.finished() ? unixMsOf(fields) : std::nullopt;
}

std::optional<std::int64_t> parseAsctime(std::string_view text)
{
    Scanner scan(text);
    Fields fields;
    scan.oneOf(kDays);
    scan.literal(" ");
    fields.month = scan.oneOf(kMonths) + 1;
    scan.literal(" ");
    fields.day = scan.number(scan.tryLiteral(" ") ? 1 : 2);
    scan.literal(" ");
    scan.clock(fields);
    scan.literal(" ");
    fields.year = static_cast<int>(scan.number(4));
    return scan.finished() ? unixMsOf(fields) : std::nullopt;
}

// The digits after "."; thousandths count.
unsigned scanFraction(Scanner &scan)
{
    constexpr int kMostDigits = 9;
    unsigned ms = 0;
    unsigned scale = 100;
    for (int i = 0; i < kMostDigits && (i == 0 || scan.atDigit()); ++i) {
        ms += scan.number(1) * scale;
        scale /= 10;
    }
    return ms;
}

}  // namespace

std::string formatAmzDate(std::int64_t unixMs)
{
    const Fields fields = fieldsOf(unixMs);
    std::string text = formatDay(unixMs);
    text.push_back('T');
    appendNumber(text, fields.hour, 2);
    appendNumber(text, fields.minute, 2);
    appendNumber(text, fields.second, 2);
    text.push_back('Z');
    return text;
}

std::optional<std::int64_t> parseAmzDate(std::string_view text)
{
    Scanner scan(text);
    Fields fields;
    fields.year = static_cast<int>(scan.number(4));
    fields.month = scan.number(2);
    fields.day = scan.number(2);
    scan.literal("T");
    fields.hour = scan.number(2);
    fields.minute = scan.number(2);
    fields.second = scan.number(2);
    scan.literal("Z");
    return scan.finished() ? unixMsOf(fields) : std::nullopt;
}

std::string formatDay(std::int64_t unixMs)
{
    const Fields fields = fieldsOf(unixMs);
    std::string text;
    appendNumber(text, static_cast<unsigned>(fields.year), 4);
    appendNumber(text, fields.month, 2);
    appendNumber(text, fields.day, 2);
    return text;
}

std::string formatIso(std::int64_t unixMs)
{
    const Fields fields = fieldsOf(unixMs);
    std::string text;
    appendNumber(text, static_cast<unsigned>(fields.year), 4);
    text.push_back('-');
    appendNumber(text, fields.month, 2);
    text.push_back('-');
    appendNumber(text, fields.day, 2);
    text.push_back('T');
    appendNumber(text, fields.hour, 2);
    text.push_back(':');
    appendNumber(text, fields.minute, 2);
    text.push_back(':');
    appendNumber(text, fields.second, 2);
    text.push_back('.');
    appendNumber(text, fields.ms, 3);
    text.push_back('Z');
    return text;
}

std::optional<std::int64_t> parseIso(std::string_view text)
{
    Scanner scan(text);
    Fields fields;
    fields.year = static_cast<int>(scan.number(4));
    scan.literal("-");
    fields.month = scan.number(2);
    scan.literal("-");
    fields.day = scan.number(2);
    scan.literal("T");
    scan.clock(fields);
    if (scan.tryLiteral("."))
        fields.ms = scanFraction(scan);

    std::int64_t offsetMinutes = 0;
    if (!scan.tryLiteral("Z")) {
        const int sign = scan.tryLiteral("+") ? 1 : -1;
        if (sign < 0)
            scan.literal("-");
        const unsigned offsetHours = scan.number(2);
        scan.literal(":");
        const unsigned rest = scan.number(2);
        if (offsetHours > 23 || rest > 59)
            return std::nullopt;
        offsetMinutes = sign * static_cast<std::int64_t>(offsetHours * 60 + rest);
    }
    const auto local = scan.finished() ? unixMsOf(fields) : std::nullopt;
    return local ? std::optional(*local - offsetMinutes * 60'000) : std::nullopt;
}

std::string formatHttpDate(std::int64_t unixMs)
{
    const Fields fields = fieldsOf(unixMs);
    std::string text(kDays[fields.weekday]);
    text.append(", ");
    appendNumber(text, fields.day, 2);
    text.push_back(' ');
    text.append(kMonths[fields.month - 1]);
    text.push_back(' ');
    appendNumber(text, static_cast<unsigned>(fields.year), 4);
    text.push_back(' ');
    appendNumber(text, fields.hour, 2);
    text.push_back(':');
    appendNumber(text, fields.minute, 2);
    text.push_back(':');
    appendNumber(text, fields.second, 2);
    text.append(" GMT");
    return text;
}

std::optional<std::int64_t> parseHttpDate(std::string_view text, std::int64_t nowUnixMs)
{
    if (const auto time = parseFixdate(text))
        return time;
    if (const auto time = parseRfc850(text, nowUnixMs))
        return time;
    return parseAsctime(text);
}

}  // namespace maxiofs::text
