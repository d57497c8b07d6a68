// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cluster/rules/replication.h"

#include <deque>

namespace maxiofs::cluster::rules {

// Batches on their way, in the order in which they are to be acknowledged.
class RuleFlights {
public:
    struct Carried {
        BatchEntry entry;
        unsigned failures = 0;
        std::string error;
    };
    struct Flight {
        std::uint64_t id = 0;
        std::uint64_t to = 0;  // position that is reached when it has landed
        std::vector<Carried> left;
        bool inFlight = false;
        bool queueing = false;         // what failed for good is on its way into the queue
        std::int64_t notBeforeMs = 0;  // steady

        [[nodiscard]] bool waits() const { return !left.empty() && !inFlight && !queueing; }
    };

    void add(std::uint64_t id, std::vector<BatchEntry> entries, std::uint64_t to);
    /// The first that is to be sent now; null where none is.
    [[nodiscard]] Flight *next(std::int64_t nowMs);
    [[nodiscard]] Flight *find(std::uint64_t id);
    /// When the first that waits may be sent.
    [[nodiscard]] std::optional<std::int64_t> dueMs() const;
    /// Drops what has landed, in order: the position reached by it.
    [[nodiscard]] std::optional<std::uint64_t> land();
    [[nodiscard]] std::size_t size() const { return m_flights.size(); }
    [[nodiscard]] std::uint64_t objects() const;
    [[nodiscard]] std::uint64_t bytes() const;

private:
    std::deque<Flight> m_flights;
};

}  // namespace maxiofs::cluster::rules
