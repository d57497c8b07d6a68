// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <cstdint>

namespace maxiofs {

// The wall clock in Unix milliseconds. Passed where a test must decide the time.
class Clock {
public:
    virtual ~Clock() = default;
    [[nodiscard]] virtual std::int64_t unixMs() const = 0;
};

class SystemClock final : public Clock {
public:
    [[nodiscard]] std::int64_t unixMs() const override
    {
        return std::chrono::duration_cast<std::chrono::milliseconds>(
                   std::chrono::system_clock::now().time_since_epoch())
            .count();
    }
    [[nodiscard]] static const SystemClock &instance()
    {
        static const SystemClock clock;
        return clock;
    }
};

}  // namespace maxiofs
