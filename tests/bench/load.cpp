// SPDX-License-Identifier: GPL-3.0-or-later
#include "bench/load.h"

#include "bench/connection.h"
#include "bench/request_maker.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <ctime>
#include <deque>
#include <random>
#include <set>

#include <sys/epoll.h>
#include <unistd.h>

namespace maxiofs::bench {

namespace {

constexpr int kStalledMs = 120'000;

double secondsOf(clockid_t clock)
{
    timespec time{};
    clock_gettime(clock, &time);
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

std::int64_t nowNs()
{
    timespec time{};
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1'000'000'000LL + time.tv_nsec;
}

class Load {
public:
    explicit Load(const Options &options)
        : m_options(options),
          m_maker(options),
          m_poll(epoll_create1(EPOLL_CLOEXEC))
    {
    }
    ~Load() { ::close(m_poll); }

    Result<Figures> run()
    {
        for (unsigned i = 0; i < m_options.connections; ++i) {
            TRY_STATUS(m_connections.emplace_back().open(m_options.port));
            epoll_event event{.events = EPOLLIN, .data = {.ptr = &m_connections.back()}};
            epoll_ctl(m_poll, EPOLL_CTL_ADD, m_connections.back().socket(), &event);
        }
        beginCounting();
        for (Connection &connection : m_connections)
            TRY_STATUS(next(connection));
        std::array<epoll_event, 256> events{};
        while (m_underWay > 0 || !m_paced.empty()) {
            const int ready = epoll_wait(m_poll, events.data(), events.size(), waitMs());
            if (ready == 0 && m_paced.empty())
                return failure(Error::TimedOut, "The server has not answered for two minutes.");
            TRY_STATUS(startDue());
            for (int i = 0; i < ready; ++i)
                TRY_STATUS(proceed(*static_cast<Connection *>(events[static_cast<std::size_t>(i)].data.ptr)));
        }
        m_figures.seconds = secondsOf(CLOCK_MONOTONIC) - m_startedAt;
        m_figures.cpuSeconds = secondsOf(CLOCK_PROCESS_CPUTIME_ID) - m_cpuAtStart;
        return std::move(m_figures);
    }

private:
    void beginCounting()
    {
        m_figures = {};
        m_startedAt = secondsOf(CLOCK_MONOTONIC);
        m_cpuAtStart = secondsOf(CLOCK_PROCESS_CPUTIME_ID);
        m_warmUntilNs = nowNs() + static_cast<std::int64_t>(m_options.warmUpSeconds * 1e9);
        m_endNs = m_warmUntilNs + static_cast<std::int64_t>(m_options.seconds * 1e9);
    }

    [[nodiscard]] bool isOver(std::int64_t now) const
    {
        return m_options.requests > 0 ? m_started >= m_options.requests : now >= m_endNs;
    }

    // A connection whose turn comes later waits for it, so that requests keep their rate whatever they take.
    Status next(Connection &connection)
    {
        if (m_options.rate == 0)
            return begin(connection);
        m_paced.push_back(&connection);
        return startDue();
    }

    Status startDue()
    {
        while (!m_paced.empty() && m_dueNs <= nowNs()) {
            m_dueNs = (m_dueNs == 0 ? nowNs() : m_dueNs) +
                      static_cast<std::int64_t>(1'000'000'000 / m_options.rate);
            Connection &connection = *m_paced.front();
            m_paced.pop_front();
            TRY_STATUS(begin(connection));
        }
        return {};
    }

    [[nodiscard]] int waitMs() const
    {
        if (m_paced.empty())
            return kStalledMs;
        return static_cast<int>(std::max<std::int64_t>(m_dueNs - nowNs(), 0) / 1'000'000);
    }

    Status begin(Connection &connection)
    {
        const std::int64_t now = nowNs();
        if (m_warm && now >= m_warmUntilNs) {
            m_warm = false;
            beginCounting();
            m_endNs = now + static_cast<std::int64_t>(m_options.seconds * 1e9);
        }
        if (isOver(now))
            return {};
        const std::uint64_t number = m_options.randomOrder ? m_random() : m_started;
        ++m_started;
        ++m_underWay;
        connection.startedAtNs = now;
        connection.start(m_maker.head(m_options.firstKey + number % m_options.keys), m_maker.bodyBlock(),
                         m_options.method == "PUT" ? m_options.size : 0);
        return proceed(connection);
    }

    Status proceed(Connection &connection)
    {
        TRY_ASSIGN(const Connection::State state, connection.proceed());
        if (state == Connection::State::Done)
            return finish(connection);
        watch(connection, state == Connection::State::Sending);
        return {};
    }

    // Level-triggered; changed only when a large body fills the socket, so that a small request costs no
    // call.
    void watch(Connection &connection, bool writable)
    {
        if (writable == m_watchedForWriting.contains(&connection))
            return;
        if (writable)
            m_watchedForWriting.insert(&connection);
        else
            m_watchedForWriting.erase(&connection);
        epoll_event event{.events = writable ? EPOLLOUT : EPOLLIN, .data = {.ptr = &connection}};
        epoll_ctl(m_poll, EPOLL_CTL_MOD, connection.socket(), &event);
    }

    Status finish(Connection &connection)
    {
        --m_underWay;
        ++m_figures.requests;
        m_figures.latenciesUs.push_back(
            static_cast<std::uint32_t>((nowNs() - connection.startedAtNs) / 1000));
        m_figures.bytesReceived += connection.bodyReceived();
        m_figures.bytesSent += m_options.method == "PUT" ? m_options.size : 0;
        if (connection.status() >= 300) {
            ++m_figures.errors;
            if (m_figures.firstError.empty())
                m_figures.firstError = std::to_string(connection.status()) + " " + connection.errorText();
        }
        if (connection.mustReopen()) {
            TRY_STATUS(connection.open(m_options.port));
            epoll_event event{.events = EPOLLIN, .data = {.ptr = &connection}};
            epoll_ctl(m_poll, EPOLL_CTL_ADD, connection.socket(), &event);
        }
        return next(connection);
    }

    const Options &m_options;
    RequestMaker m_maker;
    int m_poll;
    std::deque<Connection> m_connections;
    std::set<Connection *> m_watchedForWriting;
    std::mt19937_64 m_random{1};
    std::deque<Connection *> m_paced;  // that have no request yet
    std::int64_t m_dueNs = 0;          // of the next request
    std::uint64_t m_started = 0;
    std::uint64_t m_underWay = 0;
    bool m_warm = true;
    double m_startedAt = 0;
    double m_cpuAtStart = 0;
    std::int64_t m_warmUntilNs = 0;
    std::int64_t m_endNs = 0;
    Figures m_figures;
};

std::uint32_t quantileOf(std::vector<std::uint32_t> &values, double quantile)
{
    if (values.empty())
        return 0;
    const auto at = static_cast<std::size_t>(quantile * static_cast<double>(values.size() - 1));
    std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(at), values.end());
    return values[at];
}

std::string quoted(const std::string &text)
{
    std::string result = "\"";
    for (const char character : text) {
        if (character == '"' || character == '\\')
            result += '\\';
        result += static_cast<unsigned char>(character) < 0x20 ? ' ' : character;
    }
    return result + "\"";
}

}  // namespace

Result<Figures> runLoad(const Options &options)
{
    return Load(options).run();
}

std::string toJson(const Figures &figures)
{
    std::vector<std::uint32_t> latencies = figures.latenciesUs;
    std::array<char, 512> text{};
    std::snprintf(text.data(), text.size(),
                  R"({"requests": %llu, "errors": %llu, "bytes_sent": %llu, "bytes_received": %llu, )"
                  R"("seconds": %.6f, "cpu_seconds": %.6f, "p50_us": %u, "p99_us": %u, "max_us": %u, )",
                  static_cast<unsigned long long>(figures.requests),
                  static_cast<unsigned long long>(figures.errors),
                  static_cast<unsigned long long>(figures.bytesSent),
                  static_cast<unsigned long long>(figures.bytesReceived), figures.seconds, figures.cpuSeconds,
                  quantileOf(latencies, 0.5), quantileOf(latencies, 0.99), quantileOf(latencies, 1));
    return text.data() + ("\"first_error\": " + quoted(figures.firstError) + "}");
}

}  // namespace maxiofs::bench
