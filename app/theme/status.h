// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

namespace maxiofs::theme {

// What a thing's state looks like: one shape and one colour each, always beside a word (StatusShape).
// Ordered from best to worst, so that the greatest of several is the one to show for all of them.
enum class Status : std::uint8_t {
    None,     // nothing to show
    Ok,       // filled circle: healthy, in sync, completed
    Running,  // half ring: joining, catching up, running
    Pending,  // ring: waiting, not checked yet
    Unknown,  // dash: unknown, paused, cancelled
    Warn,     // triangle: degraded, behind
    Bad,      // square: unavailable, failed
};

}  // namespace maxiofs::theme
