// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"

#include <functional>
#include <map>
#include <optional>

namespace maxiofs::cluster::rules {

// Writes that wait until a synchronous rule's destination has them.
class RuleWaits {
public:
    static constexpr std::int64_t kLimitMs = 5000;

    using Done = std::move_only_function<void(Status)>;

    void add(std::uint64_t position, std::int64_t nowMs, Done done);
    /// All up to here are at the destination.
    void reach(std::uint64_t position);
    /// Ends those up to `position` with an error.
    void fail(std::uint64_t position, const Error &error);
    /// Ends those that have waited for too long with an error.
    void expire(std::int64_t nowMs, const Error &error);
    void endAll(const Status &status);
    /// When the first has waited for too long.
    [[nodiscard]] std::optional<std::int64_t> dueMs() const;
    [[nodiscard]] bool isEmpty() const { return m_waits.empty(); }
    /// The greatest position that is waited for; 0 for none.
    [[nodiscard]] std::uint64_t greatest() const { return m_waits.empty() ? 0 : m_waits.rbegin()->first; }

private:
    struct Wait {
        std::int64_t untilMs = 0;
        Done done;
    };
    using Waits = std::multimap<std::uint64_t, Wait>;

    void endUpTo(std::uint64_t position, const Status &status);

    Waits m_waits;
};

}  // namespace maxiofs::cluster::rules
