// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>
#include <string_view>

namespace maxiofs::sigv4 {

struct HeaderView {
    std::string_view name;  // any case
    std::string_view value;
};

// What of a request a signature covers; views into the caller's memory.
struct RequestView {
    std::string_view method;
    std::string_view rawPath;   // as sent: encoded, without the query
    std::string_view rawQuery;  // as sent, without '?'
    std::span<const HeaderView> headers;

    /// The first header of this name in any case, or null.
    [[nodiscard]] const HeaderView *header(std::string_view name) const;
};

}  // namespace maxiofs::sigv4
