// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace maxiofs::net {

// How long a peer may keep a connection waiting: `bytes` must move for every `window` of waiting. With 0
// bytes the window is not renewed by progress: it bounds the whole phase.
struct Pace {
    std::chrono::milliseconds window{0};  // 0: no limit
    std::uint64_t bytes = 0;
};

class Deadlines;

// The deadline of one connection. Only time in which the connection waits for its peer counts, so that a slow
// disk never cuts a fast client. Used on the thread of its Deadlines alone. Costs two stores a wait: the
// sweep looks at the clock, not the connection.
class Deadline {
public:
    Deadline(Deadlines &deadlines, void (*onLate)(void *), void *context);
    ~Deadline();
    Deadline(const Deadline &) = delete;
    Deadline &operator=(const Deadline &) = delete;

    /// Begins a phase: nothing has been waited for and no byte moved.
    void enter(Pace pace)
    {
        m_pace = pace;
        m_waited = std::chrono::milliseconds(0);
        m_bytes = 0;
    }
    void beginWait() { m_waiting = true; }
    void endWait() { m_waiting = false; }
    void progress(std::uint64_t bytes) { m_bytes += bytes; }
    [[nodiscard]] bool isLate() const { return m_late; }
    [[nodiscard]] bool isWaiting() const { return m_waiting; }

private:
    friend class Deadlines;

    void (*const m_onLate)(void *);
    void *const m_context;
    Deadlines &m_deadlines;
    Deadline *m_previous = nullptr;
    Deadline *m_next = nullptr;
    Pace m_pace;
    std::chrono::milliseconds m_waited{0};
    std::uint64_t m_bytes = 0;
    bool m_waiting = false;
    bool m_late = false;
};

// All deadlines of one I/O thread. The thread calls sweep() at a fixed interval; a connection that waited for
// longer than its pace allows is told once, by its onLate function, and must then end.
class Deadlines {
public:
    Deadlines() = default;
    Deadlines(const Deadlines &) = delete;
    Deadlines &operator=(const Deadlines &) = delete;

    /// `elapsed`: time since the last sweep, counted in full for each connection that is waiting now.
    void sweep(std::chrono::milliseconds elapsed);
    [[nodiscard]] std::size_t size() const { return m_size; }

private:
    friend class Deadline;

    Deadline *m_first = nullptr;
    std::size_t m_size = 0;
};

}  // namespace maxiofs::net
