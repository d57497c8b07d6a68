// SPDX-License-Identifier: GPL-3.0-or-later
#include "monitor/node_monitor.h"

#include "os/memory_file_system.h"
#include "support/test_runner.h"

namespace maxiofs::monitor {

namespace node_monitor_test {

class FakeClock final : public Clock {
public:
    [[nodiscard]] std::int64_t unixMs() const override { return nowMs; }

    std::int64_t nowMs = 1'765'621'800'000;
};

// A /proc that a test writes.
class FakeProc {
public:
    FakeProc()
    {
        put("self/mountinfo", "21 1 8:1 / / rw - ext4 /dev/sda1 rw\n"
                              "22 21 8:17 / /data rw - ext4 /dev/sdb1 rw\n"
                              "23 21 0:5 / /database rw - tmpfs tmpfs rw\n");
        put("meminfo", "MemTotal:        1000 kB\nMemFree: 1 kB\nMemAvailable:     400 kB\n");
        put("self/status", "Name:\tx\nVmRSS:\t     12 kB\n");
        set(0, 0, 0);
    }
    void set(std::uint64_t busyTicks, std::uint64_t idleTicks, std::uint64_t sectors)
    {
        const std::string busy = std::to_string(busyTicks);
        put("stat",
            "cpu  " + busy + " 0 0 " + std::to_string(idleTicks) + " 0 0 0 0 0 0\ncpu0 1\ncpu1 1\nintr 5\n");
        put("self/stat", "7 (a) b) S 1 1 1 0 -1 4 0 0 0 0 " + busy + " 0 0 0 20 0 1 0\n");
        const std::string count = std::to_string(sectors);
        put("diskstats", "8 1 sda1 9 9 9 9 9 9 9 9 9 9 9\n8 17 sdb1 1 2 " + count + " 4 5 6 " + count +
                             " 8 0 " + count + ' ' + count + " 0 0\n");
    }
    void put(const std::string &name, const std::string &text)
    {
        [[maybe_unused]] const bool made = files.createDirectories("/p/self").has_value() &&
                                           os::replaceFile(files, "/p/" + name, asBytes(text)).has_value();
    }

    os::MemoryFileSystem files;
};

}  // namespace node_monitor_test

using namespace node_monitor_test;

class NodeMonitorTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void readsWhatTheSystemCounts()
    {
        FakeProc proc;
        proc.set(30, 70, 8);
        const SystemTotals totals = SystemSampler(proc.files, "/data/node", "/p").sample();

        QCOMPARE(totals.cores, 2);
        QCOMPARE(totals.cpuMs, 1000);
        QCOMPARE(totals.cpuBusyMs, 300);
        QCOMPARE(totals.processCpuMs, 300);
        QCOMPARE(totals.memoryTotal, 1000 * 1024);
        QCOMPARE(totals.memoryAvailable, 400 * 1024);
        QCOMPARE(totals.processMemory, 12 * 1024);
        QCOMPARE(totals.diskReadBytes, 8 * 512);
        QCOMPARE(totals.diskWrittenBytes, 8 * 512);
        QCOMPARE(totals.diskBusyMs, 8);
        QCOMPARE(totals.diskQueueMs, 8);
    }

    void aSystemWithoutProcGivesZeros()
    {
        os::MemoryFileSystem files;
        const SystemTotals totals = SystemSampler(files, "/data", "/none").sample();
        QCOMPARE(totals.cpuMs, 0);
        QCOMPARE(totals.memoryTotal, 0);
    }

    void thisSystemHasMemoryAndCores()
    {
        const SystemTotals totals = SystemSampler(os::posixFileSystem(), "/").sample();
        QVERIFY(totals.cores > 0);
        QVERIFY(totals.memoryTotal > totals.memoryAvailable && totals.memoryAvailable > 0);
        QVERIFY(totals.processMemory > 0 && totals.processMemory < totals.memoryTotal);
        QVERIFY(totals.cpuMs > totals.cpuBusyMs);
    }

