// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace maxiofs::text {

// All times are Unix milliseconds in UTC, years 0 to 9999; no locale and no time zone of the system plays a
// part.

/// "20130524T000000Z": x-amz-date.
[[nodiscard]] std::string formatAmzDate(std::int64_t unixMs);
[[nodiscard]] std::optional<std::int64_t> parseAmzDate(std::string_view text);

/// "20130524": the day in a credential's scope.
[[nodiscard]] std::string formatDay(std::int64_t unixMs);

/// "2009-10-12T17:50:30.000Z": XML and JSON.
[[nodiscard]] std::string formatIso(std::int64_t unixMs);
/// With 0 to 9 digits of fraction (those after the third are dropped), and "Z" or an offset such as "+02:00".
[[nodiscard]] std::optional<std::int64_t> parseIso(std::string_view text);

/// "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110 section 5.6.7).
[[nodiscard]] std::string formatHttpDate(std::int64_t unixMs);
/// IMF-fixdate and the two obsolete forms (RFC 850, asctime). A two-digit year more than 50 years after
/// `nowUnixMs` lies in the past.
[[nodiscard]] std::optional<std::int64_t> parseHttpDate(std::string_view text, std::int64_t nowUnixMs);

}  // namespace maxiofs::text
