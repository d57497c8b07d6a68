// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/clock.h"
#include "base/mutex.h"
#include "monitor/latency_window.h"
#include "monitor/system_sampler.h"
#include "protocol/health_history.h"
#include "protocol/system.h"

#include <deque>
#include <functional>
#include <thread>

namespace maxiofs::monitor {

// What the node's requests have come to so far.
struct TrafficTotals {
    std::uint64_t requests = 0;
    std::uint64_t bytesIn = 0;
    std::uint64_t bytesOut = 0;
};

// Measures the node every second: rates of requests, disk and processor, and the latency of requests. Keeps
// an hour of seconds and a day of ten-second stretches in memory. Any thread may ask.
class NodeMonitor {
public:
    static constexpr std::size_t kSecondsKept = 3600;
    static constexpr std::size_t kTenSecondsKept = 8640;

    struct Sources {
        std::function<TrafficTotals()> traffic;
        const base::Histogram *latency = nullptr;  // of requests, in microseconds
    };

    /// Measures nothing before start().
    NodeMonitor(SystemSampler sampler, Sources sources, const Clock &clock);
    ~NodeMonitor();  // stops

    void start();
    void stop();
    /// One measurement now: what the thread does every second.
    void measure();

    struct Figures {
        protocol::Cpu cpu;
        protocol::Memory memory;
        protocol::HealthSample last;  // of the last second
        double diskQueueLength = 0;
    };
    [[nodiscard]] Figures figures() const;
    /// Samples that begin at or after `sinceMs`, oldest first. `resolutionSeconds` is 1 or 10.
    [[nodiscard]] protocol::HealthHistory history(std::int64_t resolutionSeconds, std::int64_t sinceMs) const;
    /// Called after each measurement, on the monitor's thread. Only before start().
    void whenMeasured(std::function<void()> call) { m_watcher = std::move(call); }

private:
    struct Point {
        std::int64_t atMs = 0;
        TrafficTotals traffic;
        SystemTotals system;
    };
    [[nodiscard]] static protocol::HealthSample between(const Point &from, const Point &to,
                                                        const std::optional<LatencyWindow::Summary> &latency);
    static void keep(std::deque<protocol::HealthSample> &samples, const protocol::HealthSample &sample,
                     std::size_t limit);
    void run(const std::stop_token &stop);

    const Sources m_sources;
    const Clock &m_clock;
    std::function<void()> m_watcher;

    base::Mutex m_measureMutex;  // one measurement at a time; taken before m_mutex
    SystemSampler m_sampler GUARDED_BY(m_measureMutex);
    LatencyWindow m_second GUARDED_BY(m_measureMutex);
    LatencyWindow m_tenSeconds GUARDED_BY(m_measureMutex);
    Point m_last GUARDED_BY(m_measureMutex);
    Point m_lastTen GUARDED_BY(m_measureMutex);

    mutable base::Mutex m_mutex;
    Figures m_figures GUARDED_BY(m_mutex);
    std::deque<protocol::HealthSample> m_seconds GUARDED_BY(m_mutex);
    std::deque<protocol::HealthSample> m_tens GUARDED_BY(m_mutex);

    base::Mutex m_wakeMutex;
    std::condition_variable m_wake;
    std::jthread m_thread;
};

}  // namespace maxiofs::monitor