    void ratesAreDifferencesOverTime()
    {
        FakeProc proc;
        FakeClock clock;
        TrafficTotals traffic;
        base::Histogram latency;
        NodeMonitor monitor(SystemSampler(proc.files, "/data", "/p"), {[&] { return traffic; }, &latency},
                            clock);

        proc.set(50, 150, 200);
        traffic = {20, 4000, 8000};
        latency.record(2000);
        latency.record(2000);
        latency.record(64'000);
        clock.nowMs += 2000;
        monitor.measure();

        const auto figures = monitor.figures();
        QCOMPARE(figures.last.requestsPerSecond, 10.0);
        QCOMPARE(figures.last.bytesInPerSecond, 2000.0);
        QCOMPARE(figures.last.bytesOutPerSecond, 4000.0);
        QCOMPARE(figures.last.diskReadBytesPerSecond, 100 * 512.0);
        QCOMPARE(figures.last.diskBusy, 0.1);
        QCOMPARE(figures.diskQueueLength, 0.1);
        QCOMPARE(figures.cpu.used, 0.25);
        QCOMPARE(figures.cpu.process, 0.25);
        QCOMPARE(figures.cpu.cores, 2);
        QCOMPARE(figures.memory.usedBytes, 600 * 1024);
        QVERIFY(*figures.last.medianMs >= 2.0 && *figures.last.medianMs < 2.6);
        QCOMPARE(*figures.last.lowestMs, *figures.last.medianMs);
        QVERIFY(*figures.last.highestMs >= 64.0 && *figures.last.highestMs < 82.0);

        clock.nowMs += 1000;
        monitor.measure();
        QCOMPARE(monitor.figures().last.requestsPerSecond, 0.0);
        QVERIFY(!monitor.figures().last.medianMs);
    }

    void anHourOfSecondsAndADayOfTensAreKept()
    {
        FakeProc proc;
        FakeClock clock;
        base::Histogram latency;
        NodeMonitor monitor(SystemSampler(proc.files, "/data", "/none"),
                            {[] { return TrafficTotals(); }, &latency}, clock);
        for (int second = 0; second < 4000; ++second) {
            if (second % 10 == 5)
                latency.record(1000);
            clock.nowMs += 1000;
            monitor.measure();
        }

        const auto seconds = monitor.history(1, 0);
        const auto tens = monitor.history(10, 0);
        QCOMPARE(seconds.samples.size(), NodeMonitor::kSecondsKept);
        QCOMPARE(seconds.samples.back().time.unixMs, clock.nowMs - 1000);
        QCOMPARE(tens.samples.size(), 400);
        QCOMPARE(tens.samples[1].time.unixMs - tens.samples[0].time.unixMs, 10'000);
        for (const auto &sample : tens.samples)
            QVERIFY(sample.medianMs.has_value());
        QCOMPARE(monitor.history(1, clock.nowMs - 3000).samples.size(), 3);
    }

    void aClockThatWasSetBackDoesNotStopIt()
    {
        FakeProc proc;
        FakeClock clock;
        base::Histogram latency;
        NodeMonitor monitor(SystemSampler(proc.files, "/data", "/none"),
                            {[] { return TrafficTotals(); }, &latency}, clock);
        clock.nowMs -= 50'000;
        monitor.measure();
        QVERIFY(monitor.history(1, 0).samples.empty());
        clock.nowMs += 1000;
        monitor.measure();
        QCOMPARE(monitor.history(1, 0).samples.size(), 1);
    }

    void itsThreadStopsAtOnce()
    {
        FakeProc proc;
        FakeClock clock;
        base::Histogram latency;
        NodeMonitor monitor(SystemSampler(proc.files, "/data", "/p"),
                            {[] { return TrafficTotals(); }, &latency}, clock);
        monitor.start();
        monitor.stop();
        monitor.stop();
        QVERIFY(monitor.history(1, 0).samples.empty());
    }
};

MAXIOFS_TEST(NodeMonitorTest)

}  // namespace maxiofs::monitor

#include "node_monitor_test.moc"
