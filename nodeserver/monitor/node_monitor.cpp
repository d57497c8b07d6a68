// SPDX-License-Identifier: GPL-3.0-or-later
#include "monitor/node_monitor.h"

#include <algorithm>

namespace maxiofs::monitor {

namespace {

constexpr std::int64_t kMsPerSecond = 1000;
constexpr std::int64_t kTenSecondsMs = 10'000;
constexpr std::chrono::milliseconds kInterval(1000);

double perSecond(std::uint64_t from, std::uint64_t to, double seconds)
{
    return to > from && seconds > 0 ? static_cast<double>(to - from) / seconds : 0;
}

double share(std::uint64_t partFrom, std::uint64_t partTo, std::uint64_t allFrom, std::uint64_t allTo)
{
    if (partTo <= partFrom || allTo <= allFrom)
        return 0;
    return std::min(1.0, static_cast<double>(partTo - partFrom) / static_cast<double>(allTo - allFrom));
}

double secondsBetween(std::int64_t fromMs, std::int64_t toMs)
{
    return static_cast<double>(toMs - fromMs) / static_cast<double>(kMsPerSecond);
}

std::int64_t signedOf(std::uint64_t value)
{
    return static_cast<std::int64_t>(value);
}

}  // namespace

NodeMonitor::NodeMonitor(SystemSampler sampler, Sources sources, const Clock &clock)
    : m_sources(std::move(sources)),
      m_clock(clock),
      m_sampler(std::move(sampler)),
      m_second(*m_sources.latency),
      m_tenSeconds(*m_sources.latency)
{
    m_last = {m_clock.unixMs(), m_sources.traffic(), m_sampler.sample()};
    m_lastTen = m_last;
}

NodeMonitor::~NodeMonitor()
{
    stop();
}

void NodeMonitor::start()
{
    m_thread = std::jthread([this](const std::stop_token &stop) { run(stop); });
}

void NodeMonitor::stop()
{
    if (!m_thread.joinable())
        return;
    {
        const base::MutexLock lock(m_wakeMutex);
        m_thread.request_stop();
    }
    m_wake.notify_all();
    m_thread.join();
}

void NodeMonitor::run(const std::stop_token &stop)
{
    while (true) {
        {
            base::MutexLock lock(m_wakeMutex);
            while (!stop.stop_requested() && lock.waitFor(m_wake, kInterval)) {
            }
        }
        if (stop.stop_requested())
            return;
        measure();
        if (m_watcher)
            m_watcher();
    }
}

void NodeMonitor::measure()
{
    const base::MutexLock measuring(m_measureMutex);
    const Point now{m_clock.unixMs(), m_sources.traffic(), m_sampler.sample()};
    if (now.atMs <= m_last.atMs) {
        m_last.atMs = std::min(m_last.atMs, now.atMs);  // the clock was set back: begin anew from here
        m_lastTen.atMs = std::min(m_lastTen.atMs, now.atMs);
        return;
    }
    Figures figures;
    figures.last = between(m_last, now, m_second.next());
    const double seconds = secondsBetween(m_last.atMs, now.atMs);
    figures.diskQueueLength = perSecond(m_last.system.diskQueueMs, now.system.diskQueueMs, seconds) /
                              static_cast<double>(kMsPerSecond);
    figures.cpu = {
        now.system.cores, figures.last.cpu,
        share(m_last.system.processCpuMs, now.system.processCpuMs, m_last.system.cpuMs, now.system.cpuMs)};
    figures.memory = {signedOf(now.system.memoryTotal),
                      signedOf(now.system.memoryTotal - now.system.memoryAvailable),
                      signedOf(now.system.processMemory)};
    m_last = now;

    const base::MutexLock lock(m_mutex);
    m_figures = figures;
    keep(m_seconds, figures.last, kSecondsKept);
    if (now.atMs - m_lastTen.atMs >= kTenSecondsMs) {
        keep(m_tens, between(m_lastTen, now, m_tenSeconds.next()), kTenSecondsKept);
        m_lastTen = now;
    }
}

protocol::HealthSample NodeMonitor::between(const Point &from, const Point &to,
                                            const std::optional<LatencyWindow::Summary> &latency)
{
    const double seconds = secondsBetween(from.atMs, to.atMs);
    protocol::HealthSample sample;
    sample.time = {from.atMs};
    if (latency) {
        sample.medianMs = latency->medianMs;
        sample.lowestMs = latency->lowestMs;
        sample.highestMs = latency->highestMs;
    }
    sample.requestsPerSecond = perSecond(from.traffic.requests, to.traffic.requests, seconds);
    sample.bytesInPerSecond = perSecond(from.traffic.bytesIn, to.traffic.bytesIn, seconds);
    sample.bytesOutPerSecond = perSecond(from.traffic.bytesOut, to.traffic.bytesOut, seconds);
    sample.diskReadBytesPerSecond = perSecond(from.system.diskReadBytes, to.system.diskReadBytes, seconds);
    sample.diskWriteBytesPerSecond =
        perSecond(from.system.diskWrittenBytes, to.system.diskWrittenBytes, seconds);
    sample.diskBusy = std::min(1.0, perSecond(from.system.diskBusyMs, to.system.diskBusyMs, seconds) /
                                        static_cast<double>(kMsPerSecond));
    sample.cpu = share(from.system.cpuBusyMs, to.system.cpuBusyMs, from.system.cpuMs, to.system.cpuMs);
    return sample;
}

void NodeMonitor::keep(std::deque<protocol::HealthSample> &samples, const protocol::HealthSample &sample,
                       std::size_t limit)
{
    samples.push_back(sample);
    if (samples.size() > limit)
        samples.pop_front();
}

NodeMonitor::Figures NodeMonitor::figures() const
{
    const base::MutexLock lock(m_mutex);
    return m_figures;
}

protocol::HealthHistory NodeMonitor::history(std::int64_t resolutionSeconds, std::int64_t sinceMs) const
{
    protocol::HealthHistory history;
    history.resolutionSeconds = resolutionSeconds;
    const base::MutexLock lock(m_mutex);
    const auto &samples = resolutionSeconds == 1 ? m_seconds : m_tens;
    std::ranges::copy_if(samples, std::back_inserter(history.samples),
                         [&](const auto &sample) { return sample.time.unixMs >= sinceMs; });
    return history;
}

}  // namespace maxiofs::monitor
